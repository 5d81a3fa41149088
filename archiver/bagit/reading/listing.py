"""A list of files in a bag (manifest, fetch.txt, fixity/blake3.txt), read in path order."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from operator import le
from typing import Protocol

from archiver.bagit.reading.ordering import Entry, sort_on_disk
from archiver.bagit.reading.report import Report
from archiver.bagit.reading.rules import Rules
from archiver.bagit.reading.text import TextBlocks
from archiver.tree import Tree

# A list of up to this many lines is kept from its first reading (about 300 bytes a line);
# a longer one is read again when it is needed, and sorted on disk if it is out of order.
HELD_ENTRIES = 100_000


class Role(Enum):
    """What a list says of the files it names."""

    MANIFEST = "manifest"
    BLAKE3 = "blake3"
    FETCH = "fetch"


class Lines(Protocol):
    """Parses blocks of one list's lines; see :class:`ManifestLines`."""

    undefined: dict[str, int]

    def entries(self, block: str, first_line: int, report: Report) -> list[Entry]:
        """Return (path, value) of each line that lists something; report the others."""


class Listing:
    """One list. :meth:`survey` reads it once and reports on it; then it can be iterated.

    ``algorithm`` is the digest to take of the files listed, or None when the list is used for
    its names only. ``blind`` is true when the list could not be read to its end.
    """

    def __init__(
        self, tree: Tree, name: str, lines: Lines, codec: str, *, role: Role, algorithm: str | None
    ) -> None:
        self.name, self.role, self.algorithm = name, role, algorithm
        self.lines, self.blind = lines, False
        self._tree, self._codec = tree, codec
        self._held: list[Entry] | None = []
        self._in_order = True

    def survey(self, report: Report, rules: Rules) -> None:
        """Read the list to its end, reporting every line that is not right."""
        last = ""
        blocks = self._blocks()
        try:
            for entries in self._parsed(blocks, report):
                paths = [path for path, _ in entries]
                if self._in_order and paths:
                    rising = all(map(le, paths, paths[1:]))
                    self._in_order = last <= paths[0] and rising
                    last = paths[-1]
                self._hold(entries)
        except OSError as error:
            self.blind, self._held = True, []
            report.add("unreadable", f"The list cannot be read: {error.strerror}.", self.name)
        if blocks.marked:
            report.add_mark(self.name, self._codec, rules)
        if self._held is not None and not self._in_order:
            self._held.sort()

    def __iter__(self) -> Iterator[Entry]:
        """Yield (path, value) in path order; what is wrong was said by :meth:`survey`."""
        if self._held is not None:
            return iter(self._held)
        return self._stream() if self._in_order else sort_on_disk(self._stream())

    def _hold(self, entries: list[Entry]) -> None:
        if self._held is not None:
            self._held.extend(entries)
            if len(self._held) > HELD_ENTRIES:
                self._held = None

    def _stream(self) -> Iterator[Entry]:
        silent = Report()
        for entries in self._parsed(self._blocks(), silent):
            yield from entries

    def _parsed(self, blocks: TextBlocks, report: Report) -> Iterator[list[Entry]]:
        number = 1
        for block in blocks:
            yield self.lines.entries(block, number, report)
            number += block.count("\n")

    def _blocks(self) -> TextBlocks:
        return TextBlocks(self._tree, self.name, self._codec, lf_only=self.role is Role.BLAKE3)
