"""How many sample frames a decoder owes us, by what the container says.

A decoder that raises nothing proves nothing: damaged FLAC frames, for one, are dropped by FFmpeg
without a word. So what comes out is counted. But it may only be held against a number where the
rule that leads to it is known.
"""

from __future__ import annotations

from dataclasses import dataclass

from archiver.audio.walk.model import Walk

# What goes in comes out, frame for frame.
_EXACT = frozenset((
    "flac", "alac", "wavpack", "tta", "ape", "pcm", "pcm-float", "mulaw", "alaw", "mp1", "mp2",
))  # fmt: skip
_WAVE = frozenset(("wav", "rf64", "bw64", "w64"))
_MPEG4 = frozenset(("m4a", "mp4"))
AAC_FRAME = 1024
_LONGEST_VORBIS_BLOCK = 8192
_LONGEST_ALAC_PACKET = 4096


@dataclass(frozen=True, slots=True)
class Promise:
    """What is owed: ``frames``, ``None`` where no rule is known.

    Differences of up to ``slack`` frames mean nothing, but do not count as agreement either.
    ``unskipped``: the number holds for a decoder that keeps what players leave out at both ends.
    ``packet``: it holds only where each packet gives so many frames.
    """

    frames: int | None = None
    slack: int = 0
    unskipped: bool = False
    packet: int | None = None


def promise_of(walk: Walk | None) -> Promise:
    """Return what the container promises of its sound.

    MP3: all frames, less the encoder's delay and padding where LAME's tag states them. Opus: the
    last granule position less the pre-skip (RFC 7845 4.3 to 4.5). AAC: 1,024 frames a packet,
    priming included. Vorbis: the last granule position; but FFmpeg keeps or drops part of a block
    at either end, so only larger differences mean anything. CAF: the packet table's number, where
    some writers count all of the last packet. Lossless and plain codecs: the number in the
    header.
    """
    if walk is None:
        return Promise()
    facts, codec = walk.facts, str(walk.facts.get("codec"))
    frames: int | None = facts.get("frames")
    if codec.startswith("aac"):
        return _aac(walk, frames)
    if codec == "mp3" and walk.format_id == "mp3":
        return Promise(facts.get("played_frames", frames))
    if walk.format_id == "caf" and not codec.startswith("pcm"):
        return Promise(frames, _LONGEST_ALAC_PACKET)
    if codec in _EXACT and not (codec.startswith("mp") and walk.format_id in _WAVE):
        return Promise(frames if _counts_samples(walk) else None)
    if walk.format_id == "ogg-opus":
        return Promise(frames)
    if walk.format_id == "ogg-vorbis":
        return Promise(frames, _LONGEST_VORBIS_BLOCK)
    return Promise()


def _aac(walk: Walk, frames: int | None) -> Promise:
    if walk.format_id == "aac-adts":
        return Promise(frames, packet=AAC_FRAME)
    if walk.packets is None:
        return Promise()
    return Promise(walk.packets * AAC_FRAME, unskipped=True, packet=AAC_FRAME)


def _counts_samples(walk: Walk) -> bool:
    """Whether ``frames`` counts samples: MPEG-4 counts in any unit it likes."""
    if walk.format_id not in _MPEG4:
        return True
    rate, length = walk.facts.get("sample_rate"), walk.facts.get("duration_s")
    if not rate or not length:
        return False
    return bool(abs(walk.facts["frames"] - length * rate) < 1)
