"""CAF, AU, TTA, Monkey's Audio and the two DSD formats: headers, blocks, the sound.

ASF is identified and no more: its facts come from mutagen.
Sources: Apple Core Audio Format 1.0, Sun's ``audio.h``, the True Audio 1 description, Monkey's
Audio SDK headers, Sony's DSF 1.01 and Philips' DSDIFF 1.5.
"""

from __future__ import annotations

import struct

from archiver.audio.source import Source
from archiver.audio.walk.declared import never_filled_in, promises_more
from archiver.audio.walk.model import MOST_BLOCKS, Missing, PcmLayout, Walk, block_name
from archiver.audio.walk.tails import sound_end

_AU_CODECS = {1: ("mulaw", 8), 2: ("pcm", 8), 3: ("pcm", 16), 4: ("pcm", 24), 5: ("pcm", 32),
              6: ("pcm-float", 32), 7: ("pcm-float", 64), 27: ("alaw", 8)}  # fmt: skip
_CAF_CODECS = {b"lpcm": "pcm", b"alac": "alac", b"aac ": "aac", b"ima4": "adpcm-ima",
               b"ulaw": "mulaw", b"alaw": "alaw", b".mp3": "mp3", b"flac": "flac",
               b"opus": "opus"}  # fmt: skip

_ALAC_BITS = {1: 16, 2: 20, 3: 24, 4: 32}  # by the format flags, where they are set


