"""AU and True Audio: headers, the sound.

Sources: Sun's ``audio.h``, the True Audio 1 description.
"""

from __future__ import annotations

import struct

from archiver.audio.embedded.text import text_entry
from archiver.audio.source import Source
from archiver.audio.walk.declared import never_filled_in
from archiver.audio.walk.model import Missing, PcmLayout, Walk
from archiver.audio.walk.tails import sound_end

_AU_CODECS = {1: ("mulaw", 8), 2: ("pcm", 8), 3: ("pcm", 16), 4: ("pcm", 24), 5: ("pcm", 32),
              6: ("pcm-float", 32), 7: ("pcm-float", 64), 27: ("alaw", 8)}  # fmt: skip
_LONGEST_NOTE = 65_536


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
    if offset > 24:
        walk.block("(annotation)", start + 24, min(offset, source.size - start) - 24, source)
        note = source.read(start + 24, min(offset - 24, _LONGEST_NOTE))
        if note.strip(b"\0"):
            walk.tags.append(text_entry("au", "(annotation)", note))
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
