"""An honest retag or damage: judged from two examinations of one file, then and now. Pure.

The sound counts as intact only when nothing that is played could have changed: its coded packets,
what a decoder needs besides, the tables that say when they are played, and every checksum.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from archiver.audio.examination import AudioExamination
from archiver.probe import is_unread


class Sound(Enum):
    """What became of the sound of a file whose bytes are no longer the recorded ones."""

    INTACT = "intact"
    DIFFERS = "differs"
    HEADERS = "headers"  # the coded sound is the same, what a decoder needs besides is not
    CONTAINER = "container"  # all of it is the same, and the file around it is broken
    UNKNOWN = "unknown"


# Facts a tagger has no business in; where one differs, something that is played differs.
_PLAYED = (
    "codec",
    "sample_rate",
    "channels",
    "bit_depth",
    "channel_mask",
    "frames",
    "duration_s",
    "pre_skip",
    "output_gain",
)
# What a decoder reads beside the sound and its headers, by format: blocks by their digests.
_WAVE = ("fmt ", "fact")
_STRAY = "(trailing bytes)"  # in no chunk: it may be sound of which the size was never filled in
_NEEDED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("wav", "rf64", "bw64", "w64"), _WAVE),
    **dict.fromkeys(("aiff", "aifc"), ("COMM", "FVER")),
    "caf": ("desc", "kuki", "pakt", "chan"),
    "tta": ("(header)", "(seek table)"),
    "ape": ("(header)",),
    "musepack": ("SH",),
    "dsf": ("fmt ",),
    "dff": ("PROP", "FS  ", "CHNL", "CMPR"),
    "asf": ("Stream Properties",),
    **dict.fromkeys(("flac", "mp3", "mp2", "mp1", "aac-adts", "wavpack", "au", "m4a", "mp4"), ()),
    "matroska": (),
    **dict.fromkeys(("ogg-vorbis", "ogg-opus", "ogg-flac", "ogg-speex"), ()),
}


def what_became_of_the_sound(old: AudioExamination, new: AudioExamination) -> Sound:
    """Judge a file that was examined when it was sealed (``old``) and now (``new``)."""
    if old.essence is None or is_unread(new):
        return Sound.UNKNOWN
    a, b = old.essence, new.essence
    if not a["stream"]["size"]:
        return Sound.UNKNOWN  # the sound, if there is any, stands where nobody looked for it
    if b is None or a["stream"] != b["stream"] or old.record["format"] != new.record["format"]:
        return Sound.DIFFERS
    if a.get("headers") != b.get("headers") or samples_differ(old, new):
        return Sound.HEADERS
    if _told(old.record) != _told(new.record):
        return Sound.HEADERS
    if _is_worse(old, new):
        return Sound.CONTAINER
    return Sound.INTACT if old.record["format"] in _NEEDED else Sound.UNKNOWN


def samples_comparable(old: AudioExamination, new: AudioExamination) -> bool:
    """Whether the digests of the samples, then and now, say something of each other.

    What a decoder computed then and what the file merely states now do not: the statement may
    always have been wrong.
    """
    a, b = _pcm(old), _pcm(new)
    return bool(a and b and not (b.get("stated") and not a.get("stated")))


def samples_differ(old: AudioExamination, new: AudioExamination) -> bool:
    """Whether two examinations of one coding contradict each other in their samples' digests.

    What was stated then is held against what is decoded now by its MD5, as long as the file itself
    is not known to be damaged: then its own checksums have said so.
    """
    a, b = _pcm(old), _pcm(new)
    if not samples_comparable(old, new):
        return False
    if a.get("stated") and not b.get("stated"):
        return new.verdict != "damaged" and bool(a["md5"] != b["md5"])
    return a != b


def _pcm(found: AudioExamination) -> dict[str, Any]:
    return (found.essence or {}).get("pcm") or {}


def _told(record: dict[str, Any]) -> tuple[object, ...]:
    """Return everything a player is told besides the headers that have a digest of their own."""
    facts, embedded = record["facts"], record.get("embedded", {})
    needed = _NEEDED.get(record["format"], ())
    blocks = [
        (block["id"], block.get("size"), block.get("blake3"))
        for block in record.get("blocks", ())
        if block["id"] in needed or block["id"] == _STRAY
    ]
    return [facts.get(name) for name in _PLAYED], embedded.get("playing"), blocks


def _is_worse(old: AudioExamination, new: AudioExamination) -> bool:
    """Whether the file's own evidence speaks against it more than it did."""
    return any(now > then for then, now in zip(_evidence(old), _evidence(new), strict=True))


def _evidence(found: AudioExamination) -> tuple[int, int, int]:
    check = found.record.get("self_check", {})
    bad = sum(row["bad"] for row in check.get("checks", {}).values())
    amiss = sum(problem["code"] == "audio-structure" for problem in found.problems)
    return check.get("damaged_places", 0), bad, amiss
