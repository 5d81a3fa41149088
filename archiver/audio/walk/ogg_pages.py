"""Ogg's pages and the packets in them (RFC 3533)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from archiver.audio.source import Source

PAGE_HEADER = 27
LARGEST_PAGE = PAGE_HEADER + 255 + 255 * 255
_WINDOW = 256 << 10


class Page(NamedTuple):
    """One page header (RFC 3533 section 6). (A tuple: there are a million in a long recording.)

    ``offset`` is that of the page in the file; ``header_size`` and ``size`` are the bytes before
    its body and those of the whole page.
    """

    offset: int
    flags: int
    granule: int
    serial: int
    sequence: int
    crc: int
    lacing: bytes
    header_size: int
    size: int

    @property
    def settled(self) -> int:
        """Bytes up to the end of the last packet that ends here: the granule counts up to there."""
        whole = len(self.lacing.rstrip(b"\xff"))
        return self.header_size + sum(self.lacing[:whole])

    @property
    def begins(self) -> bool:
        """Whether a logical stream begins here."""
        return bool(self.flags & 2)

    @property
    def ends(self) -> bool:
        """Whether a logical stream ends here."""
        return bool(self.flags & 4)


# Magic and version, flags, granule position, serial number, page number, CRC, count of segments.
page_fields = struct.Struct("<5sBqIIIB").unpack_from


def page_at(data: bytes, at: int, base: int) -> Page | None:
    """Read the page header at ``at`` in ``data``, which begins at ``base`` in the file."""
    if len(data) < at + PAGE_HEADER:
        return None
    magic, flags, granule, serial, sequence, crc, segments = page_fields(data, at)
    if magic != b"OggS\0":
        return None
    size = PAGE_HEADER + segments
    lacing = data[at + PAGE_HEADER : at + size]
    if len(lacing) < segments:
        return None
    return Page(base + at, flags, granule, serial, sequence, crc, lacing, size, size + sum(lacing))


def packets(page: Page, body: bytes, started: bytes) -> tuple[list[bytes], bytes]:
    """Return the packets that end on a page, and the beginning of one that goes on.

    ``started`` is the beginning left over by the page before.
    """
    whole, current, at = [], [started], 0
    for size in page.lacing:
        current.append(body[at : at + size])
        at += size
        if size < 255:
            whole.append(b"".join(current))
            current = []
    return whole, b"".join(current)


class Pages(Iterator[tuple["Page | None", bytes]]):
    """The pages of a range one after another, each with its bytes.

    Bytes that belong to no page come as ``(None, bytes)``. ``data`` is what has been read ahead,
    ``at`` is where in it the next page begins: whoever knows a faster way over some pages may
    move it.
    """

    def __init__(self, source: Source, start: int, end: int) -> None:
        self.data, self.at = b"", 0
        self._source, self._base, self._end = source, start, end

    def __next__(self) -> tuple[Page | None, bytes]:
        """Return the next page, or what lies before it. Raises ``OSError`` of the medium."""
        self._read_ahead()
        data, at, size = self.data, self.at, len(self.data)
        if at >= size:
            raise StopIteration
        page = page_at(data, at, self._base)
        if page is not None and at + page.size <= size:
            self.at += page.size
            return page, data[at : self.at]
        found = data.find(b"OggS\0", at + 1)
        following = size if found < 0 else found
        if found < 0 and self._base + size < self._end:
            following -= 4
        self.at = following
        return None, data[at:following]

    def _read_ahead(self) -> None:
        """Have the largest possible page before us, where the range has so much left.

        What was read already is read again rather than moved: it is little, and at hand.
        """
        if len(self.data) - self.at >= LARGEST_PAGE or self._base + len(self.data) >= self._end:
            return
        self._base, self.at = self._base + self.at, 0
        due = min(_WINDOW, self._end - self._base)
        self.data = self._source.read(self._base, due)
        if len(self.data) < due:
            self._end = self._base + len(self.data)
