"""Digests that ripping programs take of a compact disc's track: CRC-32, AccurateRip.

They are taken of the samples alone: two channels, 16 bits, little-endian. AccurateRip reads a
frame of both channels as one number of 32 bits, left sample low, and multiplies it with its place
in the track, from 1. Version 1 is the sum of the low halves of these products, version 2 that of
both halves, modulo 2^32. Of a disc's first track the first 2,939 frames are left out (five sectors
of 588 frames, less one), of its last track the last 2,940: drives read them differently.
"""

from __future__ import annotations

import zlib
from array import array
from itertools import repeat
from operator import mul, rshift

from archiver.hashing.algorithms import Digest

SECTOR = 588  # frames
FRAME = 4  # bytes
CD = (44_100, 2, 16)
"""Sample rate, channels and bits of what is on a compact disc."""

_SKIPPED_FIRST = 5 * SECTOR - 1
_SKIPPED_LAST = 5 * SECTOR
_PIECE = 1 << 18  # bytes; a number in Python takes eight times the room of a sample
_PLACES = ("", ":first", ":last", ":only")

COPY_CRC = "copy-crc"
TRACK_DIGESTS = (COPY_CRC, *(f"accuraterip-v{n}{place}" for n in (1, 2) for place in _PLACES))
"""The names under which they are known here; the place is that of the track on its disc."""


class Crc32:
    """CRC-32 of zlib, PNG and sfv in the manner of a digest: four bytes, the highest first."""

    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes | bytearray | memoryview, /) -> object:
        """Take in more bytes."""
        self._value = zlib.crc32(data, self._value)
        return None

    def digest(self) -> bytes:
        """Return the CRC of all bytes taken in so far."""
        return self._value.to_bytes(4, "big")


class AccurateRip:
    """AccurateRip's sum in the manner of a digest; ``first``, ``last``: the track on its disc.

    As many frames as may have to be left out are held back until it is known which are the last.
    """

    def __init__(self, version: int, *, first: bool = False, last: bool = False) -> None:
        self._version = version
        self._left_out = _SKIPPED_FIRST if first else 0
        self._held_back = _SKIPPED_LAST * FRAME if last else 0
        self._waiting = b""
        self._passed = 0  # frames
        self._sum = 0

    def update(self, data: bytes | bytearray | memoryview, /) -> object:
        """Take in more samples; a frame may be cut in two."""
        waiting = self._waiting + bytes(data)
        ready = max(0, len(waiting) - self._held_back) // FRAME * FRAME
        for at in range(0, ready, _PIECE):
            self._add(waiting[at : min(at + _PIECE, ready)])
        self._waiting = waiting[ready:]
        return None

    def _add(self, data: bytes) -> None:
        skipped = min(max(0, self._left_out - self._passed), len(data) // FRAME)
        words = array("I", data[skipped * FRAME :])
        if array("I", [1]).tobytes() == b"\0\0\0\1":
            words.byteswap()
        first = self._passed + skipped + 1
        products = list(map(mul, words, range(first, first + len(words))))
        self._sum += sum(products)  # of which the low half is wanted: all else is modulo 2^32
        if self._version == 2:
            self._sum += sum(map(rshift, products, repeat(32)))
        self._passed += len(data) // FRAME

    def digest(self) -> bytes:
        """Return the sum: four bytes, the highest first."""
        return (self._sum & 0xFFFFFFFF).to_bytes(4, "big")


def track_digest(name: str) -> Digest:
    """Return a new digest of :data:`TRACK_DIGESTS`."""
    if name == COPY_CRC:
        return Crc32()
    version, _, place = name.removeprefix("accuraterip-v").partition(":")
    first, last = place in ("first", "only"), place in ("last", "only")
    return AccurateRip(int(version), first=first, last=last)
