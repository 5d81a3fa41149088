"""Musepack: stream version 8 packet by packet, version 7 as one span.

Source: the Musepack SV8 specification (packets: a two-letter key, a size that counts itself,
the content).
"""

from __future__ import annotations

from archiver.audio.source import Source
from archiver.audio.walk.model import Walk, block_name
from archiver.audio.walk.tails import sound_end

_RATES = (44100, 48000, 37800, 32000)
_MOST_PACKETS = 1_000_000


def walk_musepack(source: Source, format_id: str, start: int) -> Walk:
    """Walk a Musepack file; the sound of version 8 is what its ``AP`` packets hold."""
    walk = Walk(format_id)
    walk.facts_from(codec="musepack", mode="variable")
    end = sound_end(source, walk, start)
    if source.read(start, 4) != b"MPCK":
        walk.version = f"SV{source.read(start + 3, 1)[0] & 15}"
        walk.audio = [(start, end - start)]
        return walk
    walk.version = "SV8"
    at = start + 4
    for _ in range(_MOST_PACKETS):
        head = source.read(at, 12)
        size, width = sv8_number(head, 2)
        if len(head) < 3 or not head[:2].isalpha() or size < 2 + width:
            break
        if at + size > end:
            walk.structure(f"truncated: a packet of {size} bytes", at)
            break
        content = at + 2 + width, size - 2 - width
        _packet(source, walk, head[:2], *content)
        at += size
        if head[:2] == b"SE":  # the end; an APE tag behind it begins like a packet of sound
            break
    if at < end and not walk.findings:
        walk.structure(f"{end - at} bytes follow the last packet", at)
    if walk.audio and walk.facts.get("duration_s"):
        sizes = sum(size for _, size in walk.audio)
        walk.facts["bit_rate"] = round(sizes * 8 / walk.facts["duration_s"])
    return walk


def _packet(source: Source, walk: Walk, key: bytes, offset: int, size: int) -> None:
    if key == b"AP":
        walk.audio.append((offset, size))
        return
    walk.block(block_name(key), offset, size, source)
    if key == b"SH":
        body = source.read(offset, min(size, 64))
        walk.codec_headers = body
        _stream_header(walk, body)


def _stream_header(walk: Walk, body: bytes) -> None:
    frames, width = sv8_number(body, 5)
    silence, more = sv8_number(body, 5 + width)
    at = 5 + width + more
    if len(body) < at + 2:
        walk.structure("the stream header is too short")
        return
    rate = _RATES[body[at] >> 5 & 3]
    walk.facts_from(sample_rate=rate, channels=(body[at + 1] >> 4) + 1)
    walk.timed(max(0, frames - silence), rate)


def sv8_number(data: bytes, at: int) -> tuple[int, int]:
    """Read a number of seven bits a byte, the highest first; return it and its length."""
    value = 0
    for width, byte in enumerate(data[at : at + 9], start=1):
        value = value << 7 | byte & 0x7F
        if not byte & 0x80:
            return value, width
    return 0, 0
