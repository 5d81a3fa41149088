"""A bag as a whole, and what its recordings come to, from its own tag files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from archiver.catalogue.records import (
    AUDIO,
    SOURCE,
    BagRecordsError,
    open_bag,
    open_record,
    unreadable,
)
from archiver.described.files import SourceLine, lines, manifest_name
from archiver.tree import Tree
from archiver.writers.model import (
    MOST_NAMED,
    AgentRecord,
    BagRecord,
    Overview,
    Recording,
    texts,
)
from archiver.writers.vocabulary import MANIFESTS
from policies.rights.model import RightsBook
from policies.rights.reading import RightsMistakes
from policies.rights.record import bag_book

INFO = "bag-info.txt"
RIGHTS = "metadata/rights.json"
_YEAR = re.compile(r"(?<![0-9])[0-9]{4}(?![0-9])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _Rights(msgspec.Struct):
    """What is wanted of ``metadata/rights.json``: the statements, and no file's own answer."""

    format: Any = msgspec.UNSET
    version: Any = msgspec.UNSET
    scope: Any = msgspec.UNSET
    basis: Any = msgspec.UNSET
    note: Any = msgspec.UNSET
    date: Any = msgspec.UNSET
    defaults: Any = msgspec.UNSET
    statements: Any = msgspec.UNSET
    evidence: Any = msgspec.UNSET


def manifests_in(folder: str | os.PathLike[str]) -> tuple[str, ...]:
    """Return the algorithms of the payload manifests that are there, strongest first."""
    return tuple(
        name for name in MANIFESTS if os.path.isfile(os.path.join(folder, manifest_name(name)))
    )


def described_bag(folder: str | os.PathLike[str]) -> BagRecord:
    """Return what the bag in ``folder`` says of itself as a whole.

    Raises :class:`~archiver.catalogue.records.BagRecordsError` for a bag that this program did
    not make, or whose records cannot be read.
    """
    with open_bag(folder) as tree:
        info = tuple(_pairs(_whole(tree, INFO).decode("utf-8", "backslashreplace")))
        rights = _rights(_whole(tree, RIGHTS))
        source = next(lines(tree, SOURCE, SourceLine), None)
    if source is None or source.kind != "source":
        raise BagRecordsError(f"{SOURCE} does not begin with the source as a whole")
    said = {label.lower(): value for label, value in reversed(info)}
    made = said.get("bagging-date", "")
    program, _, version = said.get("bag-software-agent", "").rpartition(" ")
    return BagRecord(
        said.get("external-identifier") or os.path.basename(os.path.abspath(folder)),
        source.name,
        source.files,
        source.bytes,
        info,
        rights,
        tuple(MANIFESTS[name][0] for name in manifests_in(folder)),
        made if _DAY.fullmatch(made) else None,
        AgentRecord("software", program, version) if program else None,
    )


def overview_of(folder: str | os.PathLike[str]) -> Overview:
    """Return what all recordings of the bag come to; memory stays flat.

    Raises :class:`~archiver.catalogue.records.BagRecordsError`.
    """
    found = Overview()
    with open_bag(folder) as tree:
        for recording in lines(tree, AUDIO, Recording):
            if recording.format is not None:
                _take(found, recording)
    return found


def _take(found: Overview, recording: Recording) -> None:
    view = recording.view
    found.recordings += 1
    verdict = recording.self_check.verdict or "not-checkable"
    found.verdicts[verdict] = found.verdicts.get(verdict, 0) + 1
    _add(found.titles, texts(view, "album")[:1])
    _add(found.creators, texts(view, "album_creator")[:1] or texts(view, "creator")[:1])
    _add(found.publishers, texts(view, "publisher")[:1])
    if recording.media_type:
        _add(found.media_types, [recording.media_type])
    for date in texts(view, "date")[:1]:
        found.years.update(_YEAR.findall(date)[:1])
    for name, version in recording.readers.items():
        agent = AgentRecord("software", name, version)
        if len(found.readers) < MOST_NAMED:
            found.readers[agent] = None


def _add(kept: dict[str, None], values: list[str]) -> None:
    if len(kept) < MOST_NAMED:
        kept.update(dict.fromkeys(values))


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """Yield labels and values; an indented line goes on with the value above."""
    label, value = "", ""
    for line in text.split("\n"):
        if line[:1] in (" ", "\t") and label:
            value += "\n" + line.strip(" \t")
            continue
        if label:
            yield label, value
        label, _, value = line.partition(": ")
    if label:
        yield label, value


def _rights(data: bytes) -> RightsBook:
    try:
        record = msgspec.json.decode(data, type=_Rights)
        return bag_book(msgspec.to_builtins(record))
    except (ValueError, RecursionError, RightsMistakes):  # msgspec's errors are ValueErrors
        raise BagRecordsError(f"{RIGHTS} cannot be read") from None


def _whole(tree: Tree, path: str) -> bytes:
    with open_record(tree, path) as file:
        try:
            return file.read()
        except OSError as error:
            raise unreadable(path, error) from error
