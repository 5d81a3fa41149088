"""When each sample of an MPEG-4 sound track is played (ISO/IEC 14496-12 8.6.1: stts)."""

from __future__ import annotations

from archiver.audio.marks import Marks
from archiver.audio.source import Source
from archiver.audio.walk.model import Walk
from archiver.audio.walk.mp4.boxes import read_movie, table
from archiver.audio.walk.mp4.description import frame_bytes
from archiver.audio.walk.mp4.edits import begin_of_edits
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
    samples = (
        None
        if track is None or not scale
        else read_tables(source, track, frame_bytes(source, track))
    )
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
