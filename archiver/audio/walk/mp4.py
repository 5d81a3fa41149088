"""MPEG-4 audio: boxes, the first sound track, and where its samples lie.

Sources: ISO/IEC 14496-12 (boxes, sample tables), 14496-14 and 14496-1 (``esds``), Apple's ALAC
magic cookie, RFC 9639 and the Opus and FLAC in ISOBMFF descriptions.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

from blake3 import blake3

from archiver.audio.source import Source
from archiver.audio.walk.aac_config import read_aac_config
from archiver.audio.walk.model import (
    LARGEST_PARSED,
    MOST_BLOCKS,
    Missing,
    Walk,
    block_name,
    seconds,
)

_DEEPEST = 16
_CONTAINERS = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"udta", b"sinf"))
_CODECS = {
    b"alac": "alac",
    b"ac-3": "ac3",
    b"ec-3": "eac3",
    b"Opus": "opus",
    b"fLaC": "flac",
    b"samr": "amr-nb",
    b"sawb": "amr-wb",
    b".mp3": "mp3",
    b"lpcm": "pcm",
    b"sowt": "pcm",
    b"twos": "pcm",
    b"in24": "pcm",
}
_OBJECTS = {0x40: "aac", 0x66: "aac", 0x67: "aac", 0x68: "aac", 0x69: "mp3", 0x6B: "mp3"}
_LOSSLESS = frozenset(("alac", "flac", "pcm"))
_NOT_PLAYED = frozenset((b"udta", b"meta", b"free", b"skip"))
_PLACES = (b"stco", b"co64")
_DATED = (b"mvhd", b"tkhd", b"mdhd")
_MOST_SAMPLES = 4_000_000  # a whole day of AAC


@dataclass(slots=True)
class Track:
    """One ``trak``: its handler and its tables, as (offset, size) of their contents."""

    kind: bytes = b""
    tables: dict[bytes, tuple[int, int]] = field(default_factory=dict)


class _Playing:
    """The digest of everything in ``moov`` that says how to play: all but tags and places.

    Neither the sound's own digest nor that of its description covers the tables of times, edits
    and volumes, and no tagger has any business in them. Where chunks lie is left out, since a tag
    in front moves them, and so are dates.
    """

    def __init__(self) -> None:
        self.digest = blake3()
        self._passed_over = 0

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


@dataclass(slots=True)
class _Found:
    tracks: list[Track] = field(default_factory=list)
    fragmented: bool = False
    data: list[tuple[int, int]] = field(default_factory=list)
    playing: _Playing = field(default_factory=_Playing)

    @property
    def sound(self) -> Track | None:
        """The first sound track."""
        return next((track for track in self.tracks if track.kind == b"soun"), None)


def walk_mp4(source: Source, format_id: str, start: int) -> Walk:
    """Walk the boxes of an MPEG-4 file and lay out the samples of its first sound track."""
    walk = Walk(format_id, pronom="fmt/199")
    found = _read_boxes(source, walk, start)
    walk.version = block_name(source.read(start + 8, 4)).strip() or None
    track = found.sound
    if track is None:
        walk.structure("there is no sound track")
        return walk
    sizes = sum(t.kind == b"soun" for t in found.tracks)
    if sizes > 1:
        walk.facts["sound_tracks"] = sizes
    _describe(source, walk, track)
    walk.embedded["playing"] = {"blake3": found.playing.digest.hexdigest()}
    if found.fragmented:
        walk.facts["fragmented"] = True
        return walk
    _samples(source, walk, track)
    return walk


def sound_track(source: Source, start: int) -> Track | None:
    """Return the first sound track of a file that begins at ``start``."""
    return _read_boxes(source, Walk("mp4"), start).sound


def _read_boxes(source: Source, walk: Walk, start: int) -> _Found:
    found = _Found()
    for name, offset, size, depth in _boxes(source, walk, start):
        _take(source, walk, found, name, offset, size, depth)
        if depth:
            found.playing.take(source, name, offset, size)
    return found


def _boxes(source: Source, walk: Walk, start: int) -> Iterator[tuple[bytes, int, int, int]]:
    """Yield ``(type, content offset, content size, depth)``; parents before children."""
    open_ends = [source.size]
    at, count = start, 0
    while True:
        while len(open_ends) > 1 and at >= open_ends[-1]:
            at = open_ends.pop()
        head = source.read(at, 16)
        if len(head) < 8 or at >= source.size:
            return
        count += 1
        if count > MOST_BLOCKS:
            walk.structure(f"more than {MOST_BLOCKS} boxes", at)
            return
        size, name, skip = int.from_bytes(head[:4]), head[4:8], 8
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
        yield name, at + skip, size - skip, len(open_ends) - 1
        if name in _CONTAINERS and len(open_ends) < _DEEPEST:
            open_ends.append(at + size)
            at += skip
        else:
            at += size


def _take(
    source: Source, walk: Walk, found: _Found, name: bytes, offset: int, size: int, depth: int
) -> None:
    """List a box of the top two levels, and remember the tables of tracks."""
    if name == b"mdat":
        walk.block("mdat", offset, size)
        found.data.append((offset, size))
    elif depth == 0 and name not in _CONTAINERS:
        walk.block(block_name(name), offset, size, source)
        found.fragmented = found.fragmented or name == b"moof"
    elif depth == 0:
        walk.block(block_name(name), offset, size)
    elif depth == 1:
        walk.block("moov/" + block_name(name), offset, size, source)
    if name == b"trak":
        found.tracks.append(Track())
    elif name == b"sinf":
        walk.finding("audio-encrypted", "the sound is encrypted (a protection box is there)")
    elif found.tracks and depth >= 2:
        track = found.tracks[-1]
        if name == b"hdlr" and not track.kind:
            track.kind = source.read(offset + 8, 4)
        track.tables.setdefault(name, (offset, size))


def table(source: Source, track: Track, name: bytes) -> bytes:
    offset, size = track.tables.get(name, (0, 0))
    return source.read(offset, min(size, LARGEST_PARSED * 4))


def _describe(source: Source, walk: Walk, track: Track) -> None:
    """Facts from the media header and the first sample description."""
    header = table(source, track, b"mdhd")
    if len(header) >= 32 and header[0] == 1:
        scale, length = struct.unpack_from(">IQ", header, 20)
    elif len(header) >= 20:
        scale, length = struct.unpack_from(">II", header, 12)
    else:
        scale, length = 0, 0
    entry = table(source, track, b"stsd")[8:]
    if len(entry) < 36:
        walk.structure("the sound track has no usable sample description")
        return
    name = entry[4:8]
    channels, bits = struct.unpack_from(">HH", entry, 24)
    rate = int.from_bytes(entry[32:34])
    walk.codec_headers = entry[: int.from_bytes(entry[:4])]
    codec = _CODECS.get(name, block_name(name).strip())
    extra = _codec_box(walk.codec_headers)
    if name == b"mp4a":
        kind, specific = _decoder_config(extra.get(b"esds", b""))
        codec = _OBJECTS.get(kind, "mp4a")
        if codec == "aac" and (config := read_aac_config(specific)) is not None:
            channels, rate = config.channels or channels, config.sample_rate or rate
    if name in (b"enca", b"drms"):
        walk.finding("audio-encrypted", f"the sound is encrypted ({block_name(name)})")
    if codec == "alac" and len(cookie := extra.get(b"alac", b"")) >= 28:
        bits, channels, rate = cookie[9], cookie[13], int.from_bytes(cookie[24:28])
    lossless = codec in _LOSSLESS
    walk.facts_from(
        codec=codec,
        sample_rate=rate or scale or None,
        channels=channels,
        bit_depth=bits if lossless else None,
        mode="lossless" if lossless else "variable",
    )
    if scale and length not in (0, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF):
        _timed(walk, length, scale, rate or scale)


def _timed(walk: Walk, length: int, scale: int, rate: int) -> None:
    """State the length, which is told in ticks of ``scale`` a second, often samples."""
    if length * rate % scale == 0:
        walk.timed(length * rate // scale, rate)
    else:
        walk.facts["duration_s"] = seconds(length, scale)


def _codec_box(entry: bytes) -> dict[bytes, bytes]:
    """Return the boxes behind the fixed part of a sound description (version 0 or 1)."""
    at = 36 + (16 if entry[16:18] == b"\0\1" else 0)
    found: dict[bytes, bytes] = {}
    while at + 8 <= len(entry):
        size = int.from_bytes(entry[at : at + 4])
        if size < 8:
            break
        found.setdefault(entry[at + 4 : at + 8], entry[at + 8 : at + size])
        at += size
    return found


def _decoder_config(esds: bytes) -> tuple[int, bytes]:
    """Return the object type and the decoder's own configuration out of an ``esds`` box."""
    stream = _descriptor(esds[4:], 3)
    if len(stream) < 3:
        return 0, b""
    flags, at = stream[2], 3
    at += 2 if flags & 0x80 else 0
    at += 1 + stream[at] if flags & 0x40 and at < len(stream) else 0
    at += 2 if flags & 0x20 else 0
    config = _descriptor(stream[at:], 4)
    return (config[0] if config else 0), _descriptor(config[13:], 5)


