"""Comparing two recordings by what examinations say: is it the same sound?

Pure: no file is opened here, and whether anything was decoded was decided before, so each answer
carries its basis, that is what exactly was compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from archiver.audio.examination import AudioExamination
from archiver.changes import Changes, changes_between
from archiver.probe import is_unread
from archiver.state import State


class Likeness(Enum):
    """How far two files are alike, or what became of one that has no counterpart."""

    IDENTICAL = "identical"  # byte for byte
    SAME_ESSENCE = "same-essence"  # the same coded sound; what is around it changed
    SAME_PCM = "same-pcm"  # the same samples, coded otherwise
    DIFFERENT = "different"  # the sound differs
    UNDECIDED = "undecided"  # only decoding could tell
    OTHER_FILE = "other-file"  # bytes differ, and neither is a recording
    UNREADABLE = "unreadable"
    REMOVED = "removed"
    ADDED = "added"

    @property
    def state(self) -> State:
        """The state this alone leads to: unsound when sound differs or a file is gone."""
        return _STATES.get(self, State.SOUND)


_STATES = {
    Likeness.DIFFERENT: State.UNSOUND,
    Likeness.REMOVED: State.UNSOUND,
    Likeness.UNDECIDED: State.INCOMPLETE,
    Likeness.UNREADABLE: State.INCOMPLETE,
}


class Basis(Enum):
    """What a likeness rests on."""

    BYTES = "bytes"  # the whole files
    STREAM = "stream"  # the coded sound, and what a decoder needs besides
    PACKETS = "packets"  # the coded sound alone
    PCM = "pcm"  # samples as they stand in both files, or as they were decoded
    PCM_STATED = "pcm-stated"  # samples of one by the MD5 that the other states of itself
    PCM_STATED_BY_BOTH = "pcm-stated-by-both"
    SHAPE = "shape"  # sample rate, channels
    HEADERS = "headers"  # the same packets, and decoders are told otherwise how to play them
    NO_SOUND = "no-sound"  # one of the two holds no sound that could be found
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two recordings compare. ``self_checks`` are their own verdicts, old and new."""

    likeness: Likeness
    basis: Basis
    changes: Changes
    self_checks: tuple[str, str]


# Each frame says itself how it is to be played; what else is in the headers are hints.
_SELF_DESCRIBING = frozenset({"mp3", "mp2", "mp1", "aac-adts", "flac", "ogg-flac", "wavpack"})

# The same headers stand in each of these containers for one codec.
_HEADERS_KEPT = frozenset({"ogg-opus", "ogg-vorbis", "matroska"})

# Their coded sound includes the headers of its frames, which other containers leave out.
_FRAMED = frozenset({"aac-adts"})
SOUND_KEYS = 2
# What MPEG-4's edit lists say, and how far apart two of them may be.
_PLAYED_PART = ("played_from_s", "played_s")
_ROUNDED_SECONDS = 0.1

_Answer = tuple[Likeness, Basis]


def compare_recordings(old: AudioExamination, new: AudioExamination) -> Comparison:
    """Compare two examinations of files whose bytes are known to differ."""
    likeness, basis = _judge(old, new)
    return Comparison(likeness, basis, changes_between(old, new), (old.verdict, new.verdict))


def sound_keys(found: AudioExamination) -> tuple[object, ...]:
    """Return :data:`SOUND_KEYS` keys that a file with the same sound would share, strongest first.

    ``None`` where there is none. Sharing a key makes two files worth comparing; it does not prove
    that they sound the same.
    """
    essence = found.essence
    if essence is None or not essence["stream"]["size"]:
        return None, None
    pcm = _believed_pcm(found)
    return essence["stream"]["blake3"], pcm and (pcm["md5"], *_pcm_shape(pcm))


def _judge(old: AudioExamination, new: AudioExamination) -> _Answer:
    if is_unread(old) or is_unread(new):
        return Likeness.UNREADABLE, Basis.NOTHING
    if old.record["format"] is None and new.record["format"] is None:
        promised = _promises_sound(old) or _promises_sound(new)
        return (Likeness.UNDECIDED if promised else Likeness.OTHER_FILE), Basis.BYTES
    a, b = old.essence, new.essence
    if a is None or b is None:
        lost = any(_holds_no_sound(found) for found in (old, new)) and (a or b)
        return (Likeness.DIFFERENT if lost else Likeness.UNDECIDED), Basis.NO_SOUND
    if _framed_otherwise(old, new):
        return Likeness.UNDECIDED, Basis.NOTHING
    if _shape(old) != _shape(new):
        return Likeness.DIFFERENT, Basis.SHAPE
    if a["stream"] == b["stream"]:
        return _same_packets(old, new)
    return _other_packets(old, new)


def _promises_sound(found: AudioExamination) -> bool:
    """Tell whether a file is called a recording without being recognised as one."""
    return any(problem["code"] == "audio-misnamed" for problem in found.problems)


def _holds_no_sound(found: AudioExamination) -> bool:
    """Tell whether sound was looked for and is not there, not merely unknown to us."""
    return found.essence is None and (
        found.record["format"] is None or found.verdict in ("structure", "damaged")
    )


