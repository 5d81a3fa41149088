"""AAC in ADTS frames (ISO/IEC 14496-3 1.A.3)."""

from __future__ import annotations

from archiver.audio.mpeg_header import AdtsHeader, adts_header
from archiver.audio.source import Source
from archiver.audio.walk.model import Walk
from archiver.audio.walk.tails import sound_end

_WINDOW = 1 << 20
_PROFILES = {1: "aac-main", 2: "aac-lc", 3: "aac-ssr", 4: "aac-ltp"}
_SAMPLES = 1024


def walk_adts(source: Source, format_id: str, start: int) -> Walk:
    """Walk all frames of an ADTS stream."""
    walk = Walk(format_id)
    end = sound_end(source, walk, start)
    first: AdtsHeader | None = None
    at, base, data, blocks = start, start, b"", 0
    while at < end:
        if at - base + 9 > len(data):
            data, base = source.read(at, min(_WINDOW, end - at)), at
        header = adts_header(data, at - base)
        if header is None or (first is not None and not header.same_stream(first)):
            break
        if at + header.size > end:
            walk.structure(f"truncated: the last frame has {end - at} of {header.size} bytes", at)
            break
        first = first or header
        blocks += header.blocks
        at += header.size
    if first is None:
        walk.structure("no frame was found", start)
        return walk
    if at < end and not walk.findings:
        walk.structure(f"{end - at} bytes are no frame", at)
    walk.audio = [(start, at - start)]
    channels = first.channel_configuration
    walk.facts_from(
        codec=_PROFILES[first.profile],
        sample_rate=first.sample_rate,
        channels={0: None, 7: 8}.get(channels, channels),
        mode="variable",
    )
    walk.timed(blocks * _SAMPLES, first.sample_rate)
    if blocks:
        walk.facts["bit_rate"] = round((at - start) * 8 * first.sample_rate / (blocks * _SAMPLES))
    return walk
