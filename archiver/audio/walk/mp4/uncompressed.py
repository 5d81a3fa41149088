"""Uncompressed sound in QuickTime movies: how its samples lie in the file.

Source: QuickTime File Format, sound sample descriptions (versions 0 to 2) and sound data formats.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from archiver.audio.walk.model import PcmLayout

V0_SIZE, V1_SIZE, V2_SIZE = 36, 52, 72  # bytes of a description before the boxes in it
_FLOAT, _BIG_ENDIAN, _SIGNED = 1, 2, 4  # formatSpecificFlags of version 2
_WIDTHS = {b"in24": 24, b"in32": 32, b"fl32": 32, b"fl64": 64}


@dataclass(frozen=True, slots=True)
class Uncompressed:
    """The shape of uncompressed samples."""

    bits: int
    channels: int
    big_endian: bool
    unsigned: bool = False
    floating: bool = False

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of every channel."""
        return self.channels * self.bits // 8

    @property
    def layout(self) -> PcmLayout | None:
        """How the ``pcm`` digest has to read them; ``None`` for other than whole numbers."""
        if self.floating or self.bits not in (8, 16, 24, 32):
            return None
        return PcmLayout(self.bits, self.channels, self.big_endian, self.unsigned)


def description_size(entry: bytes) -> int:
    """Return how many bytes of a sound description stand before its boxes."""
    version = int.from_bytes(entry[16:18])
    return {1: V1_SIZE, 2: V2_SIZE}.get(version, V0_SIZE)


def rate_and_channels(entry: bytes) -> tuple[int, int, int]:
    """Return sample rate, channels and bits of a sound description, whatever its version."""
    if entry[16:18] == b"\0\2" and len(entry) >= V2_SIZE:
        rate, channels, _, bits = struct.unpack_from(">dIII", entry, 40)
        return (round(rate) if 0 < rate < 1e9 else 0), channels, bits
    channels, bits = struct.unpack_from(">HH", entry, 24)
    return int.from_bytes(entry[32:34]), channels, bits


def uncompressed(entry: bytes, boxes: dict[bytes, bytes]) -> Uncompressed | None:
    """Return the shape of what a description calls uncompressed; ``None`` for anything else.

    ``boxes`` are those in the description, and in its ``wave`` box.
    """
    name = entry[4:8]
    _, channels, bits = rate_and_channels(entry)
    found: Uncompressed | None = None
    if name == b"lpcm" and len(entry) >= V2_SIZE and entry[16:18] == b"\0\2":
        flags = int.from_bytes(entry[60:64])
        unsigned = not flags & (_SIGNED | _FLOAT)
        big = bool(flags & _BIG_ENDIAN)
        found = Uncompressed(bits, channels, big, unsigned, bool(flags & _FLOAT))
    elif name in _WIDTHS:
        little = boxes.get(b"enda", b"")[:2] == b"\0\1"
        found = Uncompressed(_WIDTHS[name], channels, not little, floating=name[:2] == b"fl")
    elif name in (b"sowt", b"twos") and bits in (8, 16):
        found = Uncompressed(bits, channels, big_endian=name == b"twos")
    elif name in (b"raw ", b"NONE") and bits == 8:
        found = Uncompressed(8, channels, big_endian=True, unsigned=True)
    usable = found is not None and channels and bits and found.bits % 8 == 0
    return found if usable else None
