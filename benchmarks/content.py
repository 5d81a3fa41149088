"""Files made of nothing: WAV with valid headers, a LIST-INFO tag and noise; and plain text."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from functools import cache

_POOL_BYTES = 16 << 20
_CHANNELS, _RATE, _BITS = 2, 44_100, 16


def wav_bytes(size: int, number: int) -> Iterator[bytes]:
    """Yield the pieces of a WAV file of ``size`` bytes, a multiple of 4 from 200 on.

    The same ``size`` and ``number`` give the same bytes; two numbers give different files.
    """
    tags = _info(b"INAM", b"Take %07d" % number) + _info(b"IART", b"The Noise Makers")
    frame = _CHANNELS * _BITS // 8
    shape = struct.pack("<HHIIHH", 1, _CHANNELS, _RATE, _RATE * frame, frame, _BITS)
    head = b"WAVE" + _chunk(b"fmt ", shape) + _chunk(b"LIST", b"INFO" + tags)
    sound = size - len(head) - 16
    if sound % frame:
        raise ValueError(f"{size} bytes would end inside a frame of {frame} bytes")
    yield b"RIFF" + struct.pack("<I", size - 8) + head + b"data" + struct.pack("<I", sound)
    yield from _noise(sound, number)


def text_bytes(size: int, number: int) -> Iterator[bytes]:
    """Yield the pieces of a text file of ``size`` bytes, different for every ``number``."""
    line = b"%08d recorded in one take, not edited, levels as found\n" % number
    yield (line * (size // len(line) + 1))[:size]


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