def _descriptor(data: bytes, tag: int) -> bytes:
    """Return the content of the descriptor that begins ``data``; empty where it has another tag.

    The length has seven bits a byte, in up to four bytes.
    """
    if not data or data[0] != tag:
        return b""
    length = 0
    for at in range(1, min(5, len(data))):
        length = length << 7 | data[at] & 0x7F
        if not data[at] & 0x80:
            return data[at + 1 : at + 1 + length]
    return b""


def numbers(raw: bytes, code: str) -> array[int]:
    """Return big-endian numbers of ``raw``; ``I`` for 32 bits, ``Q`` for 64."""
    width = 4 if code == "I" else 8
    numbers = array(code, raw[: len(raw) // width * width])
    numbers.byteswap()
    return numbers


def _samples(source: Source, walk: Walk, track: Track) -> None:
    """Lay out the coded samples as spans of the file, in playing order."""
    sizes = sample_sizes(table(source, track, b"stsz"))
    if sizes is None:
        walk.structure(f"the table of samples names more than {_MOST_SAMPLES}")
        return
    walk.packets = len(sizes)
    offsets = numbers(table(source, track, b"co64")[8:], "Q") or numbers(
        table(source, track, b"stco")[8:], "I"
    )
    runs = numbers(table(source, track, b"stsc")[8:], "I")
    spans = list(_spans(sizes, offsets, runs))
    walk.audio = [span for span in spans if span[0] + span[1] <= source.size]
    if len(walk.audio) < len(spans):
        walk.structure(f"truncated: {len(spans) - len(walk.audio)} runs of samples are not there")
    laid = sum(size for _, size in spans)
    if laid != sum(sizes):
        walk.structure(f"the tables name {sum(sizes)} bytes of samples and place {laid}")
    length = walk.facts.get("duration_s")
    if length:
        walk.facts["bit_rate"] = round(sum(sizes) * 8 / length)


def sample_sizes(table: bytes) -> array[int] | None:
    """Return the size of each sample; ``None`` when they are too many to be followed."""
    if len(table) < 12:
        return array("I")
    same, count = struct.unpack_from(">II", table, 4)
    if count > _MOST_SAMPLES:
        return None
    if same:
        return array("I", [same] * count)
    return numbers(table[12 : 12 + 4 * count], "I")


def _spans(sizes: array[int], offsets: array[int], runs: array[int]) -> Iterator[tuple[int, int]]:
    """Yield the spans of chunks, those that follow each other in the file joined.

    ``runs`` are triples: first chunk (from 1), samples per chunk, description.
    """
    totals = array("Q", accumulate(sizes, initial=0))
    sample, begin, size = 0, -1, 0
    for chunk, per_chunk in chunk_counts(len(offsets), runs):
        last = min(sample + per_chunk, len(sizes))
        length = totals[last] - totals[sample]
        sample = last
        if offsets[chunk] == begin + size:
            size += length
            continue
        if size:
            yield begin, size
        begin, size = offsets[chunk], length
    if size:
        yield begin, size


def chunk_counts(chunks: int, runs: array[int]) -> Iterator[tuple[int, int]]:
    """Yield each chunk's place in the table of offsets and how many samples it holds."""
    done = 0  # runs follow each other; a table that goes back would never end
    for place in range(0, len(runs) - 2, 3):
        first = max(runs[place] - 1, done)
        last = min(runs[place + 3] - 1 if place + 5 < len(runs) else chunks, chunks)
        for chunk in range(first, last):
            yield chunk, runs[place + 1]
        done = max(done, last)
