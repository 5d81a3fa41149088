"""What a decoder's work means: facts in, verdict out. Nothing is opened here.

One decoder's "no" is not damage. There are real Vorbis files that FFmpeg refuses, whose page
checksums all hold and which other decoders play to their end. Only where every frame decoded, none
is missing, and the samples still have another MD5 than their encoder wrote down, is the sound known
not to be what was encoded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from archiver.audio.decode.model import Decoded
from archiver.audio.decode.promise import Promise
from archiver.audio.selfcheck.result import SelfCheck
from archiver.audio.walk.model import Walk, seconds

# Verdicts of the file's own evidence that a decoder may overrule, and only these.
_OPEN = ("self-verified", "manifest-only")
_NOT_WHAT_WAS_ENCODED = "the samples are not those that were encoded (MD5)"


@dataclass(slots=True)
class Judgement:
    """``part`` is the record's ``"decoding"``; ``not_checked`` names what could not be.

    ``disagreement`` and ``trouble`` are words: what the decoder has against the file, or why it
    did not come to its end without having anything against it.
    """

    part: dict[str, Any]
    disagreement: str | None = None
    trouble: str | None = None
    not_checked: list[str] = field(default_factory=list)


def judge(
    walk: Walk | None, check: SelfCheck, promise: Promise, decoded: Decoded, verdict: str
) -> Judgement:
    """Weigh what was decoded; damage that it proves is entered into ``check``.

    ``verdict`` is that of the file's own evidence without a decoder.
    """
    part: dict[str, Any] = {"codec": decoded.codec, "frames": decoded.frames}
    agree = _counts_agree(promise, decoded)
    if promise.frames is not None:
        part["promised_frames"] = promise.frames
    part["frames_agree"] = agree
    if decoded.failures:
        part["refused"] = decoded.failures
        part["first_refusal"] = {"message": decoded.first, "frame": decoded.at_frame}
        if decoded.sample_rate:
            part["first_refusal"]["at_s"] = seconds(decoded.at_frame, decoded.sample_rate)
    if decoded.unfinished:
        part["unfinished"] = decoded.unfinished
    found = Judgement(part, _disagreement(promise, decoded, agree))
    if found.disagreement is None:
        found.trouble = decoded.unfinished
    if agree is None and not decoded.failures:
        found.not_checked.append("frame-count")
    if walk is not None:
        _compare_md5(walk, check, decoded, found, clean=found.disagreement is None)
    if verdict not in _OPEN:
        found.disagreement = None  # nothing to disagree with: the file itself is not in order
    return found


def _counts_agree(promise: Promise, decoded: Decoded) -> bool | None:
    """Whether as many frames came as were promised; ``None`` where that cannot be said."""
    if promise.frames is None or not decoded.frames:
        return None
    if promise.packet is not None and decoded.packet_sizes != {promise.packet}:
        return None  # another profile than the rule is for
    if decoded.frames == promise.frames:
        return True
    if decoded.unfinished and decoded.frames < promise.frames:
        return None  # the rest might have come
    return None if abs(decoded.frames - promise.frames) <= promise.slack else False


def _disagreement(promise: Promise, decoded: Decoded, agree: bool | None) -> str | None:
    if decoded.failures and not decoded.codec:
        return f"FFmpeg does not open it: {decoded.first}"
    if decoded.failures:
        place = f"behind frame {decoded.at_frame:,}: {decoded.first}"
        return f"the decoder refused part of the sound ({decoded.failures:,} times), first {place}"
    if agree is False:
        return f"{decoded.frames:,} frames were decoded where {promise.frames:,} are promised"
    if promise.frames and not decoded.frames and decoded.codec == "":
        return f"nothing was decoded where {promise.frames:,} frames are promised"
    return None


def _compare_md5(
    walk: Walk, check: SelfCheck, decoded: Decoded, found: Judgement, *, clean: bool
) -> None:
    """Hold the samples' MD5 against the one the encoder wrote into the file."""
    for kind, stated in stated_md5s(walk):
        computed = {decoded.pcm["md5"]} if decoded.pcm else set()
        if kind == "wavpack-md5" and decoded.md5_in_source_order:
            computed.add(decoded.md5_in_source_order)
        if not computed or not clean or decoded.unfinished:
            found.not_checked.append(kind)
        elif check.count(kind, stated in computed):
            check.complete = True
        else:
            offset, size = walk.audio[0]
            length = (0.0, walk.facts["duration_s"]) if "duration_s" in walk.facts else None
            check.damaged(_NOT_WHAT_WAS_ENCODED, offset, size, length)


def stated_md5s(walk: Walk) -> list[tuple[str, str]]:
    """Return ``(kind, MD5)`` of the samples as the file states them of itself."""
    streaminfo = walk.embedded.get("streaminfo") or {}
    wavpack = walk.embedded.get("wavpack") or {}
    pairs = (("flac-md5", streaminfo.get("md5")), ("wavpack-md5", wavpack.get("md5")))
    return [(kind, md5) for kind, md5 in pairs if md5]
