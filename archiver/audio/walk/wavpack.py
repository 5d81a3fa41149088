"""WavPack: blocks of their own, each with a header of 32 bytes (WavPack 4 and 5 file format)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from archiver.audio.source import Source
from archiver.audio.walk.model import Walk
from archiver.audio.walk.tails import sound_end

_RATES = (
    6000, 8000, 9600, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000,
    192000,
)  # fmt: skip
_LARGEST_BLOCK = 1 << 20
_MONO, _HYBRID, _FLOAT, _INITIAL, _FINAL, _DSD = 0x4, 0x8, 0x80, 0x800, 0x1000, 0x80000000
_SAMPLE_RATE = 0x27


@dataclass(frozen=True, slots=True)
class WavPackBlock:
    """One block: where it is, what its header says, and all its bytes."""

    offset: int
    version: int
    total: int | None
    index: int
    samples: int
    flags: int
    data: bytes

    @property
    def is_first_of_its_time(self) -> bool:
        """Whether no block with other channels of the same samples stands before it."""
        return bool(self.flags & _INITIAL)

    @property
    def channels(self) -> int:
        """How many channels the block holds."""
        return 1 if self.flags & _MONO else 2

    @property
    def is_last_of_its_time(self) -> bool:
        """Whether no block with more channels of the same samples follows."""
        return bool(self.flags & _FINAL)


def blocks(source: Source, start: int, end: int) -> Iterator[WavPackBlock | tuple[int, int]]:
    """Yield each block; ``(offset, size)`` for bytes that are none."""
    at = start
    while at < end:
        head = source.read(at, 32)
        size = int.from_bytes(head[4:8], "little") + 8
        if head[:4] == b"wvpk" and len(head) == 32 and 32 <= size <= _LARGEST_BLOCK:
            version, high_index, high_total, total, index, samples, flags = struct.unpack_from(
                "<HBBIIII", head, 8
            )
            whole = None if total == 0xFFFFFFFF else total | high_total << 32
            data = source.read(at, min(size, end - at))
            yield WavPackBlock(at, version, whole, index | high_index << 32, samples, flags, data)
            if len(data) < size:
                return
            at += size
            continue
        found = _find(source, at + 1, end)
        yield at, found - at
        at = found


def _find(source: Source, at: int, end: int) -> int:
    while at < end:
        data = source.read(at, min(1 << 20, end - at))
        place = data.find(b"wvpk")
        if place >= 0:
            return at + place
        at += max(1, len(data) - 3)
    return end


def sub_blocks(block: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Yield ``(id, offset in the block, content)`` of the metadata inside a block."""
    at = 32
    while at + 2 <= len(block):
        kind, words, skip = block[at], block[at + 1], 2
        if kind & 0x80:
            words |= int.from_bytes(block[at + 2 : at + 4], "little") << 8
            skip = 4
        size = words * 2
        content = block[at + skip : at + skip + size]
        if len(content) < size:
            return
        yield kind & 0x3F, at, content[: size - (kind >> 6 & 1)]
        at += skip + size


def walk_wavpack(source: Source, format_id: str, start: int) -> Walk:
    """Walk the first block for facts; the sound is all blocks up to the tags behind them."""
    walk = Walk(format_id)
    end = sound_end(source, walk, start)
    first = next(blocks(source, start, end), None)
    if not isinstance(first, WavPackBlock):
        walk.structure("there is no first block", start)
        return walk
    walk.audio = [(start, end - start)]
    walk.version = f"{first.version >> 8}.{first.version & 0xFF}"
    _facts(walk, source, start, end)
    return walk


def _facts(walk: Walk, source: Source, start: int, end: int) -> None:
    channels, rate, first = 0, 0, None
    for block in blocks(source, start, end):
        if not isinstance(block, WavPackBlock):
            break
        if block.samples == 0:
            continue
        first = first or block
        channels += block.channels
        for kind, _, content in sub_blocks(block.data):
            if kind == _SAMPLE_RATE and len(content) >= 3:
                rate = int.from_bytes(content, "little")
        if block.flags & _FINAL:
            break
    if first is None:
        walk.structure("no block holds sound")
        return
    index = first.flags >> 23 & 15
    rate = rate or (_RATES[index] if index < 15 else 0)
    bits = ((first.flags & 3) + 1) * 8 - (first.flags >> 13 & 31)
    walk.facts_from(
        codec="wavpack-dsd" if first.flags & _DSD else "wavpack",
        sample_rate=rate or None,
        channels=channels,
        bit_depth=1 if first.flags & _DSD else bits,
        sample_type="float" if first.flags & _FLOAT else None,
        mode="hybrid" if first.flags & _HYBRID else "lossless",
    )
    if first.total is not None and not first.flags & _DSD:
        walk.timed(first.total, rate)
        if length := walk.facts.get("duration_s"):
            walk.facts["bit_rate"] = round((end - start) * 8 / length)
