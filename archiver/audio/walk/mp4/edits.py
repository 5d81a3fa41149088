"""Edit lists: which part of a track is played, and when (ISO/IEC 14496-12 8.6.6: elst)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from archiver.audio.source import Source
from archiver.audio.walk.model import Walk, seconds
from archiver.audio.walk.mp4.boxes import Movie, Track, table


def begin_of_edits(edits: bytes) -> tuple[int, int]:
    """Return how long nothing is played at first, and the media time at which playing begins.

    The former is in the units of the whole movie, the latter in those of the track.
    """
    empty = 0
    for length, begin in _entries(edits):
        if begin >= 0:
            return empty, begin
        empty += length
    return 0, 0


def state_played_part(source: Source, walk: Walk, movie: Movie, track: Track) -> None:
    """State which part of the track its edit list has played, where it has one.

    A length of 0 stands for all that follows (8.6.6.1) and is not stated.
    """
    edits, scale = table(source, track, b"elst"), track.scale(source)
    lengths = [length for length, begin in _entries(edits) if begin >= 0]
    if not lengths or not scale:
        return
    walk.facts["played_from_s"] = seconds(begin_of_edits(edits)[1], scale)
    whole = movie.scale(source)
    if whole and all(lengths):
        walk.facts["played_s"] = seconds(sum(lengths), whole)


def _entries(edits: bytes) -> Iterator[tuple[int, int]]:
    """Yield length and media time of each edit; a time of -1 says that nothing is played."""
    form = ">Qq4x" if edits[:1] == b"\1" else ">Ii4x"
    size = struct.calcsize(form)
    for place in range(8, len(edits) - size + 1, size):
        yield struct.unpack_from(form, edits, place)
