"""WAVE in RIFF, RF64, BW64 and Sony Wave64.

Sources: Multimedia Programming Interface 1.0 (RIFF), EBU Tech 3285 (BWF), EBU Tech 3306 (RF64),
ITU-R BS.2088 (BW64), Sony's Wave64 description.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from archiver.audio.embedded.bext import read_bext
from archiver.audio.embedded.cart import read_cart
from archiver.audio.embedded.markers import read_adtl, read_cue, read_info, read_smpl
from archiver.audio.embedded.xml import read_xml
from archiver.audio.source import Source
from archiver.audio.tags.values import as_base64
from archiver.audio.walk.declared import never_filled_in, promises_more
from archiver.audio.walk.model import LARGEST_PARSED, MOST_BLOCKS, Missing, Walk, block_name
from archiver.audio.walk.wave_format import WaveFormat, apply_format, read_format

_UNKNOWN = 0xFFFFFFFF
_W64_TAILS = (
    bytes.fromhex("f3acd3118cd100c04f8edb8a"),
    bytes.fromhex("2e91cf11a5d628db04c10000"),
)
_ONLY_ONCE = (b"fmt ", b"data", b"bext", b"ds64", b"fact")


@dataclass(slots=True)
class _Wave:
    """What is gathered until the last chunk has been seen."""

    wave: WaveFormat | None = None
    fmt_offset: int = 0
    data: tuple[int, int] | None = None
    data_declared: int = 0
    fact_frames: int | None = None
    sizes64: dict[bytes, int] = field(default_factory=dict)
    outer: int = 0  # the size that the file states of itself, counted from the byte ``first``
    first: int = 0
    bext_version: int | None = None
    seen: set[bytes] = field(default_factory=set)


def walk_riff(source: Source, format_id: str, start: int) -> Walk:
    """Walk a WAVE family file from ``start``."""
    walk = Walk(format_id)
    gathered = _Wave()
    if format_id == "w64":
        _chunks64(source, walk, gathered, start)
    else:
        _chunks(source, walk, gathered, start)
    _conclude(source, walk, gathered)
    return walk


def _chunks(source: Source, walk: Walk, gathered: _Wave, start: int) -> None:
    gathered.outer = int.from_bytes(source.read(start + 4, 4), "little")
    gathered.first = start + 8
    at = start + 12
    for _ in range(MOST_BLOCKS):
        head = source.read(at, 8)
        if len(head) < 8:
            break
        name, size = head[:4], int.from_bytes(head[4:], "little")
        if not _is_name(name):
            break
        room = source.size - at - 8
        if size == _UNKNOWN and name in gathered.sizes64:
            size = gathered.sizes64[name]
        if name == b"data" and _is_open(source, gathered, size, at + 8):
            walk.structure("the size of the data chunk was never filled in", at)
            size = room
        if size > room:
            _cut_short(source, walk, gathered, name, size, at + 8)
        _chunk(source, walk, gathered, name, at + 8, min(size, room), size)
        at += 8 + min(size, room)
        if size % 2 and at < source.size:
            at += _pad(source, walk, at)
    else:
        walk.structure(f"more than {MOST_BLOCKS} chunks", at)
    _check_outer(source, walk, gathered.outer, start, at)


def _is_open(source: Source, gathered: _Wave, size: int, at: int) -> bool:
    """Tell whether the data that begin at ``at`` go to the end of the file, whatever their size."""
    if size == 0:
        follows = source.read(at, 4)
        return bool(follows) and never_filled_in(gathered.outer) and not _is_name(follows)
    return size == _UNKNOWN or (size > source.size - at and never_filled_in(size))


def _pad(source: Source, walk: Walk, at: int) -> int:
    """Return the pad byte's length: 1, or 0 where a writer forgot it and a chunk follows."""
    ahead = source.read(at, 5)
    if ahead[0] != 0 and _is_name(ahead[:4]) and not _is_name(ahead[1:5]):
        walk.structure("the pad byte after a chunk of odd size is missing", at)
        return 0
    return 1


