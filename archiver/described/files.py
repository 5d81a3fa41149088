"""The files of a bag as its own lists describe them, side by side in order of the path."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from archiver.audio.formats import FORMATS
from archiver.catalogue.records import (
    AUDIO,
    ESSENCE,
    SOURCE,
    BagRecordsError,
    Ordered,
    digests,
    open_bag,
    open_record,
    unreadable,
)
from archiver.tree import Tree
from archiver.writers.model import Essence, FileRecord, Recording
from archiver.writers.vocabulary import MANIFESTS

_PAYLOAD = "data/"
_Line = TypeVar("_Line")


class SourceLine(msgspec.Struct):
    """A line of ``metadata/source.jsonl``, as far as it is wanted here."""

    kind: str
    path: str = ""
    size: int = 0
    name: str = ""
    files: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class DescribedFiles:
    """The payload files of the bag in ``folder``, read anew whenever they are iterated over.

    ``manifests`` are the algorithms of its payload manifests. Iterating raises
    :class:`~archiver.catalogue.records.BagRecordsError`.
    """

    folder: str | os.PathLike[str]
    manifests: Sequence[str]

    def __iter__(self) -> Iterator[FileRecord]:
        with open_bag(self.folder) as tree:
            sizes = Ordered(_sizes(tree), SOURCE)
            recordings = Ordered(((one.path, one) for one in lines(tree, AUDIO, Recording)), AUDIO)
            essences = Ordered(((one.path, one) for one in lines(tree, ESSENCE, Essence)), ESSENCE)
            listed = [
                (MANIFESTS[name][0], Ordered(_manifest(tree, name), manifest_name(name)))
                for name in self.manifests
            ]
            for number, (path, blake3) in enumerate(digests(tree), 1):
                size, recording = sizes.at(path), recordings.at(path)
                found = tuple((name, digest) for name, of in listed if (digest := of.at(path)))
                if size is None or len(found) < len(listed):
                    raise BagRecordsError(f"the lists of the bag do not all name {path!r}")
                recording = recording or Recording(path)
                form = FORMATS.get(recording.format or "")
                yield FileRecord(
                    number,
                    path,
                    size,
                    found,
                    blake3.hex(),
                    recording,
                    form.name if form else recording.format,
                    essences.at(path),
                )


def manifest_name(algorithm: str) -> str:
    """Return the name of the payload manifest."""
    return f"manifest-{algorithm}.txt"


def lines(tree: Tree, path: str, kind: type[_Line]) -> Iterator[_Line]:
    """Yield each line of a list of JSON records, decoded as ``kind``."""
    decoder = msgspec.json.Decoder(kind)
    for number, line in _raw(tree, path):
        try:
            yield decoder.decode(line)
        except (ValueError, RecursionError):  # msgspec's errors are ValueErrors
            raise BagRecordsError(f"{path} line {number} cannot be read") from None


def _sizes(tree: Tree) -> Iterator[tuple[str, int]]:
    for line in lines(tree, SOURCE, SourceLine):
        if line.kind == "file":
            yield _PAYLOAD + line.path, line.size


def _manifest(tree: Tree, algorithm: str) -> Iterator[tuple[str, str]]:
    """Yield path and digest; our own manifests have one form, RFC 8493 2.1.3."""
    name = manifest_name(algorithm)
    for number, line in _raw(tree, name):
        digest, blanks, path = line.rstrip(b"\n").partition(b"  ")
        try:
            if not blanks:
                raise ValueError
            yield _decoded(path.decode()), digest.decode("ascii")
        except ValueError:
            raise BagRecordsError(f"{name} line {number} cannot be read") from None


def _decoded(path: str) -> str:
    if "%" not in path:
        return path
    return path.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def _raw(tree: Tree, path: str) -> Iterator[tuple[int, bytes]]:
    with open_record(tree, path) as file:
        try:
            yield from enumerate(file, 1)
        except OSError as error:
            raise unreadable(path, error) from error
