"""When in a recording damaged bytes are played: for formats of one rate, and in words. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archiver.audio.examination import AudioExamination

_MOST_NAMED = 10
# The block that holds the sound, and how far into it the sound begins.
_BLOCKS = {
    **dict.fromkeys(("wav", "rf64", "bw64", "w64", "dsf"), ("data", 0)),
    **dict.fromkeys(("aiff", "aifc"), ("SSND", 8)),
    "caf": ("data", 4),
    "dff": ("DSD ", 0),
}
_AT_ONE_RATE = ("pcm", "pcm-float", "alaw", "mulaw", "dsd")
_CODED_AT_ONE_RATE = ("adpcm", "gsm")

Times = tuple[dict[str, Any], ...]


def times_by_record(old: AudioExamination, ranges: Sequence[Sequence[int]]) -> Times | None:
    """Return the times of byte ``ranges`` where bytes and time go at one rate, else ``None``.

    What the sealed file was is asked, not the damaged one: its header may be what was destroyed.
    Each answer is ``{"from_s", "to_s"}`` or ``{"outside": True}``.
    """
    record, essence = old.record, old.essence
    codec, length = str(record["facts"].get("codec")), record["facts"].get("duration_s")
    steady = codec in _AT_ONE_RATE or codec.startswith(_CODED_AT_ONE_RATE)
    block, skip = _BLOCKS.get(record["format"], ("", 0))
    begins = [one["offset"] for one in record.get("blocks", ()) if one["id"] == block]
    if not (steady and begins and length and essence and essence["stream"]["size"]):
        return None
    begin, size = begins[0] + skip, essence["stream"]["size"]
    return tuple(_linear(begin, size, length, first, last) for first, last in ranges)


def _linear(begin: int, size: int, length: float, first: int, last: int) -> dict[str, Any]:
    a, b = max(first - begin, 0), min(last + 1 - begin, size)
    if a >= b:
        return {"outside": True}
    return {"from_s": round(length * a / size, 6), "to_s": round(length * b / size, 6)}


def times_in_words(times: Sequence[Mapping[str, Any]]) -> str:
    """Return the times of all ranges in words: ``3:57.8 to 4:03.7 of the recording``.

    Times that touch are joined; a place is rounded outwards to tenths of a second.
    """
    spans = sorted((place["from_s"], place["to_s"]) for place in times if "from_s" in place)
    joined: list[tuple[float, float]] = []
    for begin, end in spans:
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((begin, end))
    parts = [
        f"{clock(begin, up=False)} to {clock(end, up=True)}" for begin, end in joined[:_MOST_NAMED]
    ]
    if len(joined) > _MOST_NAMED:
        parts.append(f"{len(joined) - _MOST_NAMED:,} more places")
    words = [f"{_listed(parts)} of the recording"] if parts else []
    if any(not place for place in times):
        words.append("time unknown")
    if any("outside" in place for place in times):
        words.append("in the tags or headers")
    return ", ".join(words)


def clock(seconds: float, *, up: bool) -> str:
    """Return a place as players show it, ``3:25.2`` or ``1:02:03.0``, rounded up or down."""
    whole = int(seconds * 10 + 1e-6)
    tenths = whole + (up and seconds * 10 - whole > 1e-6)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    tail = f"{rest // 10:02d}.{rest % 10}"
    return f"{hours}:{minutes:02d}:{tail}" if hours else f"{minutes}:{tail}"


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def own_checksums_in_words(found: AudioExamination) -> str:
    """Return what the file's own checksums have against it, with the first place; "" if nothing."""
    check = found.record.get("self_check", {})
    damage = check.get("damage", ())
    if not damage:
        return ""
    first, places = damage[0], check["damaged_places"]
    when = ""
    if "from_s" in first:
        begin, end = clock(first["from_s"], up=False), clock(first["to_s"], up=True)
        when = f", {begin} to {end} of the recording"
    head = "at one place" if places == 1 else f"at {places:,} places, the first"
    return f"its own checks fail {head}: {first['what']} at byte {first['offset']:,}{when}"
