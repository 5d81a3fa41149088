"""EBML elements: numbers of variable length, and what lies inside of what (RFC 8794)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from archiver.audio.source import Source
from archiver.audio.walk.model import Walk

CRC, VOID = 0xBF, 0xEC
LONGEST_HEAD = 12  # four bytes of identifier, eight of size
Broken = Callable[[int], object]


class Element(NamedTuple):
    """One element: ``at`` is where it begins, ``offset`` where its content does.

    ``size`` is that of the content, ``None`` for one that ends where its parent or the file does.
    """

    kind: int
    at: int
    offset: int
    size: int | None


def number(data: bytes, at: int = 0, keep_mark: bool = False) -> tuple[int, int]:
    """Return a number of variable length and how long it is; ``(0, 0)`` for what is none.

    With ``keep_mark`` the bit that tells the length stays, as it does in identifiers.
    """
    first = data[at] if at < len(data) else 0
    length = 9 - first.bit_length()
    if not first or at + length > len(data):
        return 0, 0
    value = int.from_bytes(data[at : at + length])
    return (value if keep_mark else value & ((1 << 7 * length) - 1)), length


def element(data: bytes, at: int, base: int = 0) -> Element | None:
    """Read the head of the element at ``at`` in ``data``, which begins at ``base`` in the file."""
    kind, length = number(data, at, keep_mark=True)
    size, more = number(data, at + length)
    if not length or length > 4 or not more:
        return None
    unknown = size == (1 << 7 * more) - 1
    return Element(kind, base + at, base + at + length + more, None if unknown else size)


def elements(source: Source, at: int, end: int, broken: Broken) -> Iterator[Element]:
    """Yield the elements of a range of the file one after another; contents are stepped over.

    ``broken`` is told where they cease to be elements, or go on behind ``end``. One of unknown
    size is the last.
    """
    while at < end:
        found = element(source.read(at, min(LONGEST_HEAD, end - at)), 0, at)
        if found is None or (found.size is not None and found.offset + found.size > end):
            broken(at)
            return
        yield found
        if found.size is None:
            return
        at = found.offset + found.size


def children(data: bytes, broken: Broken) -> Iterator[tuple[int, bytes]]:
    """Yield identifier and content of each element in ``data``, as :func:`elements` does."""
    at = 0
    while at < len(data):
        found = element(data, at)
        if found is None or found.size is None or found.offset + found.size > len(data):
            broken(at)
            return
        at = found.offset + found.size
        yield found.kind, data[found.offset : at]


def reported(walk: Walk, name: str, offset: int) -> Broken:
    """Return what makes a finding of an element ``name`` that is not made of whole elements."""

    def broken(at: int) -> None:
        walk.structure(f"{name} is not made of whole elements", offset + at)

    return broken


def first_crc(data: bytes) -> tuple[int, int] | None:
    """Return the CRC-32 that begins the content of an element and where what it covers begins.

    ``None`` where there is none.
    """
    found = element(data[:LONGEST_HEAD], 0)
    if found is None or found.kind != CRC or found.size != 4 or len(data) < found.offset + 4:
        return None
    covered = found.offset + 4
    return int.from_bytes(data[found.offset : covered], "little"), covered


def crc_of(source: Source, offset: int, size: int) -> int:
    """Return the CRC-32 of a range of the file."""
    crc = 0
    for piece in source.pieces(offset, size):
        crc = zlib.crc32(piece, crc)
    return crc


def whole(data: bytes) -> int:
    """Return an unsigned number."""
    return int.from_bytes(data[:8])


def real(data: bytes) -> float:
    """Return a floating-point number; 0 for sizes that are none."""
    if len(data) == 4:
        return float(struct.unpack(">f", data)[0])
    return float(struct.unpack(">d", data)[0]) if len(data) == 8 else 0.0


def text(data: bytes) -> bytes:
    """Return the bytes of a text, which may be filled up with zeros."""
    return data.split(b"\0", 1)[0]
