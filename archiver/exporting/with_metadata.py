"""Writing a bag anew with files added to its payload, for a program that looks for them there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from archiver.bagit.writing import format_bag_info, human_bag_size, payload_oxum
from archiver.exporting.division import Division, Part
from archiver.exporting.parts import PartsSerialiser
from archiver.exporting.serialising import name_of
from archiver.hashing import new_digest
from archiver.progress import Progress
from archiver.serial.writing.member import Member, Writer
from archiver.tree import Tree

_PIECE = 1 << 20
_OWN = ("payload-oxum", "bag-size")


@dataclass(frozen=True, slots=True)
class Added:
    """A file to be added, at ``path`` ("data/..."); ``digests`` by the bag's algorithms."""

    path: str
    file: BinaryIO
    size: int
    digests: tuple[bytes, ...]


def added(path: str, pieces: Iterable[bytes], file: BinaryIO, algorithms: Sequence[str]) -> Added:
    """Return a file to be added; its bytes are kept in ``file``, which is empty."""
    digests = [new_digest(name) for name in algorithms]
    for piece in pieces:
        file.write(piece)
        for one in digests:
            one.update(memoryview(piece))
    return Added(path, file, file.tell(), tuple(one.digest() for one in digests))


class WithMetadata(PartsSerialiser):
    """Writes the bag as one, under its own name, the files ``more`` first in its payload."""

    def __init__(
        self,
        tree: Tree,
        division: Division,
        bag: str,
        progress: Progress,
        next_writer: Callable[[int], Writer],
        more: Sequence[Added],
    ) -> None:
        super().__init__(tree, division, bag, progress, next_writer)
        self._more = more

    def _named(self) -> str:
        return name_of(self._bag)

    def _listed_besides(self, algorithm: int) -> Iterator[tuple[str, str]]:
        return ((one.path, one.digests[algorithm].hex()) for one in self._more)

    def _info(self, part: Part) -> bytes:
        size = part.bytes + sum(one.size for one in self._more)
        own = [
            ("Payload-Oxum", payload_oxum(size, part.files + len(self._more))),
            ("Bag-Size", human_bag_size(size)),
        ]
        kept = [pair for pair in self._division.info if pair[0].lower() not in _OWN]
        return format_bag_info([*kept, *own])

    def _begin_payload(self) -> None:
        super()._begin_payload()
        for one in self._more:
            self._add(one)

    def _add(self, one: Added) -> None:
        if not self._start(Member(self._placed(one.path), one.size, self._moment)):
            return
        one.file.seek(0)
        while data := one.file.read(_PIECE):
            self._writer.data(memoryview(data))
        self._writer.end()
        self.files += 1
        self.bytes += one.size
