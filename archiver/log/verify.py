"""Verifying the log: its own chain, and that it continues what was seen of it before."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from archiver.archive import Archive
from archiver.catalogue import Catalogue
from archiver.clock import Clock
from archiver.errors import ArchiverError, UsageError
from archiver.events import EventLog
from archiver.events.checkpoint import Checkpoint, origin_of
from archiver.events.event import line_digest
from archiver.events.merkle import Tree
from archiver.events.pieces import whole_lines
from archiver.findings import Finding, state_of
from archiver.log.in_bags import InBags
from archiver.log.seen import Seen, kept_by_witnesses, vouching
from archiver.state import State

_FOUND_FIRST = "the first line that differs is"


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing kept from earlier and whether today's log continues it."""

    name: str
    size: int
    agrees: bool


@dataclass(frozen=True, slots=True)
class BagsCompared:
    """How many bags have a checkpoint that the log continues, and how many one it does not.

    ``without`` and ``foreign``: see :class:`archiver.log.in_bags.InBags`.
    """

    agree: int
    differ: int
    without: int
    foreign: int


@dataclass(frozen=True, slots=True)
class LogVerification:
    """What verifying the log came to. ``checkpoint`` stands for the log as it is now."""

    state: State
    findings: tuple[Finding, ...]
    checkpoint: Checkpoint
    compared: tuple[Compared, ...]
    bags: BagsCompared | None = None


def verify_log(
    archive: Archive,
    clock: Clock,
    *,
    against: Sequence[Seen] = (),
    copies: Sequence[str] = (),
    keys: Sequence[str] = (),
    bags: InBags | None = None,
) -> LogVerification:
    """Check every line of the log, and compare the log with what is known of it from before.

    ``against`` are checkpoints kept elsewhere, ``copies`` folders with older copies of the log;
    the checkpoints that witnesses gave back are always compared; ``bags`` is what lies in the
    archive's own bags. ``keys`` (``name+hash+key``) are those whose signatures count. Raises
    :class:`UsageError` for a checkpoint of another log and what reading the log raises.
    """
    log = EventLog(archive.log, clock)
    findings = log.check()
    seen = sorted([*against, *kept_by_witnesses(archive)], key=lambda one: one.checkpoint.size)
    _require_ours(seen, origin_of(archive.identity))
    findings += [finding for one in seen for finding in vouching(one, keys)]
    size = _seq_of_head(log)
    tree, roots = Tree(), {one.checkpoint.size: b"" for one in seen}
    roots |= {point[0]: b"" for point in bags.points} if bags else {}
    roots[0] = tree.root()
    for line in log.lines(size):
        tree.add(line)
        if tree.size in roots:
            roots[tree.size] = tree.root()

    def first_forgotten() -> int | None:
        return _first_forgotten(archive, log, size)

    compared, more = _compared(seen, roots, tree.size, first_forgotten)
    findings += more
    if bags is not None:
        findings += [*bags.findings, *_first_odd_bag(bags, roots, tree.size, first_forgotten)]
    for copy in copies:
        one, found = _against_copy(log, size, copy)
        compared.append(one)
        findings += found
    point = Checkpoint(origin_of(archive.identity), tree.size, tree.root())
    of_bags = None if bags is None else _counted(bags, roots, tree.size)
    return LogVerification(state_of(findings), tuple(findings), point, tuple(compared), of_bags)


def _require_ours(seen: Sequence[Seen], origin: str) -> None:
    for one in seen:
        if one.checkpoint.origin != origin:
            raise UsageError(
                f"{one.name} is a checkpoint of {one.checkpoint.origin!a}, not of this archive",
                f"This archive's log is called {origin}.",
            )


def _seq_of_head(log: EventLog) -> int:
    """Return how many lines the log has; those of a damaged one are counted."""
    try:
        return log.head().seq
    except ArchiverError:
        return sum(1 for _ in whole_lines(log.folder))


