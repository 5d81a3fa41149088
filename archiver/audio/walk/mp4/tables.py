"""The tables of an MPEG-4 track: how large its samples are, how long, and where they lie.

Source: ISO/IEC 14496-12 8.6 and 8.7.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from archiver.audio.source import Source
from archiver.audio.walk.mp4.boxes import Track, table

MOST_SAMPLES = 4_000_000  # a whole day of AAC


def _numbers() -> array[int]:
    return array("I")


@dataclass(slots=True)
class Samples:
    """The samples of a track as they are played: bytes and time units of each, and their places.

    ``runs`` are (offset, count): so many samples follow each other in the file from there on.
    """

    sizes: array[int] = field(default_factory=_numbers)
    lengths: array[int] = field(default_factory=_numbers)
    runs: list[tuple[int, int]] = field(default_factory=list)

    def spans(self) -> Iterator[tuple[int, int]]:
        """Yield (offset, size) of all runs, those that follow each other in the file joined."""
        totals = array("Q", accumulate(self.sizes, initial=0))
        sample, begin, size = 0, -1, 0
        for offset, count in self.runs:
            last = min(sample + count, len(self.sizes))
            length = totals[last] - totals[sample]
            sample = last
            if offset == begin + size:
                size += length
                continue
            if size:
                yield begin, size
            begin, size = offset, length
        if size:
            yield begin, size


def read_tables(source: Source, track: Track, frame_bytes: int | None = None) -> Samples | None:
    """Return the samples that the tables of ``track`` name; ``None`` when they are too many.

    ``frame_bytes`` is the size of a sample of uncompressed sound. There are millions of them, all
    alike, so each chunk counts as one.
    """
    places = _places(source, track)
    sizes, lengths = table(source, track, b"stsz"), numbers(table(source, track, b"stts")[8:], "I")
    if frame_bytes and len(lengths) == 2 and _are_alike(sizes, frame_bytes):
        return _in_chunks(places, frame_bytes, int.from_bytes(sizes[8:12]), lengths[1])
    each = _sizes(sizes)
    if each is None:
        return None
    samples = Samples(each, runs=list(places))
    for place in range(0, len(lengths) - 1, 2):
        room = len(each) - len(samples.lengths)
        samples.lengths += lengths[place + 1 : place + 2] * min(lengths[place], room)
    return samples


def _places(source: Source, track: Track) -> Iterator[tuple[int, int]]:
    """Yield each chunk's offset, and how many samples it holds."""
    offsets = numbers(table(source, track, b"co64")[8:], "Q") or numbers(
        table(source, track, b"stco")[8:], "I"
    )
    for chunk, count in _chunks(len(offsets), numbers(table(source, track, b"stsc")[8:], "I")):
        yield offsets[chunk], count


def _are_alike(table: bytes, frame_bytes: int) -> bool:
    """Whether all samples are of the size they must have, or of 1: QuickTime then means no size."""
    return len(table) >= 12 and int.from_bytes(table[4:8]) in (1, frame_bytes)


def _in_chunks(
    places: Iterable[tuple[int, int]], frame_bytes: int, count: int, ticks: int
) -> Samples:
    """Return one sample for each chunk; ``count`` samples of ``ticks`` are declared in all."""
    samples = Samples(array("Q"), array("Q"))
    left = count
    for offset, held in places:
        held = min(held, left)
        left -= held
        samples.runs.append((offset, 1))
        samples.sizes.append(held * frame_bytes)
        samples.lengths.append(held * ticks)
    if left:  # declared, and in no chunk
        samples.sizes.append(left * frame_bytes)
        samples.lengths.append(left * ticks)
    return samples


def numbers(raw: bytes, code: str) -> array[int]:
    """Return big-endian numbers of ``raw``; ``I`` for 32 bits, ``Q`` for 64."""
    width = 4 if code == "I" else 8
    numbers = array(code, raw[: len(raw) // width * width])
    numbers.byteswap()
    return numbers


def _sizes(table: bytes) -> array[int] | None:
    """Return the size of each sample; ``None`` when they are too many to be followed."""
    if len(table) < 12:
        return array("I")
    same, count = struct.unpack_from(">II", table, 4)
    if count > MOST_SAMPLES:
        return None
    if same:
        return array("I", [same] * count)
    return numbers(table[12 : 12 + 4 * count], "I")


def _chunks(chunks: int, runs: array[int]) -> Iterator[tuple[int, int]]:
    """Yield each chunk's place in the table of offsets and how many samples it holds.

    ``runs`` are triples: first chunk (from 1), samples per chunk, description.
    """
    done = 0  # runs follow each other; a table that goes back would never end
    for place in range(0, len(runs) - 2, 3):
        first = max(runs[place] - 1, done)
        last = min(runs[place + 3] - 1 if place + 5 < len(runs) else chunks, chunks)
        for chunk in range(first, last):
            yield chunk, runs[place + 1]
        done = max(done, last)
