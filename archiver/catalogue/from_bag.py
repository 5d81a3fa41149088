"""The catalogue's rows of a bag, made from what the bag and its seal say.

Packaging and rebuilding both make their rows here, so a rebuilt catalogue cannot differ from
the one that grew bag by bag. Only tag files are read, never the payload.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from blake3 import blake3

from archiver.catalogue import codes  # noqa: F401 - registers them
from archiver.catalogue.rows import SEALED_VERDICT, BagRow, FileRow, SealFacts
from archiver.clock import parse_utc_ns
from archiver.errors import IncompleteError
from archiver.findings import Finding
from archiver.tree import Tree

DIGESTS = "fixity/blake3.txt"
SOURCE = "metadata/source.jsonl"
AUDIO = "metadata/audio.jsonl"
TAG_MANIFEST = "tagmanifest-sha512.txt"
_PAYLOAD = "data/"
_LINE = re.compile(rb"(\\?)([0-9a-f]{64})  (.+)", re.DOTALL)
_ESCAPES = {b"\\\\": b"\\", b"\\n": b"\n", b"\\r": b"\r"}
_PIECE = 1 << 20
_DECODE = json.JSONDecoder().decode
_LATEST = (1 << 63) - 1


class BagRecordsError(IncompleteError):
    """A bag's own records are missing, unreadable or contradict each other."""


def bag_row_from(bag_folder: str | os.PathLike[str], seal: SealFacts) -> BagRow:
    """Return the row of the bag in ``bag_folder`` (which may be lost) from the event ``seal``.

    The row says what was sealed; what lies there now is for verification, and for
    :func:`seal_differences`. The event's detail must have ``payload_files`` and
    ``payload_bytes`` (numbers) and ``payload_digest``, ``tag_manifest_digest``,
    ``policy_digest``, ``basis``, ``source_name`` (text). Raises :class:`BagRecordsError` when it
    has not, or sealed another bag.
    """
    name = Path(bag_folder).name
    if seal.bag != name:
        raise BagRecordsError(f"event {seal.seq} did not seal the bag {name!r}")
    numbers, digests = ("payload_files", "payload_bytes"), ("payload_digest", "tag_manifest_digest")
    texts = (*digests, "policy_digest", "basis", "source_name")
    values = {key: seal.detail.get(key) for key in (*numbers, *texts)}
    wrong = [key for key in numbers if type(values[key]) is not int]
    wrong += [key for key in texts if not isinstance(values[key], str)]
    wrong += [key for key in digests if key not in wrong and not _is_hex(str(values[key]))]
    if wrong:
        raise BagRecordsError(f"event {seal.seq} does not say, as it must: {', '.join(wrong)}")
    known: dict[str, Any] = values
    return BagRow(
        id=name,
        sealed_at=seal.time,
        last_verified_at=seal.time,
        last_verdict=SEALED_VERDICT,
        **known,
    )


def seal_differences(bag_folder: str | os.PathLike[str], seal: SealFacts) -> list[Finding]:
    """Compare the records lying in the bag with the digests in the event that sealed it.

    Raises :class:`BagRecordsError` when they cannot be read.
    """
    expected = {TAG_MANIFEST: "tag_manifest_digest", DIGESTS: "payload_digest"}
    found = []
    with _bag(bag_folder) as tree:
        for path, key in expected.items():
            sealed, actual = seal.detail.get(key), _digest_of(tree, path)
            if sealed != actual:
                message = f"{path} is not the one that was sealed in event {seal.seq}"
                detail = {"sealed": sealed, "found": actual}
                found.append(
                    Finding("held-bag-differs", message, f"{seal.bag}/{path}", detail=detail)
                )
    return found


def file_rows_from(bag_folder: str | os.PathLike[str]) -> Iterator[FileRow]:
    """Yield the row of each payload file, by path in code-point order; memory stays flat.

    ``fixity/blake3.txt`` says which files there are and their digests, ``metadata/source.jsonl``
    their sizes and times, ``metadata/audio.jsonl`` (which may lack any of them) their formats.
    All three are in code-point order of the path. Raises :class:`BagRecordsError`.
    """
    with _bag(bag_folder) as tree:
        sources = _Sorted(_sources(tree.again()), SOURCE)
        formats = _Sorted(_formats(tree.again()), AUDIO)
        for path, digest in _in_order(_digests(tree), DIGESTS):
            found = sources.at(path)
            if found is None:
                raise BagRecordsError(f"{SOURCE} says nothing of {path!r}, which {DIGESTS} lists")
            size, mtime_ns = found
            yield FileRow(path, size, _fitting(mtime_ns), digest, formats.at(path))
        sources.finish()
        formats.finish()


