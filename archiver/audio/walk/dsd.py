"""The two formats of DSD: Sony's DSF, and Philips' DSDIFF, whose sound may be packed by DST.

Sources: DSF File Format Specification 1.01; DSDIFF 1.5.
"""

from __future__ import annotations

import struct

from blake3 import blake3

from archiver.audio.embedded.text import text_entry
from archiver.audio.source import Source
from archiver.audio.walk.declared import promises_more
from archiver.audio.walk.model import MOST_BLOCKS, Missing, Walk, block_name

_MOST_DST_FRAMES = 2_000_000  # seven hours
_TITLES = {b"DIAR": "DIAR", b"DITI": "DITI"}  # artist and title of the edited master
_LONGEST_TITLE = 65_536


def walk_dsf(source: Source, format_id: str, start: int) -> Walk:
    """Walk a DSF file: the ``DSD ``, ``fmt `` and ``data`` chunks, a tag behind them."""
    walk = Walk(format_id)
    head = source.read(start, 92)
    if len(head) < 92 or head[28:32] != b"fmt " or head[80:84] != b"data":
        walk.structure("the chunks are not where they have to be", start)
        return walk
    total, tag = struct.unpack_from("<QQ", head, 12)
    version, _, _, channels, rate, bits, samples = struct.unpack_from("<IIIIIIQ", head, 40)
    size = int.from_bytes(head[84:92], "little") - 12
    there = max(0, min(size, source.size - start - 92))
    walk.version = str(version)
    walk.codec_headers = head[28:80]
    walk.block("fmt ", start + 40, 40, source)
    walk.block("data", start + 92, there)
    walk.audio = [(start + 92, there)]
    walk.facts_from(codec="dsd", sample_rate=rate, channels=channels, bit_depth=1, mode="constant")
    walk.facts["bit_rate"] = rate * channels
    walk.timed(samples, rate)
    if bits not in (1, 8):
        walk.structure(f"{bits} bits a sample, where 1 or 8 are allowed", start + 60)
    if tag and tag < source.size:
        walk.block("ID3v2", start + tag, source.size - start - tag, source)
    if there < size:
        walk.structure(f"truncated: {there} of {size} bytes of sound are there", start + 92)
        if promises_more(total, source.size - start):
            walk.missing.append(Missing(source.size, there, size, rate * channels // 8))
    elif total != source.size - start:
        words = f"the file says it has {total} bytes and has {source.size - start}"
        walk.structure(words, start + 12)
    return walk


def walk_dff(source: Source, format_id: str, start: int) -> Walk:
    """Walk the chunks of a DSDIFF file, those inside ``PROP`` and ``DIIN`` too."""
    walk = Walk(format_id)
    at, end = start + 16, source.size
    outer = int.from_bytes(source.read(start + 4, 8))
    for _ in range(MOST_BLOCKS):
        head = source.read(at, 12)
        if len(head) < 12:
            break
        name, size = head[:4], int.from_bytes(head[4:])
        there = min(size, end - at - 12)
        if size > there:
            walk.structure(f"truncated: {block_name(name)!r} has {there} of {size} bytes", at)
            if name in (b"DSD ", b"DST ") and promises_more(outer, end - start - 12):
                walk.missing.append(Missing(end, there, size))
        if name == b"DSD ":
            walk.block(block_name(name), at + 12, there)
            walk.audio = [(at + 12, there)]
            walk.facts["codec"] = "dsd"
        elif name == b"DST ":
            walk.block(block_name(name), at + 12, there)
            _packed(source, walk, at + 12, at + 12 + there)
        else:
            walk.block(block_name(name), at + 12, there, source)
        if name in (b"PROP", b"DIIN"):
            at += 16 if name == b"PROP" else 12
            continue
        _property(source, walk, name, at + 12, there)
        at += 12 + size + size % 2
    _dff_facts(walk)
    return walk


def _property(source: Source, walk: Walk, name: bytes, offset: int, size: int) -> None:
    if name == b"FVER":
        walk.version = ".".join(str(part) for part in source.read(offset, min(size, 2)))
    elif name == b"FS  ":
        walk.facts["sample_rate"] = int.from_bytes(source.read(offset, 4))
    elif name == b"CHNL":
        walk.facts["channels"] = int.from_bytes(source.read(offset, 2))
    elif name in _TITLES and size > 4:
        length = int.from_bytes(source.read(offset, 4))
        text = source.read(offset + 4, min(length, size - 4, _LONGEST_TITLE))
        walk.tags.append(text_entry("dsdiff", _TITLES[name], text))


def _packed(source: Source, walk: Walk, at: int, end: int) -> None:
    """Find the frames that DST packed: each a chunk, which a checksum of another may follow."""
    walk.facts["codec"] = "dst"
    frames, a_second, seen = 0, 0, 0
    playing = blake3()  # everything here but the frames
    for _ in range(2 * _MOST_DST_FRAMES):
        head = source.read(at, min(12, end - at))
        if len(head) < 12:
            break
        name, size = head[:4], int.from_bytes(head[4:])
        there = min(size, end - at - 12)
        if name == b"FRTE" and there >= 6:
            frames, a_second = struct.unpack(">IH", source.read(at + 12, 6))
        elif name == b"DSTF":
            walk.audio.append((at + 12, there))
            seen += 1
        playing.update(head)
        if name != b"DSTF":
            playing.update(source.read(at + 12, min(there, _LONGEST_TITLE)))
        at += 12 + size + size % 2
    walk.embedded["playing"] = {"blake3": playing.hexdigest()}
    if seen != frames:
        walk.structure(f"the sound has {seen} of {frames} frames")
    if a_second:
        walk.facts["duration_s"] = round(frames / a_second, 6)


def _dff_facts(walk: Walk) -> None:
    channels, rate = walk.facts.get("channels"), walk.facts.get("sample_rate")
    walk.facts["bit_depth"] = 1
    if walk.facts.get("codec") == "dsd" and channels and rate:
        walk.facts_from(bit_rate=rate * channels, mode="constant")
        walk.timed(walk.audio[0][1] * 8 // channels, rate)
    elif length := walk.facts.get("duration_s"):
        sizes = sum(size for _, size in walk.audio)
        walk.facts_from(mode="lossless", bit_rate=round(sizes * 8 / length))
        if rate:
            walk.facts["frames"] = round(length * rate)