def _is_name(name: bytes) -> bool:
    return len(name) == 4 and all(0x20 <= byte < 0x7F or byte == 0xA9 for byte in name)


def _cut_short(
    source: Source, walk: Walk, gathered: _Wave, name: bytes, size: int, at: int
) -> None:
    """Record a chunk of which the content, from ``at``, goes on behind the end of the file."""
    room = source.size - at
    words = f"truncated: the chunk {block_name(name)!r} has {room} of its {size} bytes"
    walk.structure(words, at)
    if name == b"data" and promises_more(gathered.outer, source.size - gathered.first):
        rate = gathered.wave.bytes_a_second if gathered.wave is not None else 0
        walk.missing.append(Missing(source.size, room, size, rate))


def _check_outer(source: Source, walk: Walk, declared: int, start: int, end: int) -> None:
    """Compare the outer size with where the chunks end and where the file ends."""
    stated = start + 8 + declared
    left = source.size - end
    if left > 0:
        walk.block("(trailing bytes)", end, left, source)
        walk.structure(f"{left} bytes follow the last chunk", end)
    if stated != source.size and never_filled_in(declared):
        walk.structure("the size of the file was never filled in", start + 4)
    elif stated + declared % 2 < source.size or stated > source.size:
        walk.structure(f"the file says it has {stated} bytes and has {source.size}", start + 4)


def _chunks64(source: Source, walk: Walk, gathered: _Wave, start: int) -> None:
    gathered.first = start
    declared = gathered.outer = int.from_bytes(source.read(start + 16, 8), "little")
    at = start + 40
    for _ in range(MOST_BLOCKS):
        head = source.read(at, 24)
        size = int.from_bytes(head[16:], "little") - 24
        if len(head) < 24 or size < 0:
            break
        name = head[:4] if head[4:16] in _W64_TAILS else head[:16]
        room = source.size - at - 24
        if name == b"data" and size > room and never_filled_in(size):
            walk.structure("the size of the data chunk was never filled in", at)
            size = room
        if size > room:
            _cut_short(source, walk, gathered, name, size, at + 24)
        _chunk(source, walk, gathered, name, at + 24, min(size, room), size)
        at += 24 + size + -size % 8
        if at >= source.size:
            break
    if declared != source.size and never_filled_in(declared):
        walk.structure("the size of the file was never filled in", start + 16)
    elif declared != source.size:
        walk.structure(f"the file says it has {declared} bytes and has {source.size}", start + 16)


def _chunk(
    source: Source, walk: Walk, gathered: _Wave, name: bytes, at: int, size: int, declared: int
) -> None:
    """List one chunk and read it where it has a meaning here."""
    if name in _ONLY_ONCE and name in gathered.seen:
        walk.structure(f"the chunk {block_name(name)!r} is there twice", at)
    first = name not in gathered.seen
    gathered.seen.add(name)
    if name == b"data":
        walk.block("data", at, size)
        if first:
            gathered.data, gathered.data_declared = (at, size), declared
        return
    walk.block(block_name(name), at, size, source)
    if size <= LARGEST_PARSED and (first or name == b"LIST"):
        _read_chunk(walk, gathered, name, source.read(at, size), at)


def _read_chunk(walk: Walk, gathered: _Wave, name: bytes, body: bytes, at: int) -> None:
    if name == b"fmt ":
        gathered.wave, gathered.fmt_offset = read_format(body), at
        walk.codec_headers = body
    elif name == b"ds64" and len(body) >= 24:
        _read_ds64(walk, gathered, body)
    elif name == b"fact" and len(body) >= 4:
        gathered.fact_frames = int.from_bytes(body[:4], "little")
    elif name == b"bext":
        walk.embedded["bext"] = read_bext(body)
        gathered.bext_version = walk.embedded["bext"]["version"]
    elif name == b"LIST":
        if body[:4] == b"INFO":
            walk.tags += read_info(body[4:])
        elif body[:4] == b"adtl":
            walk.embedded.setdefault("adtl", []).extend(read_adtl(body[4:]))
    elif name in _READERS:
        key, reader = _READERS[name]
        walk.embedded[key] = reader(body)


