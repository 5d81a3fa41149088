"""Monkey's Audio: the descriptor and header of 3.98 and later, and the header before it.

Source: the headers of the Monkey's Audio SDK (``APEHeader``), where a digest covers all that is
no tag, in this order: the WAVE header, the frames, what follows them, the header, the seek table.
"""

from __future__ import annotations

import struct

from archiver.audio.source import Source
from archiver.audio.walk.model import Missing, Walk
from archiver.audio.walk.tails import sound_end

_DESCRIBED = 3980  # the first version with a descriptor
_OLDEST = 3810  # before it, another table follows the seek table
_PEAK, _SEEK_COUNT, _MADE_UP_WAVE = 4, 16, 32  # flags of the old header
_BITS = {1: 8, 8: 24}  # by flags of the old header, 16 without
_EXTRA_HIGH = 4000


def walk_ape(source: Source, format_id: str, start: int) -> Walk:
    """Read the headers of a Monkey's Audio file; the sound is its frames."""
    walk = Walk(format_id, pronom="fmt/1086")
    end = sound_end(source, walk, start)
    head = source.read(start, 76)
    version = int.from_bytes(head[4:6], "little")
    walk.version = f"{version / 1000:.2f}"
    walk.facts_from(codec="ape", mode="lossless")
    if len(head) < 40:
        walk.structure("truncated: the header is not whole", start)
    elif version >= _DESCRIBED:
        _described(source, walk, head, start, end)
    elif version >= _OLDEST:
        _old(source, walk, head, start, end)
    if walk.audio and (length := walk.facts.get("duration_s")):
        walk.facts["bit_rate"] = round(sum(size for _, size in walk.audio) * 8 / length)
    return walk


def _described(source: Source, walk: Walk, head: bytes, start: int, end: int) -> None:
    if len(head) < 52:
        walk.structure("truncated: the descriptor is not whole", start)
        return
    described, header, table, wave, low, high, tail = struct.unpack_from("<7I", head, 8)
    fields = source.read(start + described, 24)
    begin = start + described + header + table + wave
    if len(fields) < 24 or begin > end:
        walk.structure("the descriptor's sizes do not fit the file", start)
        return
    level, _, per_frame, final, count, bits, channels, rate = struct.unpack("<HHIIIHHI", fields)
    walk.block("(header)", start, begin - start, source)
    walk.codec_headers = fields
    walk.facts["compression_level"] = level
    _lay_out(source, walk, begin, high << 32 | low, end, tail)
    _shape(walk, rate, channels, bits, (count - 1) * per_frame + final if count else 0)
    if any(head[36:52]):
        walk.layout = {
            "md5": head[36:52].hex(),
            "header": [start + described, header + table],
            "covered": [begin - wave, wave + (high << 32 | low) + tail],
        }


def _old(source: Source, walk: Walk, head: bytes, start: int, end: int) -> None:
    level, flags, channels, rate, wave, tail, count, final = struct.unpack_from(
        "<HHHIIIII", head, 6
    )
    at = 32 + (4 if flags & _PEAK else 0)
    entries = count
    if flags & _SEEK_COUNT:
        entries, at = int.from_bytes(head[at : at + 4], "little"), at + 4
    begin = start + at + 4 * entries + (0 if flags & _MADE_UP_WAVE else wave)
    if begin > end:
        walk.structure("the header's sizes do not fit the file", start)
        return
    version = int.from_bytes(head[4:6], "little")
    per_frame = 73_728 if version >= 3900 or level >= _EXTRA_HIGH else 9_216
    per_frame *= 4 if version >= 3950 else 1
    walk.block("(header)", start, begin - start, source)
    walk.codec_headers = head[:32]
    walk.facts["compression_level"] = level
    _lay_out(source, walk, begin, max(0, end - begin - tail), end, tail)
    bits = next((bits for flag, bits in _BITS.items() if flags & flag), 16)
    _shape(walk, rate, channels, bits, (count - 1) * per_frame + final if count else 0)


def _shape(walk: Walk, rate: int, channels: int, bits: int, frames: int) -> None:
    walk.facts_from(sample_rate=rate, channels=channels, bit_depth=bits)
    if frames:
        walk.timed(frames, rate)


def _lay_out(source: Source, walk: Walk, begin: int, size: int, end: int, tail: int) -> None:
    """Say where the frames are, and what stands behind them that is no tag."""
    there = min(size, end - begin)
    walk.audio = [(begin, there)]
    if there < size:
        walk.structure(f"truncated: {there} of {size} bytes of frames are there", begin)
        if end == source.size:
            walk.missing.append(Missing(source.size, there, size))
        return
    behind = end - begin - there
    if behind:
        walk.block("(behind the frames)", begin + there, behind, source)
    if behind != tail:
        walk.structure(f"{behind} bytes follow the frames, {tail} were to", begin + there)
