"""What the first sample description of an MPEG-4 sound track says.

Sources: ISO/IEC 14496-12 8.5.2, 14496-14 and 14496-1 (``esds``), Apple's ALAC magic cookie,
RFC 9639 and the Opus and FLAC in ISOBMFF descriptions.
"""

from __future__ import annotations

import struct

from archiver.audio.source import Source
from archiver.audio.walk.aac_config import read_aac_config
from archiver.audio.walk.model import Walk, block_name, seconds
from archiver.audio.walk.mp4.boxes import Track, children, table
from archiver.audio.walk.mp4.uncompressed import (
    V0_SIZE,
    description_size,
    rate_and_channels,
    uncompressed,
)

_CODECS = {
    b"alac": "alac",
    b"ac-3": "ac3",
    b"ec-3": "eac3",
    b"Opus": "opus",
    b"fLaC": "flac",
    b"samr": "amr-nb",
    b"sawb": "amr-wb",
    b".mp3": "mp3",
}
_OBJECTS = {0x40: "aac", 0x66: "aac", 0x67: "aac", 0x68: "aac", 0x69: "mp3", 0x6B: "mp3"}
_LOSSLESS = frozenset(("alac", "flac"))


def describe(source: Source, walk: Walk, track: Track, played: int | None = None) -> None:
    """Facts from the media header and the first sample description.

    ``played``: the track's length in its own time units, where the header does not know it.
    """
    header = table(source, track, b"mdhd")
    if len(header) >= 32 and header[0] == 1:
        scale, length = struct.unpack_from(">IQ", header, 20)
    elif len(header) >= 20:
        scale, length = struct.unpack_from(">II", header, 12)
    else:
        scale, length = 0, 0
    length = length if played is None else played
    entry = table(source, track, b"stsd")[8:]
    if len(entry) < V0_SIZE:
        walk.structure("the sound track has no usable sample description")
        return
    name = entry[4:8]
    rate, channels, bits = rate_and_channels(entry)
    walk.codec_headers = entry[: int.from_bytes(entry[:4])]
    codec = _CODECS.get(name, block_name(name).strip())
    extra = _boxes(walk.codec_headers)
    plain = uncompressed(walk.codec_headers, extra)
    if plain is not None:
        codec, bits = "pcm-float" if plain.floating else "pcm", plain.bits
        walk.pcm = plain.layout
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
        bit_depth=bits if lossless or plain else None,
        mode="lossless" if lossless else "constant" if plain else "variable",
    )
    if scale and length not in (0, 0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF):
        _timed(walk, length, scale, rate or scale)


def frame_bytes(source: Source, track: Track) -> int | None:
    """Return the bytes of one sample of all channels, where the sound is uncompressed."""
    entry = table(source, track, b"stsd")[8:]
    entry = entry[: int.from_bytes(entry[:4])]
    plain = uncompressed(entry, _boxes(entry)) if len(entry) >= V0_SIZE else None
    return plain.frame_bytes if plain is not None else None


def _timed(walk: Walk, length: int, scale: int, rate: int) -> None:
    """State the length, which is told in ticks of ``scale`` a second, often samples."""
    if length * rate % scale == 0:
        walk.timed(length * rate // scale, rate)
    else:
        walk.facts["duration_s"] = seconds(length, scale)


def _boxes(entry: bytes) -> dict[bytes, bytes]:
    """Return the boxes behind the fixed part of a description, and those in its ``wave`` box."""
    found: dict[bytes, bytes] = {}
    for name, _, content in children(entry[description_size(entry) :]):
        found.setdefault(name, content)
        for inner, _, deeper in children(content if name == b"wave" else b""):
            found.setdefault(inner, deeper)
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
