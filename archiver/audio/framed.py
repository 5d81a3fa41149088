"""The frames of MPEG audio and ADTS one after another, over places where some were destroyed."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archiver.audio.marks import Marks
from archiver.audio.mpeg_header import AdtsHeader, MpegHeader, adts_header, free_header, mpeg_header
from archiver.audio.source import Source

_WINDOW = 1 << 20
_HEADER = 9
_MOST_SEARCHED = 64 << 20
_SYNC = re.compile(rb"\xff[\xe0-\xff]")


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame header read: bytes of the whole frame, its samples, and what never changes."""

    size: int
    samples: int
    stream: tuple[object, ...]


def _mpeg(header: MpegHeader) -> Frame:
    return Frame(header.size, header.samples, (header.version, header.layer, header.sample_rate))


def _adts(header: AdtsHeader) -> Frame:
    shape = header.profile, header.sample_rate, header.channel_configuration
    return Frame(header.size, header.blocks * 1024, shape)


Headers = Callable[[bytes, int], Frame | None]


def MPEG(data: bytes, at: int) -> Frame | None:  # noqa: N802 - one of two named alike
    """Read an MPEG audio frame header."""
    header = mpeg_header(data, at)
    return None if header is None else _mpeg(header)


def free_format(unpadded: int) -> Headers:
    """Return what reads headers of free-format MPEG audio, whose frames have ``unpadded`` bytes."""

    def read(data: bytes, at: int) -> Frame | None:
        header = free_header(data, at, unpadded)
        return None if header is None else _mpeg(header)

    return read


def ADTS(data: bytes, at: int) -> Frame | None:  # noqa: N802
    """Read an ADTS frame header."""
    header = adts_header(data, at)
    return None if header is None else _adts(header)


@dataclass(slots=True)
class _Run:
    """Whole frames that follow each other without a gap, from ``begin`` to ``end``."""

    begin: int
    end: int
    sizes: array[int]
    samples: array[int]


def mark_frames(
    source: Source, span: tuple[int, int], headers: Headers, marks: Marks, frames: int | None
) -> None:
    """Mark every frame of the sound in ``span`` (begin, end) with its time.

    A frame counts when another one, or the end, follows it. Those lost in a gap are counted by
    its size and the average frame; where ``frames`` says how many sample frames the whole
    recording had, the gaps share what is missing by their sizes.
    """
    runs = list(_runs(source, *span, headers))
    if not runs:
        return
    begins = [span[0], *(run.end for run in runs)]
    gaps = [run.begin - begin for run, begin in zip(runs, begins, strict=False)]
    gaps.append(span[1] - runs[-1].end)
    played = 0
    for run, missing in zip(runs, _lost(runs, gaps, frames), strict=False):
        played += missing
        at = run.begin
        for size, samples in zip(run.sizes, run.samples, strict=True):
            marks.add(at, played)
            at, played = at + size, played + samples
        marks.add(at, played)


def _lost(runs: list[_Run], gaps: list[int], frames: int | None) -> list[int]:
    """Return how many samples each gap has swallowed, in whole frames."""
    count = sum(len(run.sizes) for run in runs)
    there = sum(sum(run.samples) for run in runs)
    each, mean = there // count, max(1, sum(run.end - run.begin for run in runs) // count)
    lost = [round(gap / mean) * each for gap in gaps]
    if frames is None or not any(gaps):
        return lost
    missing = max(0, frames - there)
    if sum(gap > 0 for gap in gaps) == 1:
        return [missing if gap else 0 for gap in gaps]
    return [round(missing * gap / sum(gaps) / each) * each for gap in gaps]


def _runs(source: Source, at: int, end: int, headers: Headers) -> Iterator[_Run]:
    data = _Ahead(source, end, headers)
    run: _Run | None = None
    stream: tuple[object, ...] | None = None
    while at < end and data.searched < _MOST_SEARCHED:
        frame = data.frame(at, stream)
        if frame is None:
            if run is not None:
                yield run
                run = None
            at = data.next_sync(at + 1)
            continue
        stream = stream or frame.stream
        run = run or _Run(at, at, array("L"), array("L"))
        run.sizes.append(frame.size)
        run.samples.append(frame.samples)
        at = run.end = at + frame.size
    if run is not None:
        yield run


class _Ahead:
    """Reads headers ahead of a position that moves forward."""

    def __init__(self, source: Source, end: int, headers: Headers) -> None:
        self.searched = 0
        self._source, self._end, self._headers = source, end, headers
        self._data, self._base = b"", 0

    def frame(self, at: int, stream: tuple[object, ...] | None) -> Frame | None:
        """Return the frame at ``at`` if it is of the stream and another or the end follows."""
        frame = self._header(at)
        if frame is None or (stream is not None and frame.stream != stream):
            return None
        following = at + frame.size
        if following == self._end:
            return frame
        after = self._header(following)
        return frame if after is not None and after.stream == frame.stream else None

    def next_sync(self, at: int) -> int:
        """Return where the next sync code is, or the end."""
        while at < self._end:
            self._have(at)
            match = _SYNC.search(self._data, at - self._base)
            if match is not None:
                self.searched += match.start() + self._base - at + 1
                return match.start() + self._base
            self.searched += len(self._data)
            at = self._base + max(1, len(self._data) - 1)
            self._base = -1  # read on from here
        return self._end

    def _header(self, at: int) -> Frame | None:
        self._have(at)
        return self._headers(self._data, at - self._base)

    def _have(self, at: int) -> None:
        inside = self._base <= at and at + _HEADER <= self._base + len(self._data)
        if not inside or self._base < 0:
            self._data = self._source.read(at, min(_WINDOW, self._end - at))
            self._base = at
