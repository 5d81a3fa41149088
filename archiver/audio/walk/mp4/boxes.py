"""The boxes of an MPEG-4 file: its tracks with their tables, its fragments, its data.

Source: ISO/IEC 14496-12 (boxes, movie fragments).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from blake3 import blake3

from archiver.audio.source import Source
from archiver.audio.walk.model import LARGEST_PARSED, MOST_BLOCKS, Missing, Walk, block_name

_DEEPEST = 16
_CONTAINERS = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"udta", b"sinf"))
_NOT_PLAYED = frozenset((b"udta", b"meta", b"free", b"skip"))
_PLACES = (b"stco", b"co64")
_DATED = (b"mvhd", b"tkhd", b"mdhd")
# What stands again and again in a file that was written piece by piece; a day of it has 43,200.
_REPEATED = frozenset((b"moof", b"mdat", b"styp", b"sidx", b"ssix", b"emsg", b"prft"))
_ABOUT_FRAGMENTS = _REPEATED - {b"moof", b"mdat"}
_MOST_REPEATED = 400_000


@dataclass(slots=True)
class Track:
    """One ``trak``: its handler and its tables, as (offset, size) of their contents."""

    kind: bytes = b""
    tables: dict[bytes, tuple[int, int]] = field(default_factory=dict)

    def number(self, source: Source) -> int:
        """Return the track's own number (``tkhd``); 0 where it has none."""
        header = table(source, self, b"tkhd")
        return int.from_bytes(header[20:24] if header[:1] == b"\1" else header[12:16])

    def scale(self, source: Source) -> int:
        """Return how many of the track's time units make a second; 0 if that is not said."""
        header = table(source, self, b"mdhd")
        return int.from_bytes(header[20:24] if header[:1] == b"\1" else header[12:16])


class Playing:
    """The digest of everything in ``moov`` that says how to play: all but tags and places.

    Fragments belong to it, but for places that count from the beginning of the file.

    Neither the sound's own digest nor that of its description covers the tables of times, edits
    and volumes, and no tagger has any business in them. Where chunks lie is left out, since a tag
    in front moves them, and so are dates.
    """

    def __init__(self) -> None:
        self.digest = blake3()
        self._passed_over = 0

    def state(self, name: bytes, *contents: bytes) -> None:
        """Take in what a fragment states, which lies outside of ``moov``."""
        self.digest.update(name + b"".join(contents))

    def take(self, source: Source, name: bytes, offset: int, size: int) -> None:
        """Take in one box below the top."""
        if offset < self._passed_over:
            return
        if name in _NOT_PLAYED:
            self._passed_over = offset + size
            return
        self.digest.update(name)
        if name in _CONTAINERS:
            return
        skip = 0
        if name in _DATED:
            version = source.read(offset, 4)
            self.digest.update(version)
            skip = 20 if version[:1] == b"\1" else 12
        if name in _PLACES:
            size = min(size, 8)  # version and count, without the places themselves
        for piece in source.pieces(offset + skip, max(0, size - skip)):
            self.digest.update(piece)


class Box(NamedTuple):
    """One box: ``at`` is where its header begins, ``offset`` and ``size`` are of its content.

    ``depth`` is 0 at the top of the file.
    """

    name: bytes
    at: int
    offset: int
    size: int
    depth: int


@dataclass(slots=True)
class Movie:
    """All tracks of a file, and where its fragments and what extends ``moov`` to them lie."""

    tracks: list[Track] = field(default_factory=list)
    fragments: list[Box] = field(default_factory=list)
    header: tuple[int, int] = (0, 0)  # mvhd, as (offset, size)
    extends: tuple[int, int] = (0, 0)  # mvex
    playing: Playing = field(default_factory=Playing)

    def scale(self, source: Source) -> int:
        """Return how many of the movie's time units make a second; 0 if that is not said."""
        header = source.read(*self.header)
        return int.from_bytes(header[20:24] if header[:1] == b"\1" else header[12:16])

    @property
    def sound(self) -> Track | None:
        """The first sound track."""
        return next((track for track in self.tracks if track.kind == b"soun"), None)


