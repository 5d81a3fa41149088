"""AIFF and AIFF-C. Sources: Apple, Audio Interchange File Format 1.3 and AIFF-C (draft 1991)."""

from __future__ import annotations

import struct
from typing import Any

from archiver.audio.embedded.text import field_text, text_entry
from archiver.audio.embedded.xml import read_xml
from archiver.audio.source import Source
from archiver.audio.tags.values import json_ready
from archiver.audio.walk.declared import never_filled_in, promises_more
from archiver.audio.walk.model import (
    LARGEST_PARSED,
    MOST_BLOCKS,
    Missing,
    PcmLayout,
    Walk,
    block_name,
)

_TEXTS = (b"NAME", b"AUTH", b"(c) ", b"ANNO")
_CODECS = {
    b"NONE": "pcm",
    b"twos": "pcm",
    b"in24": "pcm",
    b"in32": "pcm",
    b"sowt": "pcm",
    b"fl32": "pcm-float",
    b"FL32": "pcm-float",
    b"fl64": "pcm-float",
    b"FL64": "pcm-float",
    b"alaw": "alaw",
    b"ALAW": "alaw",
    b"ulaw": "mulaw",
    b"ULAW": "mulaw",
    b"ima4": "adpcm-ima",
}


def walk_aiff(source: Source, format_id: str, start: int) -> Walk:
    """Walk an AIFF or AIFF-C file from ``start``."""
    walk = Walk(format_id)
    walk.pronom = "fmt/414" if format_id == "aiff" else "x-fmt/136"
    found: dict[bytes, tuple[int, int]] = {}
    declared = int.from_bytes(source.read(start + 4, 4))
    at, is_open = start + 12, False
    for _ in range(MOST_BLOCKS):
        head = source.read(at, 8)
        if len(head) < 8 or not head[:4].strip(b"\0"):
            break
        name, size = head[:4], int.from_bytes(head[4:])
        room = source.size - at - 8
        if name == b"SSND" and _is_open(size, declared, room):
            walk.structure("the size of the sound was never filled in", at)
            size, is_open = room, True
        if size > room:
            walk.structure(
                f"truncated: the chunk {block_name(name)!r} has {room} of its {size} bytes", at
            )
            if name == b"SSND" and promises_more(declared, source.size - start - 8):
                walk.missing.append(Missing(source.size, max(0, room - 8), size - 8))
        _chunk(source, walk, found, name, at + 8, min(size, room))
        at += 8 + size + size % 2
        if at >= source.size:
            break
    else:
        walk.structure(f"more than {MOST_BLOCKS} chunks", at)
    if at < source.size:
        walk.block("(trailing bytes)", at, source.size - at, source)
        walk.structure(f"{source.size - at} bytes follow the last chunk", at)
    stated = start + 8 + declared
    if stated != source.size and never_filled_in(declared):
        walk.structure("the size of the file was never filled in", start + 4)
    elif stated + declared % 2 < source.size or stated > source.size:
        walk.structure(f"the file says it has {stated} bytes and has {source.size}", start + 4)
    _conclude(source, walk, found, is_open)
    if b"SSND" not in found and stated > source.size and not never_filled_in(declared):
        walk.missing.append(Missing(source.size, 0, 0))
    return walk


def _is_open(size: int, outer: int, room: int) -> bool:
    """Tell whether the sound goes to the end of the file, whatever its size says."""
    if size == 0:
        return room > 8 and never_filled_in(outer)
    return size > room and never_filled_in(size)


