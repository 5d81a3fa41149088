"""Comparing two catalogues, row by row and column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, is_dataclass
from functools import partial
from itertools import zip_longest
from typing import Any, TypeVar

from archiver.catalogue.catalogue import Catalogue
from archiver.catalogue.errors import CatalogueDamagedError
from archiver.catalogue.rows import CaseRow, CheckRow, FileRow, RunRow, UnfiledRow
from archiver.catalogue.vocabulary import Posting, Vocabulary
from archiver.findings import Finding

_Row = TypeVar("_Row")
_MOST_WORDS = 20
_IDENTITY = ("schema_version", "archive")


def differences(expected: Catalogue, found: Catalogue) -> Iterator[Finding]:
    """Yield a finding for every row and every column in which ``found`` is not ``expected``.

    Both are read as sorted streams, so memory stays flat. What cannot be read in ``found`` is
    a finding too, and the rest is still compared.
    """
    mine, theirs = expected.meta(), found.meta()
    if any(mine.get(name) != theirs.get(name) for name in _IDENTITY):
        yield Finding("catalogue-foreign", "the catalogue was made for another archive")
        return
    yield from _surviving("the list of bags", lambda: _bags(expected, found))
    yield from _surviving(
        "the events",
        lambda: _rows("event", expected.events(), found.events(), lambda event: event.seq),
    )
    yield from _surviving(
        "the runs", lambda: _rows("run", expected.plan.all_runs(), found.plan.all_runs(), _seq)
    )
    yield from _surviving(
        "the incidents",
        lambda: _rows("incident", expected.cases.all(), found.cases.all(), lambda case: case.id),
    )
    yield from _surviving(
        "the checks without a case",
        lambda: _rows(
            "check", expected.cases.unfiled(), found.cases.unfiled(), lambda row: row.seq
        ),
    )
    yield from _surviving(
        "the pauses",
        lambda: _rows("pause", expected.pauses.all(), found.pauses.all(), lambda row: row.seq),
    )
    if (asked := expected.plan.asked()) != found.plan.asked():
        detail = {"expected": asked, "found": found.plan.asked()}
        message = "what was asked to be read at once is not what the log says"
        yield Finding("catalogue-row-differs", message, "due_now", detail=detail)
    yield from _surviving("the running totals", lambda: _totals(found))
    if (drill := expected.last_drill()) != (other := found.last_drill()):
        message = "the last fire drill is not what the log says"
        told = {"expected": drill, "found": other}
        yield Finding("catalogue-row-differs", message, "last_drill", detail=told)
    for complaint in found.self_check():
        yield Finding("catalogue-damaged", f"the database says of itself: {complaint}")
    if orphans := found.count_orphans():
        yield Finding("catalogue-row-unknown", f"{orphans} files belong to no bag")
    yield from _surviving(
        "the full-text index", lambda: _index(expected.indexed(), found.indexed())
    )


def _totals(found: Catalogue) -> Iterator[Finding]:
    """Yield a finding for each running total that is not what the bags' own rows come to.

    Those rows are compared with the log one by one; the days in them rest on the policy.
    """
    for cell, counted, kept in found.plan.tally_differences():
        place = "/".join(filter(None, cell)) or "not looked up"
        detail = {"expected": counted and counted._asdict(), "found": kept and kept._asdict()}
        message = f"the running total of {place} is not what the bags come to"
        yield Finding("catalogue-row-differs", message, place, detail=detail)


def _bags(expected: Catalogue, found: Catalogue) -> Iterator[Finding]:
    for bag_id, listed in merge(expected.bag_ids(), found.bag_ids(), lambda name: name):
        if listed is None:
            yield Finding("catalogue-row-missing", f"bag {bag_id} is not listed", bag_id)
        elif bag_id is None:
            yield Finding("catalogue-row-unknown", f"bag {listed} is listed", listed)
        else:
            yield from _surviving(f"bag {bag_id}", partial(_bag, bag_id, expected, found))


def _bag(bag_id: str, expected: Catalogue, found: Catalogue) -> Iterator[Finding]:
    yield from _columns(f"bag {bag_id}", bag_id, expected.bag(bag_id), found.bag(bag_id))
    checked = (expected.plan.of_log(bag_id), found.plan.of_log(bag_id))
    yield from _columns(f"schedule of bag {bag_id}", bag_id, *checked)
    mine, theirs = expected.files(bag_id), found.files(bag_id)
    name: Callable[[FileRow], str] = lambda file: f"{bag_id}/{file.path}"  # noqa: E731
    yield from _rows("file", mine, theirs, lambda file: file.number, name)


def _index(expected: Vocabulary, found: Vocabulary) -> Iterator[Finding]:
    """Yield a finding for each word, up to twenty of them, that is not found where it stands."""
    told = 0
    for mine, theirs in merge(expected.words(), found.words(), str.encode):
        word = theirs if mine is None else mine
        assert word is not None
        missing, unknown = _mentions(expected.postings(word), found.postings(word))
        if not missing and not unknown:
            continue
        told += 1
        if told > _MOST_WORDS:
            yield Finding("catalogue-index-differs", "so it is with other words")
            return
        message = f"the index lacks {missing} places of a word and has {unknown} too many"
        detail = {"word": word, "missing": missing, "unknown": unknown}
        yield Finding("catalogue-index-differs", message, detail=detail)


def _mentions(expected: Iterator[Posting], found: Iterator[Posting]) -> tuple[int, int]:
    """Return how many places are only expected, and how many only found, until they part."""
    for mine, theirs in zip_longest(expected, found):
        if mine != theirs:
            missing = {mine, *expected} - {None}
            unknown = {theirs, *found} - {None}
            return len(missing - unknown), len(unknown - missing)
    return 0, 0


def _seq(row: RunRow) -> int:
    return row.seq


def _rows(
    kind: str,
    expected: Iterable[_Row],
    found: Iterable[_Row],
    key: Callable[[_Row], Any],
    name: Callable[[_Row], object] | None = None,
) -> Iterator[Finding]:
    for mine, theirs in merge(expected, found, key):
        row = theirs if mine is None else mine
        assert row is not None
        place = str((name or key)(row))
        if theirs is None:
            yield Finding("catalogue-row-missing", f"{kind} {place} is not listed", place)
        elif mine is None:
            yield Finding("catalogue-row-unknown", f"{kind} {place} is listed", place)
        else:
            yield from _columns(f"{kind} {place}", place, mine, theirs)


def _columns(what: str, place: str, expected: object, found: object) -> Iterator[Finding]:
    if expected == found:
        return
    theirs = _fields(found)
    for name, value in _fields(expected).items():
        if value != theirs.get(name):
            detail = {"column": name, "expected": _plain(value), "found": _plain(theirs.get(name))}
            yield Finding(
                "catalogue-row-differs", f"{what}: column {name} differs", place, detail=detail
            )


def merge(
    left: Iterable[_Row], right: Iterable[_Row], key: Callable[[_Row], Any]
) -> Iterator[tuple[_Row | None, _Row | None]]:
    """Pair the rows of two streams that are sorted by ``key``; ``None`` where one lacks a row.

    Raises :class:`CatalogueDamagedError` when the keys cannot be compared with each other.
    """
    lefts, rights = iter(left), iter(right)
    mine, theirs = next(lefts, None), next(rights, None)
    while mine is not None or theirs is not None:
        try:
            only_mine = theirs is None or (mine is not None and key(mine) < key(theirs))
            only_theirs = mine is None or (theirs is not None and key(theirs) < key(mine))
        except TypeError as error:
            raise CatalogueDamagedError(f"a key is of the wrong kind: {error}") from error
        yield (None if only_theirs else mine), (None if only_mine else theirs)
        if not only_theirs:
            mine = next(lefts, None)
        if not only_mine:
            theirs = next(rights, None)


def _surviving(what: str, compare: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Pass on the findings of ``compare``, the last of them that it could not go on."""
    try:
        yield from compare()
    except CatalogueDamagedError as error:
        yield Finding("catalogue-damaged", f"{what} cannot be read: {error.message}")


def _fields(row: object) -> dict[str, Any]:
    if isinstance(row, FileRow | CheckRow | RunRow | CaseRow | UnfiledRow):
        return row._asdict()
    return asdict(row) if is_dataclass(row) and not isinstance(row, type) else {}


def _plain(value: object) -> object:
    """Return ``value`` as JSON can hold it."""
    return value.hex() if isinstance(value, bytes) else value