def read_movie(source: Source, walk: Walk, start: int) -> Movie:
    """Go over all boxes of a file that begins at ``start``; list them and what is wrong."""
    movie = Movie()
    for box in _boxes(source, walk, start):
        _take(source, walk, movie, box)
        if box.depth:
            movie.playing.take(source, box.name, box.offset, box.size)
        elif box.name in _ABOUT_FRAGMENTS:
            movie.playing.state(box.name, source.read(box.offset, min(box.size, LARGEST_PARSED)))
    return movie


def _boxes(source: Source, walk: Walk, start: int) -> Iterator[Box]:
    """Yield all boxes, parents before children; what is inside of fragments is not looked at."""
    open_ends = [source.size]
    at, count, repeated = start, 0, 0
    while True:
        while len(open_ends) > 1 and at >= open_ends[-1]:
            at = open_ends.pop()
        head = source.read(at, 16)
        if len(head) < 8 or at >= source.size:
            return
        size, name, skip = int.from_bytes(head[:4]), head[4:8], 8
        if name in _REPEATED and len(open_ends) == 1:
            repeated += 1
        else:
            count += 1
        if count > MOST_BLOCKS or repeated > _MOST_REPEATED:
            walk.structure(f"more than {count + repeated - 1} boxes", at)
            return
        if size == 1:
            size, skip = int.from_bytes(head[8:16]), 16
        elif size == 0:
            size = open_ends[-1] - at
        if size < skip:
            walk.structure(f"a box of {size} bytes", at)
            return
        if at + size > open_ends[-1]:
            room = open_ends[-1] - at
            walk.structure(
                f"truncated: the box {block_name(name)!r} has {room} of its {size} bytes", at
            )
            if name == b"mdat" and len(open_ends) == 1:
                walk.missing.append(Missing(source.size, room - skip, size - skip))
            size = room
        yield Box(name, at, at + skip, size - skip, len(open_ends) - 1)
        if name in _CONTAINERS and len(open_ends) < _DEEPEST:
            open_ends.append(at + size)
            at += skip
        else:
            at += size


def _take(source: Source, walk: Walk, movie: Movie, box: Box) -> None:
    """List a box of the top two levels, and remember the tables of tracks."""
    name, place, depth = box.name, (box.offset, box.size), box.depth
    if name == b"mdat":
        walk.block("mdat", *place)
    elif depth == 0 and name not in _CONTAINERS:
        walk.block(block_name(name), *place, source)
        if name == b"moof":
            movie.fragments.append(box)
    elif depth == 0:
        walk.block(block_name(name), *place)
    elif depth == 1:
        walk.block("moov/" + block_name(name), *place, source)
        if name == b"mvhd":
            movie.header = place
        elif name == b"mvex":
            movie.extends = place
    if name == b"trak":
        movie.tracks.append(Track())
    elif name == b"sinf":
        walk.finding("audio-encrypted", "the sound is encrypted (a protection box is there)")
    elif movie.tracks and depth >= 2:
        track = movie.tracks[-1]
        if name == b"hdlr" and not track.kind:
            track.kind = source.read(box.offset + 8, 4)
        track.tables.setdefault(name, place)


def table(source: Source, track: Track, name: bytes) -> bytes:
    """Return the content of one of a track's boxes; empty where it has no such box."""
    offset, size = track.tables.get(name, (0, 0))
    return source.read(offset, min(size, LARGEST_PARSED * 4))


def children(data: bytes) -> Iterator[tuple[bytes, int, bytes]]:
    """Yield type, place of the content and content of each box in ``data``, as far as they fit."""
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4])
        if size < 8 or at + size > len(data):
            return
        yield data[at + 4 : at + 8], at + 8, data[at + 8 : at + size]
        at += size
