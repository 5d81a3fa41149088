"""Advanced Systems Format: header objects, the first sound stream, where the data packets lie.

Source: Advanced Systems Format specification 1.20.03, 2 to 4. Tags and pictures are mutagen's to
read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from archiver.audio.asf_objects import (
    CONTENT_ENCRYPTION,
    EXTENDED_CONTENT_ENCRYPTION,
    HEADER,
    HEADER_EXTENSION,
)
from archiver.audio.source import Source
from archiver.audio.walk.model import MOST_BLOCKS, Missing, Walk, seconds
from archiver.audio.walk.wave_format import WaveFormat, apply_pcm, read_format

_DATA = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")
_FILE = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_STREAM = bytes.fromhex("9107dcb7b7a9cf118ee600c00c205365")
_SOUND = bytes.fromhex("409e69f84d5bcf11a8fd00805f5c442b")
_PICTURE = bytes.fromhex("c0ef19bc4d5bcf11a8fd00805f5c442b")
_SPREAD = bytes.fromhex("50cdc3bf8f61cf118bb200aa00b4e220")
_NAMES = {
    HEADER: "Header",
    _DATA: "Data",
    _FILE: "File Properties",
    _STREAM: "Stream Properties",
    CONTENT_ENCRYPTION: "Content Encryption",
    EXTENDED_CONTENT_ENCRYPTION: "Extended Content Encryption",
    HEADER_EXTENSION: "Header Extension",
    bytes.fromhex("3326b2758e66cf11a6d900aa0062ce6c"): "Content Description",
    bytes.fromhex("40a4d0d207e3d21197f000a0c95ea850"): "Extended Content Description",
    bytes.fromhex("4052d1861d31d011a3a400a0c90348f6"): "Codec List",
    bytes.fromhex("ce75f87b8d46d1118d82006097c9a2b2"): "Stream Bitrate Properties",
    bytes.fromhex("90080033b1e5cf1189f400a0c90349cb"): "Simple Index",
}
_LARGEST_STREAM = 65_536
_LARGEST_PACKET = 1 << 20
_BROADCAST = 1


@dataclass(frozen=True, slots=True)
class AsfStream:
    """A sound stream: its number and, where its bytes are spread, over how many packets."""

    number: int
    wave: WaveFormat
    private: bytes
    span: int = 1
    packet: int = 0  # bytes of a virtual packet
    chunk: int = 0  # bytes of a virtual chunk
    encrypted: bool = False


def walk_asf(source: Source, format_id: str, start: int) -> Walk:
    """Walk the objects of the header, and those behind it."""
    walk = Walk(format_id, pronom="fmt/131")
    head = source.read(start, 30)
    size = int.from_bytes(head[16:24], "little")
    if len(head) < 30 or size < 30 or start + size > source.size:
        walk.structure("truncated: the header is not whole", start)
        return walk
    held: dict[str, int] = {}
    streams: list[AsfStream] = []
    pictures = False
    for kind, offset, length in _objects(source, walk, start + 30, start + size):
        walk.block(_name(kind), offset, length, source)
        if kind == _FILE:
            held = _file(walk, source.read(offset, min(length, 80)))
        elif kind == _STREAM:
            body = source.read(offset, min(length, _LARGEST_STREAM))
            pictures = pictures or body[:16] == _PICTURE
            if (stream := _stream(body)) is not None:
                streams.append(stream)
        elif kind in (CONTENT_ENCRYPTION, EXTENDED_CONTENT_ENCRYPTION):
            walk.finding("audio-encrypted", f"the sound is encrypted ({_name(kind)})", offset)
    if not streams:
        walk.structure("there is no sound stream")
    else:
        if len(streams) > 1:
            walk.facts["sound_tracks"] = len(streams)
        _facts(walk, streams[0])
        walk.pronom = "fmt/133" if pictures else walk.pronom
    if not held:
        walk.structure("there are no usable file properties")
    for kind, offset, length in _objects(source, walk, start + size, source.size):
        walk.block(_name(kind), offset, length, None if kind == _DATA else source)
        if kind == _DATA and streams and held and not walk.audio:
            _packets(source, walk, held, streams[0], offset, length)
    return walk


def _name(kind: bytes) -> str:
    return _NAMES.get(kind, kind.hex())


def _objects(source: Source, walk: Walk, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield identifier, content offset and content size of each object in a range."""
    for _ in range(MOST_BLOCKS):
        head = source.read(at, min(24, end - at))
        if not head:
            return
        size = int.from_bytes(head[16:], "little")
        if head[:16] == _DATA and len(head) == 24 and (size < 50 or at + size > end):
            _cut(walk, size, at, end)
            size = end - at
        if len(head) < 24 or size < 24 or at + size > end:
            walk.structure(f"{end - at} bytes are no whole object", at)
            return
        yield head[:16], at + 24, size - 24
        at += size
    walk.structure(f"more than {MOST_BLOCKS} objects", at)


