"""A bag's own records of its files, line by line: the only thing the catalogue is made from.

Everything here raises :class:`BagRecordsError` for a record that is missing, cut off, in
another form or out of order; nothing is guessed at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar

import msgspec

from archiver.clock import parse_utc_ns
from archiver.errors import IncompleteError
from archiver.tree import Tree

DIGESTS = "fixity/blake3.txt"
ESSENCE = "fixity/essence.jsonl"
SOURCE = "metadata/source.jsonl"
AUDIO = "metadata/audio.jsonl"
_PAYLOAD = "data/"
_LINE = re.compile(rb"(\\?)([0-9a-f]{64})  (.+)", re.DOTALL)
_ESCAPES = {b"\\\\": b"\\", b"\\n": b"\n", b"\\r": b"\r"}

_Value = TypeVar("_Value")


class BagRecordsError(IncompleteError):
    """A bag's own records are missing, unreadable or contradict each other."""


class Facts(msgspec.Struct):
    """What the catalogue takes from the technical facts."""

    duration_s: float | None = None


class SelfCheck(msgspec.Struct):
    """What the catalogue takes from the self-check."""

    verdict: str | None = None


class AudioLine(msgspec.Struct):
    """A line of ``metadata/audio.jsonl``, as far as the catalogue wants it."""

    path: str
    format: str | None = None
    facts: Facts = msgspec.field(default_factory=Facts)
    self_check: SelfCheck = msgspec.field(default_factory=SelfCheck)
    view: dict[str, Any] = {}
    tags: list[dict[str, Any]] = []
    embedded: dict[str, Any] = {}
    findings: list[Any] = []


class Stream(msgspec.Struct):
    """The coded sound: BLAKE3 (hex) and bytes."""

    blake3: str
    size: int


class Pcm(msgspec.Struct):
    """The samples: MD5 (hex), and how many frames there are where that is known."""

    md5: str
    frames: int | None = None


class EssenceLine(msgspec.Struct):
    """A line of ``fixity/essence.jsonl``, as far as the catalogue wants it."""

    path: str
    stream: Stream
    pcm: Pcm | None = None


class _SourceLine(msgspec.Struct):
    kind: str
    path: str | None = None
    size: int | None = None
    mtime: str | None = None


class Ordered(Generic[_Value]):
    """A stream of (path, value) in order of the path, asked for paths in that order."""

    def __init__(self, pairs: Iterator[tuple[str, _Value]], name: str) -> None:
        self._pairs = in_order(pairs, name)
        self._next = next(self._pairs, None)

    def at(self, path: str) -> _Value | None:
        """Return the value at ``path``, ``None`` when the stream has none."""
        while self._next and self._next[0] < path:
            self._next = next(self._pairs, None)
        return self._next[1] if self._next and self._next[0] == path else None

    def finish(self) -> None:
        """Read the rest, which must be readable and in order too."""
        for _ in self._pairs:
            pass


def in_order(pairs: Iterator[tuple[str, _Value]], name: str) -> Iterator[tuple[str, _Value]]:
    """Pass the pairs on, each path greater than the one before."""
    last = ""
    for path, value in pairs:
        if path <= last:
            raise BagRecordsError(f"{name} is not in order of path at {path!r}")
        last = path
        yield path, value


def digests(tree: Tree) -> Iterator[tuple[str, bytes]]:
    """Yield path and digest of each line of ``fixity/blake3.txt``, b3sum's escapes undone."""
    for number, line in _lines(tree, DIGESTS):
        try:
            yield b3sum_line(line)
        except ValueError as error:
            raise BagRecordsError(f"{DIGESTS} line {number} {error}") from None


def b3sum_line(line: bytes) -> tuple[str, bytes]:
    """Return path and digest of a line of ``fixity/blake3.txt``, without its line end.

    Raises ``ValueError`` with what is wrong with it.
    """
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError("cannot be read")
    escaped, digest, name = match.groups()
    if escaped:
        name = re.sub(rb"\\[\\nr]", lambda found: _ESCAPES[found.group()], name)
    try:
        path = name.decode()
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8") from None
    if not path.startswith(_PAYLOAD):
        raise ValueError("is not about the payload")
    return path, bytes.fromhex(digest.decode())


def sources(tree: Tree) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield payload path and (size, mtime in ns) of each surveyed file."""
    for number, record in _records(tree, SOURCE, _SourceLine):
        if record.kind != "file":
            continue
        try:
            if record.path is None or record.size is None or record.mtime is None:
                raise ValueError
            value = record.size, parse_utc_ns(record.mtime)
        except ValueError:
            raise BagRecordsError(f"{SOURCE} line {number} lacks a path, size or time") from None
        yield _PAYLOAD + record.path, value  # a path in the source


def recordings(tree: Tree) -> Iterator[tuple[str, AudioLine]]:
    """Yield payload path and record of each file that ``metadata/audio.jsonl`` knows as audio."""
    for _, record in _records(tree, AUDIO, AudioLine):
        yield record.path, record


def essences(tree: Tree) -> Iterator[tuple[str, EssenceLine]]:
    """Yield payload path and record of each line of ``fixity/essence.jsonl``."""
    for _, record in _records(tree, ESSENCE, EssenceLine):
        yield record.path, record


def open_bag(folder: str | os.PathLike[str]) -> Tree:
    """Open the bag's folder."""
    try:
        return Tree(folder)
    except OSError as error:
        raise unreadable(Path(folder).name, error) from error


def open_record(tree: Tree, path: str) -> BinaryIO:
    """Open one of the bag's records for reading."""
    try:
        return os.fdopen(tree.open_file(path), "rb")
    except OSError as error:
        raise unreadable(path, error) from error


def unreadable(what: str, error: OSError) -> BagRecordsError:
    """Return the error that says what could not be read, and why."""
    return BagRecordsError(f"{what} cannot be read: {error.strerror}")


def _records(tree: Tree, path: str, kind: type[_Value]) -> Iterator[tuple[int, _Value]]:
    decoder = msgspec.json.Decoder(kind)
    with tree:
        for number, line in _lines(tree, path):
            try:
                yield number, decoder.decode(line)
            except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
                raise BagRecordsError(f"{path} line {number} cannot be read") from None


def _lines(tree: Tree, path: str) -> Iterator[tuple[int, bytes]]:
    with open_record(tree, path) as file:
        try:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    raise BagRecordsError(f"{path} line {number} is cut off")
                yield number, line[:-1]
        except OSError as error:
            raise unreadable(path, error) from error
