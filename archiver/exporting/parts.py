"""Writing a bag as several bags: each a valid one by itself, with the digests of the original."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from itertools import chain
from typing import BinaryIO

from archiver.bagit.writing import (
    format_bag_info,
    format_bagit_txt,
    human_bag_size,
    manifest_line,
    payload_oxum,
)
from archiver.exporting.division import Division, Part
from archiver.exporting.serialising import Serialiser, name_of
from archiver.hashing import ReadJob, ReadResult, new_digest
from archiver.progress import Progress
from archiver.serial.writing.member import Member, Writer
from archiver.tree import Tree

WHOLE = "whole-bag"
"""The folder of the first part in which the original's tag files lie, as they were."""

_OWN = ("bag-group-identifier", "bag-count", "payload-oxum", "bag-size")
_PIECE = 1 << 20
_END = "\U0010ffff"


def part_name(name: str, number: int, parts: int) -> str:
    """Return what part ``number`` (from 1) of ``parts`` is called."""
    return f"{name}.{number:0{len(str(parts))}}-of-{parts}"


class PartsSerialiser(Serialiser):
    """Writes one part after the other: the first with all the tag files of the original.

    ``next_writer`` makes the writer of the next part and closes the one before.
    """

    def __init__(
        self,
        tree: Tree,
        division: Division,
        bag: str,
        progress: Progress,
        next_writer: Callable[[int], Writer],
    ) -> None:
        super().__init__(tree, next_writer(1), bag, progress)
        self._bag, self._division, self._next_writer = bag, division, next_writer
        self._entries = [iter(one) for one in division.listings]
        self._number = 0
        self._in_payload = False
        self._until = ""
        self._moment = os.fstat(tree.folder("")).st_mtime_ns
        self._of_tags: dict[str, tuple[bytes, ...]] = {}

    def finish(self) -> None:
        """Write the rest: an examination that stopped early asked for no payload."""
        if not self._in_payload:
            self._begin_payload()
        super().finish()

    def _begin_bag(self) -> None:
        """Write a part's folder and its own tag files, but for the tag manifests."""
        self._number += 1
        parts = self._division.parts
        part = parts[self._number - 1]
        self._until = parts[self._number].first if self._number < len(parts) else _END
        self._name = self._named()
        self._of_tags = {}
        self._folder("")
        self._tag_file("bag-info.txt", [self._info(part)])
        self._tag_file("bagit.txt", [format_bagit_txt()])
        for at, algorithm in enumerate(self._division.algorithms):
            listed = chain(self._listed_besides(at), _take(self._entries[at], part))
            lines = (manifest_line(digest.lower(), path) for path, digest in listed)
            self._tag_file(f"manifest-{algorithm}.txt", lines)

    def _begin_payload(self) -> None:
        """Write the tag manifests, now that all tag files are there, and the payload's folder."""
        self._in_payload = True
        listed = list(self._of_tags.items())
        for at, algorithm in enumerate(self._division.algorithms):
            lines = [manifest_line(digests[at].hex(), path) for path, digests in listed]
            self._tag_file(f"tagmanifest-{algorithm}.txt", lines)
        self._folder("data")

    def _placed(self, path: str) -> str:
        inside = path if self._in_payload else f"{WHOLE}/{path}"
        return f"{self._name}/{inside}"

    def _member(self, job: ReadJob, *, write: bool = True) -> ReadResult:
        if not self._in_payload:
            return self._kept(job, write)
        while job.path >= self._until:
            self._in_payload = False
            self._writer.finish()
            self._writer = self._next_writer(self._number + 1)
            self._begin_bag()
            self._begin_payload()
        return super()._member(job, write=write)

    def _kept(self, job: ReadJob, write: bool) -> ReadResult:
        """Write a tag file of the original, taking the part's digests of it, too."""
        asked = len(job.algorithms)
        more = ReadJob(job.path, job.size, (*job.algorithms, *self._division.algorithms), job.token)
        result = super()._member(more, write=write)
        if result.trouble is not None:
            if not asked:
                self._unasked(job, result.trouble)
            return result._replace(job=job)
        if write:
            self._of_tags[f"{WHOLE}/{job.path}"] = result.digests[asked:]
        return result._replace(job=job, digests=result.digests[:asked])

    def _named(self) -> str:
        """Return the name of the part's folder."""
        return part_name(name_of(self._bag), self._number, len(self._division.parts))

    def _listed_besides(self, _algorithm: int) -> Iterator[tuple[str, str]]:
        """Yield path and digest of payload files that the original does not have."""
        return iter(())

    def _info(self, part: Part) -> bytes:
        kept = [(label, value) for label, value in self._division.info if label.lower() not in _OWN]
        said = {label.lower(): value for label, value in reversed(self._division.info)}
        group = said.get("external-identifier") or name_of(self._bag)
        own = [
            ("Payload-Oxum", payload_oxum(part.bytes, part.files)),
            ("Bag-Size", human_bag_size(part.bytes)),
            ("Bag-Group-Identifier", group),
            ("Bag-Count", f"{self._number} of {len(self._division.parts)}"),
        ]
        return format_bag_info([*kept, *own])

    def _tag_file(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a tag file of the part's own, and keep its digests."""
        digests = [new_digest(algorithm) for algorithm in self._division.algorithms]
        with ExitStack() as stack:
            spool: BinaryIO = stack.enter_context(tempfile.TemporaryFile())
            for piece in pieces:
                spool.write(piece)
                for one in digests:
                    one.update(memoryview(piece))
            size = spool.tell()
            spool.seek(0)
            if self._start(Member(f"{self._name}/{name}", size, self._moment)):
                while data := spool.read(_PIECE):
                    self._writer.data(memoryview(data))
                self._writer.end()
                self.files += 1
                self.bytes += size
        if not name.startswith("tagmanifest-"):
            self._of_tags[name] = tuple(one.digest() for one in digests)


def _take(entries: Iterator[tuple[str, str]], part: Part) -> Iterator[tuple[str, str]]:
    """Yield the entries of one part."""
    for _ in range(part.files):
        found = next(entries, None)
        if found is not None:
            yield found