def _cut(walk: Walk, size: int, at: int, end: int) -> None:
    """Say that the packets end before their object does; live streams do not know its size."""
    if walk.facts.get("broadcast") and size < 50:
        return
    walk.structure(f"truncated: the data have {end - at} of {size} bytes", at)
    if size > 50:
        rate = round((size - 50) / length) if (length := walk.facts.get("duration_s")) else 0
        walk.missing.append(Missing(end, max(0, end - at - 50), size - 50, rate))


def _file(walk: Walk, data: bytes) -> dict[str, int]:
    """Read the file properties; times are in 100 ns, the preroll in ms."""
    if len(data) < 80:
        return {}
    played, _, preroll, flags, least, most, _ = struct.unpack_from("<QQQIIII", data, 40)
    if flags & _BROADCAST:
        walk.facts["broadcast"] = True
    elif 0 < played - preroll * 10_000 < 1 << 60:
        walk.facts["duration_s"] = seconds(played - preroll * 10_000, 10_000_000)
    return {"preroll": preroll, "least": least, "most": most}


def _stream(data: bytes) -> AsfStream | None:
    """Read the properties of a stream; ``None`` for one that is no sound."""
    if len(data) < 54 or data[:16] != _SOUND:
        return None
    length, more, flags = struct.unpack_from("<IIH", data, 40)
    private = data[54 : 54 + length]
    spread = data[54 + length : 54 + length + more]
    wave = read_format(private)
    if wave is None:
        return None
    number, encrypted = flags & 0x7F, bool(flags & 0x8000)
    if data[16:32] == _SPREAD and len(spread) >= 5 and spread[0] > 1:
        span, packet, chunk = struct.unpack_from("<BHH", spread)
        if chunk and packet // chunk > 1 and packet % chunk == 0:
            return AsfStream(number, wave, private, span, packet, chunk, encrypted)
    return AsfStream(number, wave, private, encrypted=encrypted)


def _facts(walk: Walk, stream: AsfStream) -> None:
    wave = stream.wave
    if stream.encrypted:
        walk.finding("audio-encrypted", "the sound is encrypted (a flag of its stream)")
    lossless = wave.codec in ("wma-lossless", "pcm", "pcm-float")
    walk.codec_headers = stream.private
    walk.facts_from(
        codec=wave.codec,
        sample_rate=wave.rate or None,
        channels=wave.channels or None,
        bit_depth=(wave.valid_bits or None) if lossless else None,
        bit_rate=wave.byte_rate * 8 or None,
        mode="constant" if wave.is_plain else "lossless" if lossless else None,
    )
    if wave.codec.startswith("wma"):
        walk.pronom = "fmt/132"
    apply_pcm(walk, wave)


def _packets(
    source: Source, walk: Walk, held: dict[str, int], stream: AsfStream, offset: int, size: int
) -> None:
    """Say where the packets are, all of one size."""
    each = held["least"]
    if each != held["most"] or not 0 < each <= _LARGEST_PACKET or size < 26:
        walk.structure(f"packets of {each} to {held['most']} bytes", offset)
        return
    count = int.from_bytes(source.read(offset + 16, 8), "little")
    there, rest = divmod(size - 26, each)
    if rest and not walk.missing:
        walk.structure(f"{rest} bytes of the data are no packet", offset + 26 + there * each)
    if count != there and not walk.facts.get("broadcast") and not walk.missing:
        walk.structure(f"the data have {there} of {count} packets", offset)
    walk.audio = [(offset + 26, size - 26)]
    spread = [stream.span, stream.packet, stream.chunk] if stream.span > 1 else None
    walk.layout = {
        "stream": stream.number,
        "packet_size": each,
        "packets": there,
        "preroll_ms": held["preroll"],
        **({"spread": spread} if spread else {}),
    }