def _chunk(
    source: Source,
    walk: Walk,
    found: dict[bytes, tuple[int, int]],
    name: bytes,
    at: int,
    size: int,
) -> None:
    if name == b"SSND":
        walk.block("SSND", at, size)
    else:
        walk.block(block_name(name), at, size, source)
    if name in (b"SSND", b"COMM") and name in found:
        walk.structure(f"the chunk {block_name(name)!r} is there twice", at)
    found.setdefault(name, (at, size))
    if name in (b"SSND", b"COMM") or size > LARGEST_PARSED:
        return
    if name in _TEXTS:
        walk.tags.append(text_entry("aiff", field_text(name), source.read(at, size)))
    elif name == b"MARK":
        walk.embedded["markers"] = _markers(source.read(at, size))
    elif name == b"COMT":
        walk.embedded["comments"] = _comments(source.read(at, size))
    elif name == b"FVER":
        walk.version = f"AIFF-C 0x{int.from_bytes(source.read(at, 4)):08X}"
    elif name == b"APPL" and source.read(at, 4) == b"XMP ":
        walk.embedded["xmp"] = read_xml(source.read(at + 4, size - 4))


def _conclude(
    source: Source, walk: Walk, found: dict[bytes, tuple[int, int]], is_open: bool
) -> None:
    if b"COMM" not in found or found[b"COMM"][1] < 18:
        walk.structure("there is no usable COMM chunk")
        return
    at, size = found[b"COMM"]
    comm = source.read(at, min(size, 1024))
    walk.codec_headers = comm
    channels, frames, bits = struct.unpack_from(">HIH", comm)
    rate = _extended(comm[8:18])
    kind = comm[18:22] if walk.format_id == "aifc" and len(comm) >= 22 else b"NONE"
    codec = _CODECS.get(kind, "aifc-" + block_name(kind).strip())
    walk.facts_from(codec=codec, sample_rate=rate, channels=channels, bit_depth=bits)
    walk.timed(frames, rate)
    if b"SSND" not in found:
        if frames:
            walk.structure("there is no sound chunk")
        return
    offset, length = found[b"SSND"]
    skipped = int.from_bytes(source.read(offset, 4))
    begin = min(offset + 8 + skipped, offset + length)
    width = (bits + 7) // 8
    available = offset + length - begin
    if not codec.startswith("pcm"):
        walk.audio = [(begin, available)]
        return
    if is_open and channels and width:  # nobody knew how many frames there would be
        frames = available // (channels * width)
        walk.timed(frames, rate)
    due = frames * channels * width
    walk.missing = [
        Missing(source.size, available, due, rate * channels * width)
        for _ in walk.missing
        if available < due
    ]
    walk.facts["bit_rate"] = rate * channels * width * 8
    walk.facts["mode"] = "constant"
    if available < due:
        walk.structure(f"truncated: {available} of {due} bytes of sound are there", begin)
    elif available > due:
        walk.structure(f"{available - due} bytes more than {frames} frames of sound", begin)
    walk.audio = [(begin, min(available, due))]
    if codec == "pcm" and bits in (8, 16, 24, 32):
        walk.pcm = PcmLayout(bits, channels, big_endian=kind != b"sowt")


def _extended(raw: bytes) -> int:
    """Return an 80-bit extended float (IEEE 754 extended, SANE) as the nearest whole number."""
    exponent = int.from_bytes(raw[:2]) & 0x7FFF
    mantissa = int.from_bytes(raw[2:])
    shift = exponent - 16383 - 63
    if exponent in (0, 0x7FFF) or shift > 0:
        return 0
    return (mantissa + (1 << (-shift - 1) if shift else 0)) >> -shift


def _markers(data: bytes) -> list[dict[str, Any]]:
    count = int.from_bytes(data[:2])
    at, found = 2, []
    for _ in range(count):
        if at + 7 > len(data):
            break
        number, position, size = struct.unpack_from(">hIB", data, at)
        name = field_text(data[at + 7 : at + 7 + size])
        found.append({"id": number, "position": position, "name": name})
        at += 7 + size + (size + 1) % 2
    return found


def _comments(data: bytes) -> list[dict[str, Any]]:
    """Comments with their time stamp, seconds since 1904 as the file has them."""
    count = int.from_bytes(data[:2])
    at, found = 2, []
    for _ in range(count):
        if at + 8 > len(data):
            break
        stamp, marker, size = struct.unpack_from(">IhH", data, at)
        text = json_ready(field_text(data[at + 8 : at + 8 + size]))
        found.append({"seconds_since_1904": stamp, "marker": marker, "text": text})
        at += 8 + size + size % 2
    return found