_READERS = {
    b"cue ": ("cue", read_cue),
    b"smpl": ("smpl", read_smpl),
    b"cart": ("cart", read_cart),
    b"iXML": ("ixml", read_xml),
    b"axml": ("axml", read_xml),
    b"_PMX": ("xmp", read_xml),
    b"chna": ("chna", as_base64),
    b"MD5 ": ("md5", lambda body: body[:16].hex()),
}


def _read_ds64(walk: Walk, gathered: _Wave, body: bytes) -> None:
    """EBU Tech 3306 3.4: the true sizes, for the file, the data and any other large chunk."""
    riff64 = int.from_bytes(body[:8], "little")
    if gathered.outer == _UNKNOWN or walk.format_id != "wav":
        gathered.outer = riff64
    gathered.sizes64[b"data"] = int.from_bytes(body[8:16], "little")
    frames = int.from_bytes(body[16:24], "little")
    count = int.from_bytes(body[24:28], "little")
    for n in range(min(count, 1000, (len(body) - 28) // 12)):
        entry = body[28 + 12 * n : 40 + 12 * n]
        gathered.sizes64[entry[:4]] = int.from_bytes(entry[4:], "little")
    walk.embedded["ds64"] = {
        "riff_size": riff64,
        "data_size": gathered.sizes64[b"data"],
        "sample_count": frames,
    }


def _conclude(source: Source, walk: Walk, gathered: _Wave) -> None:
    """Draw the facts from what was gathered, and compare its parts with each other."""
    wave = gathered.wave
    if wave is None:
        walk.structure("there is no usable format chunk")
    if gathered.data is None:
        walk.structure("there is no data chunk")
        if not never_filled_in(gathered.outer) and gathered.first + gathered.outer > source.size:
            walk.missing.append(Missing(source.size, 0, 0))
    if wave is None or gathered.data is None:
        return
    apply_format(walk, wave, gathered.fmt_offset)
    walk.version = _version(gathered, wave)
    walk.pronom = _pronom(walk.format_id, gathered, wave)
    walk.audio = [gathered.data]
    size = gathered.data[1]
    if walk.format_id == "wav" and source.size > 1 << 32:
        walk.structure("a RIFF file cannot be larger than 4 GiB; RF64 or BW64 can")
    frame = wave.channels * ((wave.bits + 7) // 8)
    if wave.is_plain and frame:
        if size % frame:
            walk.structure(f"the data ends inside a sample frame of {frame} bytes")
        walk.timed(size // frame, wave.rate)
    elif gathered.fact_frames and gathered.fact_frames != _UNKNOWN:
        walk.timed(gathered.fact_frames, wave.rate)
    elif wave.byte_rate:
        walk.facts["duration_s"] = round(size / wave.byte_rate, 6)


def _version(gathered: _Wave, wave: WaveFormat) -> str:
    shape = "WAVEFORMATEXTENSIBLE" if wave.extensible else "WAVEFORMATEX"
    if wave.size <= 16:
        shape = "PCMWAVEFORMAT"
    return shape if gathered.bext_version is None else f"{shape}, BWF {gathered.bext_version}"


def _pronom(format_id: str, gathered: _Wave, wave: WaveFormat) -> str | None:
    if format_id == "rf64":
        return "fmt/712"
    if format_id == "w64":
        return "fmt/951"
    if format_id == "bw64":
        return None
    if gathered.bext_version in (0, 1, 2):
        return f"fmt/{(709 if wave.extensible else 703) + gathered.bext_version}"
    if wave.extensible:
        return "fmt/143"
    return "fmt/141" if wave.size <= 16 else "fmt/142"
