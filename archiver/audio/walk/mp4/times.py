"""When each sample of an MPEG-4 sound track is played (ISO/IEC 14496-12 8.6: stts, elst)."""

from __future__ import annotations

import struct

from archiver.audio.marks import Marks
from archiver.audio.source import Source
from archiver.audio.walk.model import Walk
from archiver.audio.walk.mp4.boxes import read_movie, table
from archiver.audio.walk.mp4.fragments import add_fragments
from archiver.audio.walk.mp4.tables import read_tables


def mark_samples(source: Source, start: int, marks: Marks) -> int:
    """Mark every sample of the first sound track; return how many time units make a second.

    Chunks that do not lie in the file as they are played are left out. What an edit list skips
    at the start counts as time 0.
    """
    aside = Walk("mp4")  # its findings have been made
    movie = read_movie(source, aside, start)
    track = movie.sound
    scale = 0 if track is None else track.scale(source)
    samples = None if track is None or not scale else read_tables(source, track)
    if track is not None and samples is not None and movie.fragments:
        samples = add_fragments(source, aside, movie, track, samples)
    if track is None or samples is None:
        return 0
    skipped = begin_of_edits(table(source, track, b"elst"))[1]
    lengths = iter(samples.lengths)
    sample = time = at = 0
    for offset, count in samples.runs:
        at = offset
        for size in samples.sizes[sample : sample + count]:
            marks.add(at, max(0, time - skipped))
            at, time = at + size, time + next(lengths, 0)
        sample = min(sample + count, len(samples.sizes))
    marks.add(at, max(0, time - skipped))
    return scale


def begin_of_edits(edits: bytes) -> tuple[int, int]:
    """Return how long nothing is played at first, and the media time at which playing begins.

    The former is in the units of the whole movie, the latter in those of the track.
    """
    wide = edits[:1] == b"\1"
    form = ">Qq4x" if wide else ">Ii4x"
    empty = 0
    for place in range(8, len(edits) - struct.calcsize(form) + 1, struct.calcsize(form)):
        length, begin = struct.unpack_from(form, edits, place)
        if begin >= 0:
            return empty, int(begin)
        empty += int(length)
    return 0, 0
