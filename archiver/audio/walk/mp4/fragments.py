"""Movie fragments: samples that are told of piece by piece, as streams and live recordings are.

Source: ISO/IEC 14496-12 8.8 (``mvex``, ``moof``, ``traf``, ``tfhd``, ``tfdt``, ``trun``).
"""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass

from archiver.audio.source import Source
from archiver.audio.walk.model import LARGEST_PARSED, Walk
from archiver.audio.walk.mp4.boxes import Box, Movie, Playing, Track, children
from archiver.audio.walk.mp4.tables import MOST_SAMPLES, Samples, numbers

# Flags of tfhd.
_BASE_STATED, _DESCRIPTION, _LENGTH, _SIZE = 0x1, 0x2, 0x8, 0x10
_BASE_IS_MOOF = 0x20000
# Flags of trun: what stands once, and what stands for each sample.
_OFFSET, _FIRST_FLAGS = 0x1, 0x4
_EACH_LENGTH, _EACH_SIZE, _EACH_FLAGS, _EACH_SHIFT = 0x100, 0x200, 0x400, 0x800
# How far the time a fragment states may lie from the sum of what was played before it.
_TOLERANCE_SECONDS = 0.1


class _TooManyError(Exception):
    """There are more samples than can be followed."""


@dataclass(slots=True)
class _Defaults:
    """What holds for the samples of a track in fragments, unless they say otherwise."""

    length: int = 0
    size: int = 0


@dataclass(slots=True)
class _Reader:
    """Goes through fragments; ``samples`` are those of the track ``number``."""

    walk: Walk
    number: int
    samples: Samples
    defaults: dict[int, _Defaults]
    playing: Playing
    seen: int = 0  # samples of all tracks
    stated: int | None = None  # when the fragment says it begins, in the track's time units

    def fragment(self, box: Box, data: bytes) -> None:
        """Read one ``moof`` box, the content of which is ``data``."""
        self.stated = None
        behind = box.at  # where the data of the track before ended
        played = bytearray(data)
        for name, offset, content in children(data):
            if name == b"traf":
                behind = self._track(box, behind, content)
                _hide_places(played, offset, content)
        self.playing.state(b"moof", bytes(played))

    def _track(self, box: Box, behind: int, data: bytes) -> int:
        head = next((content for name, _, content in children(data) if name == b"tfhd"), b"")
        if len(head) < 8:
            return behind
        flags, number = struct.unpack_from(">II", head)
        base, defaults = self._head(head, flags & 0xFFFFFF, number)
        if base is None:
            base = box.at if flags & _BASE_IS_MOOF else behind
        end = base
        for name, _, content in children(data):
            if name == b"trun" and len(content) >= 8:
                begin = end
                if content[3] & _OFFSET:
                    begin = base + int.from_bytes(content[8:12], signed=True)
                end = self._run(box, number, begin, defaults, content)
            elif name == b"tfdt" and number == self.number and len(content) >= 8:
                self.stated = int.from_bytes(content[4 : 12 if content[0] == 1 else 8])
        return end

    def _head(self, head: bytes, flags: int, number: int) -> tuple[int | None, _Defaults]:
        """Return where offsets count from, ``None`` if that is not stated, and what holds."""
        usual = self.defaults.get(number, _Defaults())
        found = _Defaults(usual.length, usual.size)
        base, at = None, 8
        if flags & _BASE_STATED:
            base, at = int.from_bytes(head[at : at + 8]), at + 8
        if flags & _DESCRIPTION:
            at += 4
        if flags & _LENGTH:
            found.length, at = int.from_bytes(head[at : at + 4]), at + 4
        if flags & _SIZE:
            found.size = int.from_bytes(head[at : at + 4])
        return base, found

    def _run(self, box: Box, number: int, begin: int, usual: _Defaults, data: bytes) -> int:
        """Take in one run of samples that begins at ``begin``; return where it ends."""
        each, rows, count = _rows(data)
        self.seen += count
        if self.seen > MOST_SAMPLES:
            raise _TooManyError
        sizes = _column(rows, each, _EACH_SIZE, usual.size, count)
        if len(sizes) < count:
            self.walk.structure(f"a fragment has {len(sizes)} of {count} samples", box.at)
        if begin < 0:
            self.walk.structure("a fragment says its samples lie before the file", box.at)
        elif number == self.number:
            lengths = _column(rows, each, _EACH_LENGTH, usual.length, count)
            self.samples.sizes += sizes
            self.samples.lengths += lengths
            self.samples.runs.append((begin, len(sizes)))
        return begin + sum(sizes)


def _hide_places(played: bytearray, offset: int, traf: bytes) -> None:
    """Blank what counts from the beginning of the file: a tag in front moves it."""
    for name, inner, content in children(traf):
        if name == b"tfhd" and len(content) >= 16 and content[3] & _BASE_STATED:
            played[offset + inner + 8 : offset + inner + 16] = bytes(8)


def _rows(data: bytes) -> tuple[list[int], array[int], int]:
    """Return what a run states for each sample, row after row, and how many rows it promises."""
    flags, count = struct.unpack_from(">II", data)
    at = 8 + (4 if flags & _OFFSET else 0) + (4 if flags & _FIRST_FLAGS else 0)
    each = [bit for bit in (_EACH_LENGTH, _EACH_SIZE, _EACH_FLAGS, _EACH_SHIFT) if flags & bit]
    rows = numbers(data[at : at + 4 * count * len(each)], "I")
    return each, rows[: len(rows) // (len(each) or 1) * len(each)], count


def _column(rows: array[int], each: list[int], bit: int, usual: int, count: int) -> array[int]:
    """Return one number for each sample: out of the rows, or else what usually holds."""
    if bit in each:
        return rows[each.index(bit) :: len(each)]
    there = len(rows) // len(each) if each else count
    return array("I", [usual]) * there


def add_fragments(
    source: Source, walk: Walk, movie: Movie, track: Track, samples: Samples
) -> Samples | None:
    """Put the samples of ``track`` in all fragments behind ``samples``, which are those of tables.

    ``None`` when they are too many to be followed. Fragments that state another time than they
    are played at are a finding, since one between them is missing then.
    """
    defaults = _defaults(source, movie)
    reader = _Reader(walk, track.number(source), samples, defaults, movie.playing)
    scale = track.scale(source)
    played, ahead = sum(samples.lengths), None
    for box in movie.fragments:
        if box.size > LARGEST_PARSED:
            walk.structure(f"the index of a fragment has {box.size} bytes, too many", box.at)
            continue
        before = len(samples.lengths)
        try:
            reader.fragment(box, source.read(box.offset, box.size))
        except _TooManyError:
            return None
        if reader.stated is not None:
            lead = reader.stated - played
            if ahead is not None and abs(lead - ahead) > scale * _TOLERANCE_SECONDS:
                off = f"{(lead - ahead) / (scale or 1):+.3f} s"
                walk.structure(f"a fragment begins {off} from where those before it end", box.at)
                ahead = None
            ahead = lead if ahead is None else ahead
        played += sum(samples.lengths[before:])
    return samples


def _defaults(source: Source, movie: Movie) -> dict[int, _Defaults]:
    """Read what ``trex`` boxes say: the usual length and size of samples, track by track."""
    offset, size = movie.extends
    found = {}
    for name, _, content in children(source.read(offset, min(size, LARGEST_PARSED))):
        if name == b"trex" and len(content) >= 24:
            number, _, length, usual = struct.unpack_from(">4I", content, 4)
            found[number] = _Defaults(length, usual)
    return found