def walk_au(source: Source, format_id: str, start: int) -> Walk:
    """Walk a Sun/NeXT audio file: a header, an annotation, the sound."""
    walk = Walk(format_id, pronom="x-fmt/139")
    head = source.read(start, 24)
    if len(head) < 24:
        walk.structure("truncated: the header is not whole", start)
        return walk
    offset, declared, coding, rate, channels = struct.unpack_from(">5I", head, 4)
    codec, bits = _AU_CODECS.get(coding, (f"au-{coding}", 0))
    available = max(0, source.size - start - offset)
    is_open = declared > available and never_filled_in(declared)
    size = available if is_open else declared
    if size > available:
        walk.missing.append(Missing(source.size, available, size, rate * channels * bits // 8))
        walk.structure(f"truncated: {available} of {size} bytes of sound are there", start + offset)
    elif size < available:
        walk.structure(f"{available - size} bytes follow the sound", start + offset + size)
    walk.audio = [(start + offset, min(size, available))]
    walk.codec_headers = head
    walk.facts_from(codec=codec, sample_rate=rate, channels=channels, bit_depth=bits or None)
    if bits and channels and rate:
        walk.facts_from(bit_rate=rate * channels * bits, mode="constant")
        walk.timed(walk.audio[0][1] * 8 // (channels * bits), rate)
        if codec == "pcm":
            walk.pcm = PcmLayout(bits, channels, big_endian=True)
    return walk


def walk_caf(source: Source, format_id: str, start: int) -> Walk:
    """Walk the chunks of a Core Audio file."""
    walk = Walk(format_id, pronom="fmt/416")
    at, described, cookie = start + 8, b"", b""
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
                rate = _caf_byte_rate(described)
                walk.missing.append(Missing(source.size, max(0, room - 4), size - 4, rate))
        there = min(size, room)
        if name == b"data":
            walk.block("data", at + 12, there)
            walk.audio = [(at + 16, max(0, there - 4))]  # behind the edit count
        else:
            walk.block(block_name(name), at + 12, there, source)
        if name == b"desc":
            described = source.read(at + 12, min(there, 32))
        elif name == b"kuki":
            cookie = source.read(at + 12, min(there, 64))
        elif name == b"pakt" and there >= 24:
            valid = int.from_bytes(source.read(at + 20, 8), signed=True)
            walk.facts["frames"] = max(0, valid)
        at += 12 + size
    if len(described) < 32:
        walk.structure("there is no usable description chunk", start)
        return walk
    walk.codec_headers = described
    _caf_facts(walk, described, cookie)
    return walk


def _caf_byte_rate(described: bytes) -> int:
    """Return how many bytes a second takes, where packets have one size; 0 where they have not."""
    if len(described) < 24:
        return 0
    rate, _, _, per_packet, per_sample = struct.unpack_from(">d4sIII", described)
    return round(rate) * per_packet // per_sample if 0 < rate < 1e9 and per_sample else 0


def _caf_facts(walk: Walk, described: bytes, cookie: bytes) -> None:
    rate, kind, flags, per_packet, _, channels, bits = struct.unpack(">d4sIIIII", described)
    whole = round(rate) if 0 < rate < 1e9 else 0
    codec = _CAF_CODECS.get(kind, "caf-" + block_name(kind).strip())
    if codec == "pcm" and flags & 1:
        codec = "pcm-float"
    if codec == "alac":
        bits = _ALAC_BITS.get(flags, 0) or _bits_of_alac(cookie)
    walk.facts_from(
        codec=codec, sample_rate=whole or None, channels=channels, bit_depth=bits or None
    )
    if kind == b"lpcm" and per_packet and walk.audio:
        walk.facts["frames"] = walk.audio[0][1] // per_packet
        walk.facts_from(bit_rate=whole * per_packet * 8, mode="constant")
        if codec == "pcm" and bits in (8, 16, 24, 32) and per_packet == channels * bits // 8:
            walk.pcm = PcmLayout(bits, channels, big_endian=not flags & 2)
    if whole and "frames" in walk.facts:
        walk.timed(walk.facts["frames"], whole)


def _bits_of_alac(cookie: bytes) -> int:
    """Return the bit depth in an ALAC cookie, bare or in the boxes QuickTime puts around it."""
    if cookie[4:12] == b"frmaalac":
        cookie = cookie[24:]
    return cookie[5] if len(cookie) >= 24 else 0


def walk_tta(source: Source, format_id: str, start: int) -> Walk:
    """Walk the header of a True Audio file: 22 bytes, then the table of frame sizes."""
    walk = Walk(format_id, pronom="fmt/952")
    end = sound_end(source, walk, start)
    head = source.read(start, 22)
    if len(head) < 22 or head[:4] != b"TTA1":
        walk.structure("a header of another version, or none", start)
        return walk
    _, channels, bits, rate, frames = struct.unpack_from("<HHHII", head, 4)
    per_frame = 256 * rate // 245
    count = -(-frames // per_frame) if per_frame else 0
    walk.codec_headers = head
    walk.block("(header)", start, 22, source)
    walk.block("(seek table)", start + 22, count * 4 + 4, source)
    begin = start + 22 + count * 4 + 4
    walk.audio = [(begin, max(0, end - begin))]
    walk.facts_from(
        codec="tta", sample_rate=rate, channels=channels, bit_depth=bits, mode="lossless"
    )
    walk.embedded["tta"] = {"frame_samples": per_frame, "frame_count": count}
    walk.timed(frames, rate)
    if walk.facts.get("duration_s"):
        walk.facts["bit_rate"] = round((end - begin) * 8 / walk.facts["duration_s"])
    return walk


def walk_ape(source: Source, format_id: str, start: int) -> Walk:
    """Read the descriptor and header of a Monkey's Audio file of version 3.98 or later."""
    walk = Walk(format_id, pronom="fmt/1086")
    end = sound_end(source, walk, start)
    head = source.read(start, 76)
    version = int.from_bytes(head[4:6], "little")
    walk.version = f"{version / 1000:.2f}"
    if len(head) < 76 or version < 3980:
        walk.facts_from(codec="ape", mode="lossless")
        return walk
    described, header, table, wave = struct.unpack_from("<4I", head, 8)
    begin = start + described + header + table + wave
    fields = source.read(start + described, 24)
    if len(fields) < 24 or begin > end:
        walk.structure("the descriptor's sizes do not fit the file", start)
        return walk
    level, _, per_frame, final, count, bits, channels, rate = struct.unpack("<HHIIIHHI", fields)
    walk.codec_headers = fields
    walk.block("(header)", start, begin - start, source)
    walk.audio = [(begin, end - begin)]
    walk.facts_from(
        codec="ape", sample_rate=rate, channels=channels, bit_depth=bits, mode="lossless"
    )
    walk.facts["compression_level"] = level
    if count:
        walk.timed((count - 1) * per_frame + final, rate)
    return walk


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
    """Walk the chunks of a DSDIFF file, those inside ``PROP`` too."""
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
        if name in (b"DSD ", b"DST "):
            walk.block(block_name(name), at + 12, there)
            walk.audio = [(at + 12, there)]
            walk.facts["codec"] = "dsd" if name == b"DSD " else "dst"
        else:
            walk.block(block_name(name), at + 12, there, source)
        if name == b"PROP":
            at += 16
            continue
        if name == b"FS  ":
            walk.facts["sample_rate"] = int.from_bytes(source.read(at + 12, 4))
        elif name == b"CHNL":
            walk.facts["channels"] = int.from_bytes(source.read(at + 12, 2))
        at += 12 + size + size % 2
    channels, rate = walk.facts.get("channels"), walk.facts.get("sample_rate")
    walk.facts["bit_depth"] = 1
    if walk.facts.get("codec") == "dsd" and channels and rate:
        walk.facts_from(bit_rate=rate * channels, mode="constant")
        walk.timed(walk.audio[0][1] * 8 // channels, rate)
    return walk
