"""Ogg: the headers of Vorbis, Opus, FLAC and Speex, and the length of the sound.

Sources: the Vorbis I specification, RFC 7845 (Opus), RFC 9639 10.1 (Ogg FLAC),
the Speex manual.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from archiver.audio.embedded.comments import read_comments
from archiver.audio.embedded.text import field_text
from archiver.audio.source import Source
from archiver.audio.tags.values import digest
from archiver.audio.walk.flac import read_block
from archiver.audio.walk.model import Walk
from archiver.audio.walk.ogg_pages import LARGEST_PAGE, Pages, packets, page_at

_LARGEST_HEADERS = 32 << 20
_NO_GRANULE = -1
_TAIL = 4 * LARGEST_PAGE


@dataclass(frozen=True, slots=True)
class Codec:
    """How a logical stream is coded: how many header packets it has, and how fast it counts."""

    name: str
    headers: int
    rate: int
    skipped: int = 0  # samples at the start that are not played (Opus pre-skip)


def codec_of(packet: bytes, walk: Walk | None = None) -> Codec | None:
    """Recognise the first packet of a logical stream; facts go to ``walk`` where one is given."""
    if packet[:7] == b"\x01vorbis" and len(packet) >= 28:
        return _vorbis(packet, walk)
    if packet[:8] == b"OpusHead" and len(packet) >= 19:
        return _opus(packet, walk)
    if packet[:5] == b"\x7fFLAC" and len(packet) >= 51:
        return _flac(packet, walk)
    if packet[:8] == b"Speex   " and len(packet) >= 80:
        return _speex(packet, walk)
    return None


def _vorbis(packet: bytes, walk: Walk | None) -> Codec:
    version, channels, rate, upper, nominal, lower = struct.unpack_from("<IBIiii", packet, 7)
    if walk is not None:
        walk.version, walk.pronom = f"Vorbis {version}", "fmt/203"
        walk.facts_from(codec="vorbis", sample_rate=rate, channels=channels, mode="variable")
        walk.facts_from(nominal_bit_rate=nominal if nominal > 0 else None)
        walk.facts_from(upper_bit_rate=upper if upper > 0 else None)
        walk.facts_from(lower_bit_rate=lower if lower > 0 else None)
    return Codec("vorbis", 3, rate)


def _opus(packet: bytes, walk: Walk | None) -> Codec:
    version, channels, skip, rate, gain, _ = struct.unpack_from("<BBHIhB", packet, 8)
    if walk is not None:
        walk.version, walk.pronom = f"Opus {version >> 4}.{version & 15}", "fmt/946"
        walk.facts_from(codec="opus", sample_rate=48000, channels=channels, mode="variable")
        walk.facts_from(input_sample_rate=rate or None, pre_skip=skip, output_gain=gain / 256)
    return Codec("opus", 2, 48000, skip)


def _flac(packet: bytes, walk: Walk | None) -> Codec:
    count = int.from_bytes(packet[7:9])
    inner = Walk("ogg-flac") if walk is None else walk
    read_block(inner, 0, packet[17:51])
    inner.pronom, inner.version = "fmt/947", f"Ogg FLAC {packet[5]}.{packet[6]}"
    return Codec("flac", count + 1, inner.facts.get("sample_rate", 0))


def _speex(packet: bytes, walk: Walk | None) -> Codec:
    rate, mode, _, channels, bit_rate = struct.unpack_from("<iiiii", packet, 36)
    vbr, extra = struct.unpack_from("<i4xi", packet, 60)
    if walk is not None:
        walk.version, walk.pronom = field_text(packet[8:28]) or None, "fmt/948"
        walk.facts_from(codec="speex", sample_rate=rate, channels=channels, speex_mode=mode)
        walk.facts_from(mode="variable" if vbr else None)
        walk.facts_from(nominal_bit_rate=bit_rate if bit_rate > 0 else None)
    return Codec("speex", 2 + max(0, min(extra, 100)), max(rate, 0))


def walk_ogg(source: Source, format_id: str, start: int) -> Walk:
    """Walk the headers of an Ogg file and its last page."""
    walk = Walk(format_id)
    serial, codec, first_audio = _headers(source, walk, start)
    if codec is None:
        walk.structure("truncated: the headers of the stream are not whole", start)
        return walk
    walk.audio = [(first_audio, source.size - first_audio)]
    last = _last_granule(source, serial)
    if last is not None:
        walk.timed(max(0, last - codec.skipped), codec.rate)
        length = walk.facts.get("duration_s")
        if length:
            walk.facts["bit_rate"] = round((source.size - first_audio) * 8 / length)
    return walk


def _headers(source: Source, walk: Walk, start: int) -> tuple[int, Codec | None, int]:
    """Read the header packets of the first audio stream; return where its sound begins."""
    serial, codec, seen, started = -1, None, 0, b""
    for page, raw in Pages(source, start, min(source.size, start + _LARGEST_HEADERS)):
        if page is None:
            continue
        if codec is None and page.begins:
            whole, started = packets(page, raw[page.header_size :], b"")
            codec = codec_of(whole[0], walk) if whole else None
            if codec is not None:
                serial, seen = page.serial, 1
                _header_packet(walk, codec, 0, whole[0], page.offset)
        elif codec is not None and page.serial == serial:
            whole, started = packets(page, raw[page.header_size :], started)
            for packet in whole[: codec.headers - seen]:
                _header_packet(walk, codec, seen, packet, page.offset)
                seen += 1
            if seen >= codec.headers:
                return serial, codec, page.offset + page.size
    return serial, None, 0


def _header_packet(walk: Walk, codec: Codec, number: int, packet: bytes, offset: int) -> None:
    """List one header packet with its digest, and read comments and FLAC blocks."""
    name = f"{codec.name} header {number + 1}"
    walk.blocks.append(
        {"id": name, "offset": offset, "size": len(packet), "blake3": digest(packet)}
    )
    if number == 0 or (codec.name == "vorbis" and number == 2):
        walk.codec_headers += packet
    if number == 0:
        return
    if codec.name == "flac":
        if packet and packet[0] & 0x7F != 0:
            read_block(walk, packet[0] & 0x7F, packet[4:])
    elif number == 1:
        magic = {"vorbis": 7, "opus": 8, "speex": 0}[codec.name]
        entries, pictures, problem = read_comments(packet[magic:])
        walk.tags += entries
        walk.pictures += pictures
        if problem:
            walk.structure(problem, offset)


def _last_granule(source: Source, serial: int) -> int | None:
    """Return the granule position of the stream's last page; ``None`` if another one ends it."""
    base = max(0, source.size - _TAIL)
    data = source.read(base, _TAIL)
    at = len(data)
    while (at := data.rfind(b"OggS\0", 0, at)) >= 0:
        page = page_at(data, at, base)
        if page is None or page.offset + page.size > source.size:
            continue
        if page.serial != serial:
            return None
        if page.granule != _NO_GRANULE:
            return page.granule
    return None