class _Sorted:
    """A stream of (path, value) in order of the path, asked for paths in that order."""

    def __init__(self, pairs: Iterator[tuple[str, Any]], name: str) -> None:
        self._pairs = _in_order(pairs, name)
        self._next = next(self._pairs, None)

    def at(self, path: str) -> Any:
        """Return the value at ``path``, ``None`` when the stream has none."""
        while self._next and self._next[0] < path:
            self._next = next(self._pairs, None)
        return self._next[1] if self._next and self._next[0] == path else None

    def finish(self) -> None:
        """Read the rest, which must be readable and in order too."""
        for _ in self._pairs:
            pass


def _in_order(pairs: Iterator[tuple[str, Any]], name: str) -> Iterator[tuple[str, Any]]:
    """Pass the pairs on, each path greater than the one before."""
    last = ""
    for path, value in pairs:
        if path <= last:
            raise BagRecordsError(f"{name} is not in order of path at {path!r}")
        last = path
        yield path, value


def _digests(tree: Tree) -> Iterator[tuple[str, bytes]]:
    """Yield path and digest of each line of ``fixity/blake3.txt``, b3sum's escapes undone."""
    for number, line in _lines(tree, DIGESTS):
        match = _LINE.fullmatch(line)
        if match is None:
            raise BagRecordsError(f"{DIGESTS} line {number} cannot be read")
        escaped, digest, name = match.groups()
        if escaped:
            name = re.sub(rb"\\[\\nr]", lambda found: _ESCAPES[found.group()], name)
        path = _text(name, DIGESTS, number)
        if not path.startswith(_PAYLOAD):
            raise BagRecordsError(f"{DIGESTS} line {number} is not about the payload")
        yield path, bytes.fromhex(digest.decode())


def _sources(tree: Tree) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield payload path and (size, mtime in ns) of each surveyed file."""
    for number, record in _records(tree, SOURCE):
        if record.get("kind") != "file":
            continue
        try:
            value = int(record["size"]), parse_utc_ns(str(record["mtime"]))
        except (KeyError, TypeError, ValueError):
            raise BagRecordsError(f"{SOURCE} line {number} lacks a size or time") from None
        yield _PAYLOAD + _path(record, SOURCE, number), value  # a path in the source


def _formats(tree: Tree) -> Iterator[tuple[str, str | None]]:
    """Yield payload path and format of each file of which the audio record tells."""
    for number, record in _records(tree, AUDIO):
        named = record.get("format")
        yield _path(record, AUDIO, number), named if isinstance(named, str) else None


def _records(tree: Tree, path: str) -> Iterator[tuple[int, dict[str, Any]]]:
    with tree:
        for number, line in _lines(tree, path):
            try:
                record = _DECODE(line.decode())  # json.loads would guess at encodings
            except (ValueError, RecursionError):
                record = None
            if not isinstance(record, dict):
                raise BagRecordsError(f"{path} line {number} cannot be read")
            yield number, record


def _path(record: dict[str, Any], name: str, number: int) -> str:
    path = record.get("path")
    if not isinstance(path, str):
        raise BagRecordsError(f"{name} line {number} names no path")
    return path


def _fitting(nanoseconds: int) -> int:
    """Return the time, or the nearest that 63 bits hold (1677 to 2262); the bag has it exactly."""
    return max(-_LATEST - 1, min(nanoseconds, _LATEST))


def _bag(folder: str | os.PathLike[str]) -> Tree:
    try:
        return Tree(folder)
    except OSError as error:
        raise _unreadable(Path(folder).name, error) from error


def _open(tree: Tree, path: str) -> BinaryIO:
    try:
        return os.fdopen(tree.open_file(path), "rb")
    except OSError as error:
        raise _unreadable(path, error) from error


def _lines(tree: Tree, path: str) -> Iterator[tuple[int, bytes]]:
    with _open(tree, path) as file:
        try:
            for number, line in enumerate(file, 1):
                if not line.endswith(b"\n"):
                    raise BagRecordsError(f"{path} line {number} is cut off")
                yield number, line[:-1]
        except OSError as error:
            raise _unreadable(path, error) from error


def _digest_of(tree: Tree, path: str) -> str:
    hasher = hashlib.sha512() if path == TAG_MANIFEST else blake3()
    with _open(tree, path) as file:
        try:
            while piece := file.read(_PIECE):
                hasher.update(piece)
        except OSError as error:
            raise _unreadable(path, error) from error
    return hasher.hexdigest()


def _text(name: bytes, path: str, number: int) -> str:
    try:
        return name.decode()
    except UnicodeDecodeError:
        raise BagRecordsError(f"{path} line {number} is not UTF-8") from None


def _is_hex(text: str) -> bool:
    return len(text) % 2 == 0 and re.fullmatch("[0-9a-f]+", text) is not None


def _unreadable(what: str, error: OSError) -> BagRecordsError:
    return BagRecordsError(f"{what} cannot be read: {error.strerror}")
