"""The payloads in an ASF data packet: one, many, or many small ones packed together.

Source: Advanced Systems Format specification 1.20.03, 5.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_WIDTHS = (0, 1, 2, 4)
_HAS_CORRECTION = 0x80
_MANY = 1
_COMPRESSED = 1  # the length of replicated data that says so


class Payload(NamedTuple):
    """A part of a media object: ``offset`` bytes into one of ``size`` bytes.

    ``time`` is when it is played, in ms with the preroll. ``None`` stands for what is not said.
    """

    stream: int
    number: int
    offset: int
    size: int | None
    time: int | None
    data: bytes


class BrokenPacketError(Exception):
    """A packet is not built as it must be."""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data, self.at, self.end = data, 0, len(data)

    def number(self, width: int) -> int:
        """Return the next number of ``width`` bytes, 0 for none."""
        return int.from_bytes(self.bytes(width), "little")

    def bytes(self, count: int) -> bytes:
        """Return the next ``count`` bytes."""
        if self.at + count > self.end:
            raise BrokenPacketError
        self.at += count
        return self.data[self.at - count : self.at]


def payloads(packet: bytes) -> Iterator[Payload]:
    """Yield the payloads of one packet. Raises :class:`BrokenPacketError`."""
    reader = _Reader(packet)
    if packet[:1] and packet[0] & _HAS_CORRECTION:
        first = reader.number(1)
        if first & 0x60:
            raise BrokenPacketError
        reader.bytes(first & 15)
    lengths, widths = reader.number(1), reader.number(1)
    stated = reader.number(_WIDTHS[lengths >> 5 & 3])
    reader.number(_WIDTHS[lengths >> 1 & 3])
    padding = reader.number(_WIDTHS[lengths >> 3 & 3])
    reader.bytes(4 + 2)  # send time, duration
    end = (stated or len(packet)) - padding
    if not reader.at <= end <= len(packet):
        raise BrokenPacketError
    reader.end = end
    if not lengths & _MANY:
        yield from _payload(reader, widths, None)
        return
    flags = reader.number(1)
    for _ in range(flags & 0x3F):
        yield from _payload(reader, widths, _WIDTHS[flags >> 6])


def _payload(reader: _Reader, widths: int, width: int | None) -> Iterator[Payload]:
    stream = reader.number(1) & 0x7F
    number = reader.number(_WIDTHS[widths >> 4 & 3])
    offset = reader.number(_WIDTHS[widths >> 2 & 3])
    replicated = reader.number(_WIDTHS[widths & 3])
    more = reader.bytes(replicated)
    data = reader.bytes(reader.end - reader.at if width is None else reader.number(width))
    if replicated != _COMPRESSED:
        size = int.from_bytes(more[:4], "little") if replicated >= 8 else None
        time = int.from_bytes(more[4:8], "little") if replicated >= 8 else None
        yield Payload(stream, number, offset, size, time, data)
        return
    # Then the offset is a time, and each part a whole object.
    inner, time = _Reader(data), offset
    while inner.at < inner.end:
        part = inner.bytes(inner.number(1))
        yield Payload(stream, number, 0, len(part), time, part)
        number, time = number + 1, time + more[0]
