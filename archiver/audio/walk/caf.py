"""Core Audio Format: chunks, the table of packets, strings of information.

Source: Apple Core Audio Format Specification 1.0.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from archiver.audio.embedded.text import text_entry
from archiver.audio.source import Source
from archiver.audio.walk.declared import never_filled_in
from archiver.audio.walk.model import (
    LARGEST_PARSED,
    MOST_BLOCKS,
    Missing,
    PcmLayout,
    Walk,
    block_name,
)

_CODECS = {
    b"lpcm": "pcm", b"alac": "alac", b"aac ": "aac", b"ima4": "adpcm-ima", b"ulaw": "mulaw",
    b"alaw": "alaw", b".mp3": "mp3", b"flac": "flac", b"opus": "opus",
}  # fmt: skip
_LOSSLESS = frozenset(("alac", "flac"))
_ALAC_BITS = {1: 16, 2: 20, 3: 24, 4: 32}  # by the format flags, where they are set
_MOST_PACKETS = 8_000_000
_MOST_STRINGS = 20_000


@dataclass(frozen=True, slots=True)
class _Shape:
    """The description chunk; ``packet`` and ``frames`` are 0 where packets differ in them."""

    rate: int  # Hz, 0 for none that can be
    kind: bytes
    flags: int
    packet: int  # bytes
    frames: int
    channels: int
    bits: int

    @property
    def byte_rate(self) -> int:
        """How many bytes a second takes, where packets have one size; 0 where they have not."""
        return self.rate * self.packet // self.frames if self.frames else 0


def walk_caf(source: Source, format_id: str, start: int) -> Walk:
    """Walk the chunks of a Core Audio file."""
    walk = Walk(format_id, pronom="fmt/416")
    at, shape, cookie, table = start + 8, None, b"", (0, 0)
    for _ in range(MOST_BLOCKS):
        head = source.read(at, 12)
        name, size = head[:4], int.from_bytes(head[4:], signed=True)
        room = source.size - at - 12
        if name == b"data" and (size == -1 or (size > room and never_filled_in(size))):
            size = room  # it goes to the end of the file
        if len(head) < 12 or size < 0 or not all(0x20 <= byte < 0x7F for byte in name):
            if source.size > at:
                walk.block("(trailing bytes)", at, source.size - at, source)
                walk.structure(f"{source.size - at} bytes follow the last chunk", at)
            break
        if size > room:
            walk.structure(f"truncated: {block_name(name)!r} has {room} of {size} bytes", at)
            if name == b"data":
                rate = shape.byte_rate if shape is not None else 0
                walk.missing.append(Missing(source.size, max(0, room - 4), size - 4, rate))
        there = min(size, room)
        if name == b"data":
            walk.block("data", at + 12, there)
            walk.audio = [(at + 16, max(0, there - 4))]  # behind the edit count
        else:
            walk.block(block_name(name), at + 12, there, source)
        if name == b"desc":
            shape = _describe(walk, source.read(at + 12, min(there, 32)))
        elif name == b"kuki":
            cookie = source.read(at + 12, min(there, 64))
        elif name == b"pakt" and there >= 24:
            table = at + 12, there
        elif name == b"info":
            _strings(walk, source.read(at + 12, min(there, LARGEST_PARSED)), at)
        at += 12 + size
    if shape is None:
        walk.structure("there is no usable description chunk", start)
        return walk
    if table[1]:
        _packets(source, walk, shape, *table)
    _facts(walk, shape, cookie)
    return walk


def _describe(walk: Walk, data: bytes) -> _Shape | None:
    if len(data) < 32:
        return None
    walk.codec_headers = data
    rate, *rest = struct.unpack(">d4sIIIII", data)
    return _Shape(round(rate) if 0 < rate < 1e9 else 0, *rest)


def _facts(walk: Walk, shape: _Shape, cookie: bytes) -> None:
    codec = _CODECS.get(shape.kind, "caf-" + block_name(shape.kind).strip())
    bits = shape.bits
    if codec == "pcm" and shape.flags & 1:
        codec = "pcm-float"
    if codec == "alac":
        bits = _ALAC_BITS.get(shape.flags, 0) or _bits_of_alac(cookie)
    size = walk.audio[0][1] if walk.audio else 0
    walk.facts_from(
        codec=codec,
        sample_rate=shape.rate or None,
        channels=shape.channels,
        bit_depth=bits or None,
        mode="lossless" if codec in _LOSSLESS else "constant" if shape.packet else "variable",
    )
    if shape.packet and shape.frames:
        walk.facts.setdefault("frames", size // shape.packet * shape.frames)
        walk.facts["bit_rate"] = shape.byte_rate * 8
    width = shape.channels * bits // 8
    if codec == "pcm" and bits in (8, 16, 24, 32) and shape.packet == width:
        walk.pcm = PcmLayout(bits, shape.channels, big_endian=not shape.flags & 2)
    if shape.rate and "frames" in walk.facts:
        walk.timed(walk.facts["frames"], shape.rate)
        if length := walk.facts["duration_s"]:
            walk.facts.setdefault("bit_rate", round(size * 8 / length))


def _packets(source: Source, walk: Walk, shape: _Shape, offset: int, size: int) -> None:
    """Read the table of packets: how many, of how many frames, and how large they are in all."""
    count, valid, priming, rest = struct.unpack(">qqii", source.read(offset, 24))
    walk.facts["frames"] = max(0, valid)
    walk.facts_from(priming_frames=priming or None, remainder_frames=rest or None)
    if not 0 <= count <= _MOST_PACKETS or size > 4 * LARGEST_PARSED:
        walk.structure(f"the packet table names {count} packets", offset)
        return
    walk.packets = count
    if shape.packet or not walk.audio:
        return
    named, seen = _named(source.read(offset + 24, size - 24), count, shape.frames == 0)
    begin, there = walk.audio[0]
    if seen < count:
        walk.structure(f"the packet table has {seen} of {count} packets", offset)
    elif named != there and not walk.missing:
        walk.structure(f"the packet table names {named} bytes of {there} in the data", offset)
        walk.audio = [(begin, min(named, there))]


def _named(table: bytes, count: int, with_frames: bool) -> tuple[int, int]:
    """Return the sum of the sizes of up to ``count`` packets, and how many there are.

    Numbers have seven bits a byte. Where packets differ in their frames, each size is followed by
    a number of frames.
    """
    total = value = seen = 0
    is_size = True
    for byte in table:
        value = value << 7 | byte & 0x7F
        if byte & 0x80:
            if value >> 63:
                break
            continue
        if is_size:
            if seen == count:
                break
            total, seen = total + value, seen + 1
        is_size = not is_size if with_frames else True
        value = 0
    return total, seen


def _strings(walk: Walk, data: bytes, offset: int) -> None:
    """Read pairs of key and value, each ended by a zero."""
    count = int.from_bytes(data[:4])
    parts = data[4:].split(b"\0", 2 * min(count, _MOST_STRINGS))
    pairs = list(zip(parts[::2], parts[1::2], strict=False))[: min(count, _MOST_STRINGS)]
    if len(parts) <= 2 * len(pairs) or len(pairs) < count:
        walk.structure(f"the information chunk has {len(pairs)} of {count} strings", offset)
    for key, value in pairs:
        walk.tags.append(text_entry("caf", key.decode("utf-8", "replace"), value))


def _bits_of_alac(cookie: bytes) -> int:
    """Return the bit depth in an ALAC cookie, bare or in the boxes QuickTime puts around it."""
    if cookie[4:12] == b"frmaalac":
        cookie = cookie[24:]
    return cookie[5] if len(cookie) >= 24 else 0