def _framed_otherwise(old: AudioExamination, new: AudioExamination) -> bool:
    """Tell whether one codec's packets stand with their headers in one file, bare in the other.

    Sample rate and channels are no help: MPEG-4 files often state others than their AAC does.
    """
    formats = {old.record["format"], new.record["format"]}
    return len(formats) == 2 and not formats.isdisjoint(_FRAMED) and _codec(old) == _codec(new)


def _shape(found: AudioExamination) -> tuple[Any, ...]:
    facts = found.record["facts"]
    return facts.get("sample_rate"), facts.get("channels")


def _play_other_parts(old: AudioExamination, new: AudioExamination) -> bool:
    """Tell whether the edit lists of two MPEG-4 files have other parts of the sound played.

    Writers round them, and leave out what an encoder put in front, differently; only more than
    that counts, and only where both say it.
    """
    a, b = old.record["facts"], new.record["facts"]
    told = [(a[name], b[name]) for name in _PLAYED_PART if name in a and name in b]
    return any(abs(there - here) > _ROUNDED_SECONDS for there, here in told)


def _same_packets(old: AudioExamination, new: AudioExamination) -> _Answer:
    """Judge equal coded sound: would a decoder be told to play it in the same way?"""
    a, b = old.essence or {}, new.essence or {}
    if _play_other_parts(old, new):
        return Likeness.DIFFERENT, Basis.HEADERS
    computed = _computed_pcm(a), _computed_pcm(b)
    if None not in computed:
        if computed[0] == computed[1]:
            return Likeness.SAME_ESSENCE, Basis.STREAM
        return Likeness.DIFFERENT, Basis.HEADERS
    formats = {old.record["format"], new.record["format"]}
    if a.get("headers") == b.get("headers"):
        return Likeness.SAME_ESSENCE, Basis.STREAM
    if formats <= _HEADERS_KEPT:
        return Likeness.DIFFERENT, Basis.HEADERS
    if formats <= _SELF_DESCRIBING or (len(formats) == 2 and _codec(old) == _codec(new)):
        return Likeness.SAME_ESSENCE, Basis.PACKETS
    return Likeness.DIFFERENT, Basis.HEADERS


def _other_packets(old: AudioExamination, new: AudioExamination) -> _Answer:
    """Judge differing coded sound: is it known to be the same samples, or known not to be?"""
    a, b = _believed_pcm(old), _believed_pcm(new)
    if a is not None and b is not None:
        stated = bool(a.get("stated")) + bool(b.get("stated"))
        basis = (Basis.PCM, Basis.PCM_STATED, Basis.PCM_STATED_BY_BOTH)[stated]
        same = a["md5"] == b["md5"] and _pcm_shape(a) == _pcm_shape(b)
        same = same and (stated > 0 or a["blake3"] == b["blake3"])
        return (Likeness.SAME_PCM if same else Likeness.DIFFERENT), basis
    if _may_be_coded_otherwise(old, new):
        return Likeness.UNDECIDED, Basis.NOTHING
    return Likeness.DIFFERENT, Basis.PACKETS


def _may_be_coded_otherwise(old: AudioExamination, new: AudioExamination) -> bool:
    """Tell whether the same samples may have been coded once more, by a codec that loses nothing.

    An encoder of the same codec gives as many bytes again only where it gives the same ones; in
    another container the same bytes may stand in another order.
    """
    if not all(_may_be_decoded(found) for found in (old, new)):
        return False
    if _codec(old) != _codec(new):
        return True
    lengths = {found.record["facts"].get("frames") for found in (old, new)} - {None}
    sizes = {(found.essence or {})["stream"]["size"] for found in (old, new)}
    formats = {old.record["format"], new.record["format"]}
    return len(lengths) <= 1 and (len(sizes) > 1 or len(formats) > 1)


def _codec(found: AudioExamination) -> str:
    """Return the codec; AAC without its profile, which not every container states."""
    codec = str(found.record["facts"].get("codec"))
    return "aac" if codec.startswith("aac") else codec


def _may_be_decoded(found: AudioExamination) -> bool:
    """Tell whether decoding would give exactly the samples that once went in."""
    facts = found.record["facts"]
    exact = facts.get("mode") == "lossless" or str(facts.get("codec")).startswith("pcm")
    return exact and found.verdict != "damaged"


def _believed_pcm(found: AudioExamination) -> dict[str, Any] | None:
    """Return the digests of the samples: computed, or stated by a file whose frames all hold.

    An encoder's statement outlives its frames: of a damaged file it says nothing.
    """
    pcm: dict[str, Any] | None = (found.essence or {}).get("pcm")
    if pcm is None or (pcm.get("stated") and found.verdict != "self-verified"):
        return None
    return pcm


def _computed_pcm(essence: dict[str, Any]) -> dict[str, Any] | None:
    pcm: dict[str, Any] | None = essence.get("pcm")
    return pcm if pcm is not None and not pcm.get("stated") else None


def _pcm_shape(pcm: dict[str, Any]) -> tuple[Any, ...]:
    return pcm["sample_rate"], pcm["channels"], pcm["bits"]
