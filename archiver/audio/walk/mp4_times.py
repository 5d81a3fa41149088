"""When each sample of an MPEG-4 sound track is played (ISO/IEC 14496-12 8.6: stts, elst)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from archiver.audio.marks import Marks
from archiver.audio.source import Source
from archiver.audio.walk.mp4 import (
    Track,
    chunk_counts,
    numbers,
    sample_sizes,
    sound_track,
    table,
)


def mark_samples(source: Source, start: int, marks: Marks) -> int:
    """Mark every sample of the first sound track; return how many time units make a second.

    Chunks that do not lie in the file as they are played are left out. What an edit list skips
    at the start counts as time 0.
    """
    track = sound_track(source, start)
    header = b"" if track is None else table(source, track, b"mdhd")
    if track is None or len(header) < 24:
        return 0
    scale = int.from_bytes(header[20:24] if header[0] == 1 else header[12:16])
    sizes = sample_sizes(table(source, track, b"stsz"))
    if sizes is None:
        return 0
    skipped = _skipped(table(source, track, b"elst"))
    offsets = numbers(table(source, track, b"co64")[8:], "Q") or numbers(
        table(source, track, b"stco")[8:], "I"
    )
    lengths = _lengths(source, track)
    sample = time = at = 0
    for chunk, count in chunk_counts(len(offsets), numbers(table(source, track, b"stsc")[8:], "I")):
        at = offsets[chunk]
        for size in sizes[sample : sample + count]:
            marks.add(at, max(0, time - skipped))
            at, time = at + size, time + next(lengths, 0)
        sample = min(sample + count, len(sizes))
    marks.add(at, max(0, time - skipped))
    return scale


def _lengths(source: Source, track: Track) -> Iterator[int]:
    runs = numbers(table(source, track, b"stts")[8:], "I")
    for place in range(0, len(runs) - 1, 2):
        for _ in range(runs[place]):
            yield runs[place + 1]


def _skipped(edits: bytes) -> int:
    """Return the media time at which playing begins: that of the first edit that plays anything."""
    wide = edits[:1] == b"\1"
    form = ">Qq4x" if wide else ">Ii4x"
    for place in range(8, len(edits) - struct.calcsize(form) + 1, struct.calcsize(form)):
        _, begin = struct.unpack_from(form, edits, place)
        if begin >= 0:
            return int(begin)
    return 0