def _compared(
    seen: Sequence[Seen],
    roots: dict[int, bytes],
    size: int,
    first_forgotten: Callable[[], int | None],
) -> tuple[list[Compared], list[Finding]]:
    """Hold each checkpoint against the tree that the log had at its size."""
    compared, findings, agreeing = [], [], 0
    hint: int | None = None
    for one in seen:
        point = one.checkpoint
        agrees = point.size <= size and roots[point.size] == point.root
        compared.append(Compared(one.name, point.size, agrees))
        if agrees:
            agreeing = point.size
        elif point.size > size:
            findings.append(_shorter(one.name, point.size, size))
        else:
            hint = hint or first_forgotten()
            findings.append(_rewritten(one.name, agreeing + 1, point.size, hint))
    return compared, findings


def _first_odd_bag(
    bags: InBags,
    roots: dict[int, bytes],
    size: int,
    first_forgotten: Callable[[], int | None],
) -> Iterator[Finding]:
    """Say which bag is the first whose checkpoint the log does not continue.

    Those that saw more mostly do not fit then, either, and are not named.
    """
    agreeing = 0
    for seen, root, bag in bags.points:
        if seen > size:
            yield _shorter(f"the bag {bag}", seen, size)
        elif roots[seen] != root:
            yield _rewritten(f"the bag {bag}", agreeing + 1, seen, first_forgotten())
        else:
            agreeing = seen
            continue
        return


def _counted(bags: InBags, roots: dict[int, bytes], size: int) -> BagsCompared:
    agree = sum(seen <= size and roots[seen] == root for seen, root, _ in bags.points)
    return BagsCompared(agree, len(bags.points) - agree, bags.without, bags.foreign)


def _shorter(name: str, seen: int, size: int) -> Finding:
    what = f"{name} saw {seen:,} events; the log holds {size:,}"
    return Finding("log-shorter", what, "log", detail={"checkpoint": name})


def _rewritten(name: str, first: int, last: int, hint: int | None) -> Finding:
    """Say where history was changed, as narrowly as what we have allows."""
    where = f"one of the events {first:,} to {last:,} is not what {name} saw"
    detail: dict[str, object] = {"checkpoint": name, "from": first, "to": last}
    if hint is not None and first <= hint <= last:
        where += f"; {_FOUND_FIRST} {hint:,}, as the catalogue remembers it"
        detail["first"] = hint
    return Finding("log-rewritten", where, "log", detail=detail)


def _first_forgotten(archive: Archive, log: EventLog, size: int) -> int | None:
    """Return the first line that the catalogue remembers otherwise, if it remembers any."""
    try:
        with Catalogue.open(archive.catalogue_url) as catalogue:
            for row, line in zip(catalogue.events(), log.lines(size), strict=False):
                if row.digest != line_digest(line):
                    return row.seq
    except ArchiverError:
        return None  # the catalogue is only an index; without it the place is told less narrowly
    return None


def _against_copy(log: EventLog, size: int, copy: str) -> tuple[Compared, list[Finding]]:
    """Compare with an older copy of the log, line by line."""
    count = 0
    for number, (now, then) in enumerate(zip_longest(log.lines(size), _copied(copy)), 1):
        if then is None:
            break
        count = number
        if now is None:
            what = f"the copy {copy} has more events than the log's {size:,}"
            return Compared(copy, number, False), [Finding("log-shorter", what, "log")]
        if now != then:
            what = f"{_FOUND_FIRST} {number:,}, compared with the copy {copy}"
            return Compared(copy, number, False), [
                Finding("log-rewritten", what, "log", detail={"first": number})
            ]
    return Compared(copy, count, True), []


def _copied(folder: str) -> Iterator[bytes]:
    try:
        yield from whole_lines(Path(os.path.abspath(folder)))
    except OSError as error:
        raise UsageError(f"the copy {folder} cannot be read: {error.strerror}") from error
