"""The pages of Ogg sound that are as they should be, many at once.

A recording of an hour has ten thousand pages, and nearly all of them are alike: of the one stream,
in sequence, whole. They are passed over here with as little said of each as can be; the first
page that is anything else is left to whoever looks closer.
"""

from __future__ import annotations

from typing import NamedTuple

from archiver.audio.selfcheck.crc import ONES, cksum, crc32_ogg
from archiver.audio.walk.ogg_pages import PAGE_HEADER, Pages, page_fields

_CONTINUED = 1  # the one flag that an ordinary page may have: its first packet began before
_CRC_AT, _CRC_END = 22, 26
_NO_CRC = bytes(_CRC_END - _CRC_AT)


class SoundPages(NamedTuple):
    """Pages passed over: their number, their bytes in all, what is in them, and their last
    granule position above 0 (0 if none of them has one).
    """

    number: int
    size: int
    bodies: bytes
    granule: int


def page_holds(raw: bytes, crc: int) -> bool:
    """Whether a page's CRC holds; it is taken with zeros in the place of itself."""
    start = crc32_ogg(raw[:_CRC_AT] + _NO_CRC)
    return crc32_ogg(memoryview(raw)[_CRC_END:], start) == crc


def sound_pages(pages: Pages, serial: int, sequence: int) -> SoundPages:
    """Pass over the pages of the stream ``serial`` from page ``sequence`` on, as read ahead.

    Stops before the first page that begins or ends a stream, belongs to another one, comes out
    of turn, is damaged, or has not been read ahead whole.
    """
    data, at = pages.data, pages.at
    view, last, granule, bodies = memoryview(data), len(data) - PAGE_HEADER, 0, []
    due = sequence
    while at <= last:
        magic, flags, position, of, turn, crc, segments = page_fields(data, at)
        if magic != b"OggS\0" or flags & ~_CONTINUED or of != serial or turn != due:
            break
        body = at + PAGE_HEADER + segments
        end = body + sum(data[at + PAGE_HEADER : body])
        if end > len(data):
            break
        start = cksum(data[at : at + _CRC_AT] + _NO_CRC, ONES)
        if cksum(view[at + _CRC_END : end], start) ^ ONES != crc:
            break
        bodies.append(view[body:end])
        granule = position if position > 0 else granule
        due, at = due + 1, end
    passed = SoundPages(due - sequence, at - pages.at, b"".join(bodies), granule)
    pages.at = at
    return passed
