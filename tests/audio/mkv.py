"""Small Matroska files made from nothing."""

from __future__ import annotations

import struct
import zlib
from itertools import pairwise

EBML, SEGMENT, INFO, TRACKS, CLUSTER = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675
TAGS, CHAPTERS, ATTACHMENTS = 0x1254C367, 0x1043A770, 0x1941A469
SIMPLE_BLOCK, GROUP, BLOCK, TIMESTAMP = 0xA3, 0xA0, 0xA1, 0xE7
NO_LACING, XIPH, FIXED, EBML_LACING = 0, 2, 4, 6


def element(kind: int, *content: bytes, unknown: bool = False) -> bytes:
    """Return one element, with the shortest size, or of unknown size."""
    body = b"".join(content)
    return (
        kind.to_bytes((kind.bit_length() + 7) // 8)
        + (b"\xff" if unknown else size(len(body)))
        + body
    )


def size(value: int) -> bytes:
    """Return a number of variable length, as short as can be."""
    length = next(n for n in range(1, 9) if value < (1 << 7 * n) - 1)
    return (value | 1 << 7 * length).to_bytes(length)


def checked(kind: int, *content: bytes) -> bytes:
    """Return an element that begins with the CRC-32 of its content."""
    body = b"".join(content)
    return element(kind, element(0xBF, struct.pack("<I", zlib.crc32(body))), body)


def track(codec: bytes = b"A_OPUS", *more: bytes, number: int = 1, kind: int = 2) -> bytes:
    """Return a track of stereo sound at 48 kHz."""
    audio = element(0xE1, element(0xB5, struct.pack(">f", 48000)), element(0x9F, b"\2"))
    numbers = element(0xD7, bytes([number])), element(0x83, bytes([kind]))
    return element(0xAE, *numbers, element(0x86, codec), audio, *more)


def encoding(*compression: bytes) -> bytes:
    """Return the encodings of a track: one compression of that algorithm and settings."""
    return element(0x6D80, element(0x6240, element(0x5034, *compression)))


def lace(frames: list[bytes], lacing: int) -> bytes:
    """Return the content of a block behind its flags."""
    count = bytes([len(frames) - 1])
    sizes = [len(frame) for frame in frames[:-1]]
    if lacing == XIPH:
        count += b"".join(b"\xff" * (n // 255) + bytes([n % 255]) for n in sizes)
    elif lacing == EBML_LACING:
        count += size(sizes[0])
        for before, after in pairwise(sizes):
            count += (after - before + (1 << 13) - 1 | 1 << 14).to_bytes(2)
    return (count if lacing else b"") + b"".join(frames)


def block(
    frames: list[bytes], lacing: int = NO_LACING, number: int = 1, at: int = 0, group: bool = False
) -> bytes:
    """Return a simple block, or a group with a block, ``at`` ticks into its cluster."""
    body = size(number) + struct.pack(">hB", at, lacing) + lace(frames, lacing)
    return element(GROUP, element(BLOCK, body)) if group else element(SIMPLE_BLOCK, body)


def cluster(timestamp: int, *blocks: bytes, unknown: bool = False, crc: bool = False) -> bytes:
    """Return a cluster that begins at ``timestamp`` milliseconds."""
    content = element(TIMESTAMP, timestamp.to_bytes(4)), *blocks
    return checked(CLUSTER, *content) if crc else element(CLUSTER, *content, unknown=unknown)


def matroska(*parts: bytes, tracks: bytes | None = None, unknown: bool = False) -> bytes:
    """Return a file with one track of Opus (or ``tracks``) and ``parts`` behind it."""
    head = element(EBML, element(0x4282, b"matroska"), element(0x4287, b"\4"))
    info = element(INFO, element(0x2AD7B1, (1_000_000).to_bytes(3)))
    return head + element(
        SEGMENT, info, element(TRACKS, tracks or track()), *parts, unknown=unknown
    )
