"""The decode check of one file: decode, count, compare, and say what it comes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from archiver.audio.decode.allowance import Allowance
from archiver.audio.decode.judging import judge, stated_md5s
from archiver.audio.decode.model import Decoded, Wish
from archiver.audio.decode.promise import promise_of
from archiver.audio.record import describe, problem
from archiver.audio.selfcheck.result import SelfCheck
from archiver.audio.source import Source
from archiver.audio.tags.limits import Limits
from archiver.audio.walk.model import Walk


@dataclass(slots=True)
class DecodeCheck:
    """``part`` is the record's ``"decoding"``, ``None`` when nothing came of it; ``readers`` the
    libraries that took part; ``pcm`` the digests of the samples with their shape; ``digests``
    what the wish asked for besides; ``disagrees`` whether the decoder will not have the file.
    """

    not_checked: list[str]
    part: dict[str, Any] | None = None
    readers: dict[str, str] = field(default_factory=dict)
    pcm: dict[str, Any] | None = None
    digests: dict[str, str] = field(default_factory=dict)
    disagrees: bool = False
    problems: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Undecoded:
    """A file of which everything is known that can be known without a decoder.

    ``start``: where in ``source`` the format begins. ``pcm``: digests of samples that stand in the
    file as they are. ``verdict``: that of the file's own evidence.
    """

    source: Source
    format_id: str
    start: int
    walk: Walk | None
    check: SelfCheck
    verdict: str
    pcm: dict[str, Any] | None


def check_by_decoding(
    file: Undecoded, wish: Wish, limits: Limits, beat: Callable[[], object]
) -> DecodeCheck:
    """Decode a file as ``wish`` asks; damage that this proves is entered into its check.

    Raises ``OSError`` when the medium gives no bytes.
    """
    walk = file.walk
    undone = ["decoding"] + [kind for kind, _ in (stated_md5s(walk) if walk else ())]
    if not wish.decode:
        words = wish.given_up
        problems = [problem("audio-not-decoded", words)] if words else []
        return DecodeCheck(undone, problems=problems)
    if walk is not None and any(one["code"] == "audio-encrypted" for one in walk.findings):
        return DecodeCheck(undone)  # said already
    if walk is not None and walk.facts.get("frames") == 0:
        # Nothing to decode; FFmpeg takes offence at some such files.
        return DecodeCheck(undone if any(size for _, size in walk.audio) else [])
    if walk is not None and "free_frame_bytes" in walk.facts:
        words = "FFmpeg does not decode MPEG audio of free format"
        return DecodeCheck(undone, problems=[problem("audio-not-decoded", words)])
    try:
        import av

        from archiver.audio.decode.run import decode  # hardly any worker ever decodes
    except ImportError as error:
        words = f"PyAV cannot be used: {error}"
        return DecodeCheck(undone, problems=[problem("audio-not-decoded", words)])
    promise = promise_of(walk)
    allowance = Allowance(file.source.size, limits, beat)
    try:
        decoded = decode(file.source, walk, file.format_id, file.start, promise, wish, allowance)
    except Exception as error:
        if isinstance(error, OSError):
            raise
        return DecodeCheck(undone, problems=[problem("audio-not-decoded", describe(error))])
    judged = judge(walk, file.check, promise, decoded, file.verdict)
    found = DecodeCheck(judged.not_checked, judged.part)
    found.readers = {"pyav": av.__version__, "ffmpeg": str(av.ffmpeg_version_info)}
    if judged.part["frames_agree"] is not False:  # part of the samples would be other samples
        found.pcm, found.digests = _pcm(decoded), decoded.digests
    objection = judged.disagreement or _other_samples(file.pcm, found.pcm)
    if objection:
        found.disagrees = True
        found.problems.append(problem("decoder-disagrees", objection))
    elif judged.trouble:
        found.problems.append(problem("audio-not-decoded", judged.trouble))
    return found


def _other_samples(ours: dict[str, Any] | None, decoded: dict[str, Any] | None) -> str | None:
    """Compare samples taken from the file as they stand in it with those the decoder gives."""
    if ours is None or decoded is None or ours.get("stated") or ours["md5"] == decoded["md5"]:
        return None
    return f"the decoder gives samples with the MD5 {decoded['md5']}, the file holds {ours['md5']}"


def _pcm(decoded: Decoded) -> dict[str, Any] | None:
    if decoded.pcm is None:
        return None
    return {
        **decoded.pcm,
        "sample_rate": decoded.sample_rate,
        "channels": decoded.channels,
        "bits": decoded.bits,
        "frames": decoded.frames,
    }
