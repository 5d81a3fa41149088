"""Chapter tracks: tracks of text that the sound track refers to (``tref`` with ``chap``).

Sources: ISO/IEC 14496-12 8.3.3 (``tref``); QuickTime File Format, chapter lists and text sample
data: each sample is a length of 16 bits, the title, and boxes that say how it is written.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Any

from archiver.audio.source import Source
from archiver.audio.tags.values import as_base64, json_ready
from archiver.audio.walk.model import Walk
from archiver.audio.walk.mp4.boxes import Movie, Track, children, table
from archiver.audio.walk.mp4.edits import begin_of_edits
from archiver.audio.walk.mp4.tables import Samples, numbers, read_tables

_TEXT = (b"text", b"sbtl", b"subt")
_MOST_CHAPTERS = 10_000
_LARGEST_TITLE = 65_535 + 2 + 256  # what its length can say, and boxes behind it
_BYTE_ORDERS = (b"\xfe\xff", b"\xff\xfe")


def read_chapters(source: Source, walk: Walk, movie: Movie, sound: Track) -> None:
    """Read the titles and starts of the chapters of ``sound`` into the tags of ``walk``."""
    wanted: list[int] = []
    for name, _, content in children(table(source, sound, b"tref")[:65_536]):
        if name == b"chap":
            wanted += numbers(content, "I")
    for track in movie.tracks if wanted else ():
        if track.kind in _TEXT and track.number(source) in wanted:
            _read(source, walk, movie, track)


def _read(source: Source, walk: Walk, movie: Movie, track: Track) -> None:
    samples, scale = read_tables(source, track), track.scale(source)
    if samples is None or len(samples.sizes) > _MOST_CHAPTERS:
        walk.structure(f"a chapter track has more than {_MOST_CHAPTERS} chapters")
        return
    if not scale or len(samples.lengths) < len(samples.sizes):
        walk.structure("a chapter track does not say when its chapters begin")
        return
    too_large = max(samples.sizes, default=0)
    if too_large > _LARGEST_TITLE:
        walk.structure(f"a chapter track has a title of {too_large} bytes")
        return
    first = _first(source, movie, track, scale)
    begins = accumulate(samples.lengths, initial=0)
    values = [
        {"start_s": round(max(0.0, first + begin / scale), 6), "title": title}
        for begin, title in zip(begins, _titles(source, samples), strict=False)
        if title is not None
    ]
    walk.tags.append({"system": "mp4", "key": "(chapter track)", "values": values})


def _first(source: Source, movie: Movie, track: Track, scale: int) -> float:
    """Return when the first sample is shown, in seconds: edits put it off, or skip a part."""
    whole = movie.scale(source)
    empty, begin = begin_of_edits(table(source, track, b"elst"))
    return (empty / whole if whole else 0.0) - begin / scale


def _titles(source: Source, samples: Samples) -> list[Any]:
    titles: list[Any] = []
    sample = 0
    for offset, count in samples.runs:
        at = offset
        for size in samples.sizes[sample : sample + count]:
            titles.append(_title(source.read(at, size)))
            at += size
        sample += count
    return titles


def _title(data: bytes) -> Any:
    """Return the text of one sample, ready for JSON; ``None`` where it is not there."""
    if len(data) < 2:
        return None
    text = data[2 : 2 + int.from_bytes(data[:2])]
    try:
        return json_ready(text.decode("utf-16" if text[:2] in _BYTE_ORDERS else "utf-8"))
    except UnicodeDecodeError:
        return as_base64(text)
