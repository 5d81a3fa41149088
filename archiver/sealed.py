"""What a bag of ours says of itself and of its files: its tag files are read, and nothing else.

So it is what was sealed that is told, whatever became of the payload since; whether the tag
files are still those that were sealed is for verification.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from archiver.audio.examination import AudioExamination
from archiver.catalogue.records import (
    AUDIO,
    DIGESTS,
    ESSENCE,
    SOURCE,
    BagRecordsError,
    b3sum_line,
    open_bag,
    open_record,
    recordings,
    unreadable,
)
from archiver.errors import UsageError
from archiver.tree import Tree

_PAYLOAD = "data/"
_RIGHTS, _INFO = "metadata/rights.json", "bag-info.txt"
_LARGEST = 1 << 20
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A payload file as its bag describes it. ``mtime`` is UTC text, ``blake3`` hex."""

    bag: str
    path: str
    size: int
    mtime: str
    blake3: str
    examination: AudioExamination


@dataclass(slots=True)
class Recordings:
    """What the recordings of a bag come to.

    ``duration_s`` adds up the lengths that are known. ``verdicts`` and ``formats`` count
    recordings. ``years`` are the first and last year in their date tags. ``rights`` is the bag's
    statement, ``info`` its ``bag-info.txt`` as text.
    """

    recordings: int = 0
    with_tags: int = 0
    with_findings: int = 0
    duration_s: float = 0.0
    formats: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    years: tuple[str, str] | None = None
    rights: dict[str, Any] = field(default_factory=dict)
    info: str = ""


def has_records(bag: str | os.PathLike[str]) -> bool:
    """Say whether the folder holds a bag that describes its recordings."""
    return all(os.path.isfile(os.path.join(bag, name)) for name in ("bagit.txt", AUDIO, ESSENCE))


def sealed_file(bag: str | os.PathLike[str], path: str) -> SealedFile:
    """Return what the bag in the folder ``bag`` says of its file ``path`` (``data/...``).

    Raises :class:`UsageError` when the bag has no such file, and
    :class:`archiver.catalogue.BagRecordsError`.
    """
    name = os.path.basename(os.path.abspath(bag))
    with open_bag(bag) as tree:
        digest = _line(tree, DIGESTS, path, _digest_path)
        if digest is None:
            raise UsageError(
                f"the bag {name!r} holds no file {path!r}", "archiver show BAG --files lists them."
            )
        source = _record(tree, SOURCE, path.removeprefix(_PAYLOAD)) or {}
        record = _record(tree, AUDIO, path) or {"format": None, "facts": {}}
        essence = _record(tree, ESSENCE, path)
    try:
        size, mtime = int(source["size"]), str(source["mtime"])
    except (KeyError, TypeError, ValueError):
        raise BagRecordsError(f"{SOURCE} says nothing of {path!r}") from None
    return SealedFile(
        name,
        path,
        size,
        mtime,
        b3sum_line(digest.rstrip(b"\n"))[1].hex(),
        _recalled(record, essence),
    )


def recordings_of(bag: str | os.PathLike[str]) -> Recordings:
    """Return what the recordings of the bag in the folder ``bag`` come to; memory stays flat.

    Raises :class:`archiver.catalogue.BagRecordsError`.
    """
    found = Recordings()
    first, last = "9999", "0000"
    with open_bag(bag) as tree:
        found.rights = _object(_whole(tree, _RIGHTS), _RIGHTS)
        found.info = _whole(tree, _INFO).decode("utf-8", "replace")
        for _, line in recordings(tree.again()):
            if line.format is None:
                continue
            found.recordings += 1
            found.with_tags += bool(line.tags)
            found.with_findings += bool(line.findings)
            found.duration_s += line.facts.duration_s or 0
            found.formats[line.format] += 1
            found.verdicts[line.self_check.verdict or "not-checkable"] += 1
            for year in _YEAR.findall(str((line.view.get("date") or [""])[0]))[:1]:
                first, last = min(first, year), max(last, year)
    if first <= last:
        found.years = first, last
    return found


def _recalled(record: dict[str, Any], essence: dict[str, Any] | None) -> AudioExamination:
    problems = [record["problem"]] if "problem" in record else []
    verdict = record.get("self_check", {}).get("verdict", "not-checkable")
    record = {"pictures": [], "tags": [], "facts": {}, **record}
    return AudioExamination(record, essence, verdict, (*problems, *record.get("findings", ())))


def _record(tree: Tree, name: str, path: str) -> dict[str, Any] | None:
    line = _line(tree, name, path, lambda line: str(_object(line, name).get("path", "")))
    if line is None:
        return None
    return {key: value for key, value in _object(line, name).items() if key != "path"}


def _digest_path(line: bytes) -> str:
    try:
        return b3sum_line(line.rstrip(b"\n"))[0]
    except ValueError as error:
        raise BagRecordsError(f"a line of {DIGESTS} {error}") from None


def _object(data: bytes, name: str) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BagRecordsError(f"{name} cannot be read")
    return found


def _whole(tree: Tree, name: str) -> bytes:
    with open_record(tree, name) as file:
        try:
            return file.read(_LARGEST)
        except OSError as error:
            raise unreadable(name, error) from error


def _line(tree: Tree, name: str, wanted: str, key: Callable[[bytes], str]) -> bytes | None:
    with open_record(tree, name) as file:
        try:
            return find_line(file, wanted, key)
        except OSError as error:
            raise unreadable(name, error) from error


def find_line(file: BinaryIO, wanted: str, key: Callable[[bytes], str]) -> bytes | None:
    """Return the line whose ``key`` is ``wanted``, of a file whose lines are in order of it.

    Reads a few lines only, however many there are. ``None`` where there is none.
    """
    low, high = 0, file.seek(0, os.SEEK_END)  # the line begins somewhere in low..high
    while low < high:
        middle = (low + high) // 2
        start = file.seek(middle)
        if middle > low:
            file.seek(middle - 1)
            start += len(file.readline()) - 1
        if start >= high:
            high = middle
            continue
        line = file.readline()
        here = key(line)
        if here == wanted:
            return line
        if here < wanted:
            low = start + len(line)
        else:
            high = middle
    return None
