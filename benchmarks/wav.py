"""WAV files made of nothing: valid headers, a LIST-INFO tag, sound that is noise."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from functools import cache

_POOL_BYTES = 16 << 20
_CHANNELS, _RATE, _BITS = 2, 44_100, 16


def wav_bytes(size: int, number: int) -> Iterator[bytes]:
    """Yield the pieces of a WAV file of ``size`` bytes (even, at least 200), for ``writelines``.

    The same ``size`` and ``number`` give the same bytes; two numbers give different files.
    """
    tags = _info(b"INAM", b"Take %d" % number) + _info(b"IART", b"The Noise")
    listing = _chunk(b"LIST", b"INFO" + tags)
    frame = _CHANNELS * _BITS // 8
    shape = struct.pack("<HHIIHH", 1, _CHANNELS, _RATE, _RATE * frame, frame, _BITS)
    head = b"WAVE" + _chunk(b"fmt ", shape) + listing
    sound = size - len(head) - 16
    yield b"RIFF" + struct.pack("<I", size - 8) + head + b"data" + struct.pack("<I", sound)
    yield from _noise(sound, number)


def _info(name: bytes, text: bytes) -> bytes:
    return _chunk(name, text + b"\0")


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def _noise(size: int, number: int) -> Iterator[bytes]:
    """Yield ``size`` bytes that differ from those of every other number."""
    pool = _pool()
    mark = struct.pack("<Q", number)[:size]
    yield mark
    left, start = size - len(mark), number * 7_919 % _POOL_BYTES
    while left:
        piece = pool[start : start + left]
        yield bytes(piece)
        left, start = left - len(piece), 0


@cache
def _pool() -> memoryview:
    return memoryview(random.Random("noise").randbytes(_POOL_BYTES))
