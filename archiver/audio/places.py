"""When in a recording the bytes of a range are played, told by the file's own frames.

Formats in which time goes with the bytes at one rate need no look into the file, see
``archiver.recordings.places``.
"""

from __future__ import annotations

from typing import Any

from archiver.audio.examination import Question
from archiver.audio.framed import ADTS, MPEG, Headers, free_format, mark_frames
from archiver.audio.marks import Marks
from archiver.audio.source import Source, identify
from archiver.audio.walk.model import Walk, seconds
from archiver.audio.walk.mp4 import mark_samples
from archiver.audio.walk.tails import sound_end

_MPEG = ("mp1", "mp2", "mp3")
_MP4 = ("m4a", "mp4")
# Bytes of an MP3 frame may belong to later frames: main_data_begin points back up to 511 bytes.
_RESERVOIR = 511
OUTSIDE = {"outside": True}


def places_of(source: Source, walk: Walk, question: Question) -> tuple[dict[str, Any], ...]:
    """Return for each range ``{"from_s", "to_s"}``, or :data:`OUTSIDE` the sound, or ``{}``.

    ``walk.marks`` holds what the checking of frames has told. Raises ``OSError`` when the medium
    gives no bytes.
    """
    if walk.marks is None or not walk.audio:
        return ({},) * len(question.ranges)
    start = identify(source)[1]
    rate = _mark(source, walk, walk.marks, start, question)
    spans = _spans(source, walk, start)
    total = max(walk.facts.get("frames", 0), question.frames or 0)
    total = total or round(walk.facts.get("duration_s", 0.0) * rate)
    return tuple(_place(walk, spans, rate, total, *place) for place in question.ranges)


def _mark(source: Source, walk: Walk, marks: Marks, start: int, question: Question) -> int:
    """Mark the frames of formats that no check has gone over; return how fast samples count."""
    rate: int = walk.facts.get("sample_rate", 0)
    if walk.format_id in _MP4:
        return mark_samples(source, start, marks)
    if walk.format_id in _MPEG or walk.format_id == "aac-adts":
        headers: Headers = ADTS if walk.format_id == "aac-adts" else MPEG
        if unpadded := walk.facts.get("free_frame_bytes"):
            headers = free_format(unpadded)
        begin, end = _spans(source, walk, start)[0]
        mark_frames(source, (begin, end), headers, marks, question.frames)
    return rate


def _spans(source: Source, walk: Walk, start: int) -> list[tuple[int, int]]:
    """Return (begin, end) of the sound, with what was destroyed inside or in front of it."""
    if walk.format_id in _MP4:
        return [(offset, offset + size) for offset, size in walk.audio]
    begin, end = walk.audio[0][0], walk.audio[-1][0] + walk.audio[-1][1]
    if walk.format_id in _MPEG or walk.format_id == "aac-adts":
        begin = min(begin, start) if not walk.codec_headers else begin
        end = sound_end(source, Walk(walk.format_id), start)
    return [(begin, end)]


def _place(
    walk: Walk, spans: list[tuple[int, int]], rate: int, total: int, first: int, last: int
) -> dict[str, Any]:
    if not any(first < end and begin <= last for begin, end in spans):
        return OUTSIDE
    if walk.marks is None or not len(walk.marks) or rate <= 0:
        return {}
    reach = _RESERVOIR if walk.format_id == "mp3" else 0
    begin, end = walk.marks.around(first, last + reach, total)
    return {"from_s": seconds(begin, rate), "to_s": seconds(end, rate)}
