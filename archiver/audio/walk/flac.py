"""Native FLAC: the metadata blocks (RFC 9639 section 8)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from archiver.audio.embedded.comments import read_comments
from archiver.audio.embedded.text import field_text
from archiver.audio.source import Source
from archiver.audio.tags.pictures import flac_picture
from archiver.audio.tags.values import json_ready
from archiver.audio.walk.model import MOST_BLOCKS, Walk, block_name
from archiver.audio.walk.tails import sound_end

_NAMES = (
    "STREAMINFO",
    "PADDING",
    "APPLICATION",
    "SEEKTABLE",
    "VORBIS_COMMENT",
    "CUESHEET",
    "PICTURE",
)
_SEEK_PLACEHOLDER = 0xFFFFFFFFFFFFFFFF
# What a frame header says by codes (RFC 9639 9.1.2 to 9.1.4); a code left out says nothing.
_RATES = (
    0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000,
)  # fmt: skip
_BITS = {1: 8, 2: 12, 4: 16, 5: 20, 6: 24, 7: 32}
_LEAST_BLOCK = 16  # RFC 9639 8.2


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """RFC 9639 8.2. Zero means unknown for sizes and ``frames``; ``md5`` is ``None`` if unset."""

    least_block: int
    most_block: int
    least_frame: int
    most_frame: int
    rate: int
    channels: int
    bits: int
    frames: int
    md5: str | None


def read_streaminfo(data: bytes) -> StreamInfo | None:
    """Read the 34 bytes of a STREAMINFO block; ``None`` when they are fewer."""
    if len(data) < 34:
        return None
    least, most = struct.unpack_from(">HH", data)
    packed = int.from_bytes(data[10:18])
    md5 = data[18:34]
    return StreamInfo(
        least_block=least,
        most_block=most,
        least_frame=int.from_bytes(data[4:7]),
        most_frame=int.from_bytes(data[7:10]),
        rate=packed >> 44,
        channels=(packed >> 41 & 7) + 1,
        bits=(packed >> 36 & 31) + 1,
        frames=packed & 0xFFFFFFFFF,
        md5=md5.hex() if any(md5) else None,
    )


def walk_flac(source: Source, format_id: str, start: int) -> Walk:
    """Walk the metadata of a FLAC file whose ``fLaC`` stands at ``start``."""
    walk = Walk(format_id, pronom="fmt/279")
    at, last, count = start + 4, False, 0
    while not last and count < MOST_BLOCKS:
        head = source.read(at, 4)
        if len(head) < 4:
            walk.structure("truncated: the metadata blocks do not end", at)
            return walk
        last, kind, size = bool(head[0] & 0x80), head[0] & 0x7F, int.from_bytes(head[1:])
        if at + 4 + size > source.size:
            walk.structure(f"truncated: a metadata block of {size} bytes", at)
            return walk
        name = _NAMES[kind] if kind < len(_NAMES) else f"RESERVED {kind}"
        walk.block(name, at + 4, size, source)
        if (kind == 0) != (count == 0):
            walk.structure("STREAMINFO is not the first block, or not the only one", at)
        read_block(walk, kind, source.read(at + 4, size))
        at, count = at + 4 + size, count + 1
    end = sound_end(source, walk, at)
    walk.audio = [(at, end - at)]
    info = read_streaminfo(walk.codec_headers)
    if info is not None:
        compare_with_frame(walk, info, source.read(at, 16), at)
    if "frames" in walk.facts and walk.facts.get("duration_s"):
        walk.facts["bit_rate"] = round((end - at) * 8 / walk.facts["duration_s"])
    return walk


def compare_with_frame(walk: Walk, info: StreamInfo, head: bytes, at: int) -> None:
    """Hold STREAMINFO, which has no checksum, against itself and the first frame's header.

    ``head`` are the first bytes of the sound. What is no frame is left to whoever reads frames.
    """
    if not _LEAST_BLOCK <= info.least_block <= info.most_block:
        walk.structure(f"STREAMINFO says blocks of {info.least_block} to {info.most_block} samples")
    if 0 < info.most_frame < info.least_frame:
        walk.structure(f"STREAMINFO says frames of {info.least_frame} to {info.most_frame} bytes")
    if len(head) < 16 or head[0] != 0xFF or head[1] & 0xFE != 0xF8:
        return
    rate, channels = head[2] & 15, head[3] >> 4
    said = (
        ("sample rate", _RATES[rate] if rate < len(_RATES) else 0, info.rate),
        ("number of channels", channels + 1 if channels < 8 else 2, info.channels),
        ("bit depth", _BITS.get(head[3] >> 1 & 7, 0), info.bits),
        ("block size", _fixed_block(head, info), info.least_block),
        ("largest block", _fixed_block(head, info), info.most_block),
    )
    for what, found, stated in said:
        if found and found != stated:
            words = f"the {what} is {stated} in STREAMINFO, {found} in the first frame"
            walk.structure(words, at)


def _fixed_block(head: bytes, info: StreamInfo) -> int:
    """Return the samples of each block where the first frame tells them; 0 where it does not.

    It does not where blocks vary, where the size stands behind the header, and where the first
    block is the last one, too, which may be shorter than the others would have been.
    """
    code = head[2] >> 4
    if head[1] & 1 or code in (0, 6, 7):
        return 0
    samples = 192 if code == 1 else 576 << (code - 2) if code <= 5 else 256 << (code - 8)
    return samples if info.frames > samples else 0


def read_block(walk: Walk, kind: int, body: bytes) -> None:
    """Read one metadata block into ``walk`` (also those inside an Ogg FLAC stream)."""
    if kind == 0:
        _streaminfo(walk, body)
    elif kind == 2:
        name = block_name(body[:4])
        walk.embedded.setdefault("applications", []).append({"id": name, "size": len(body) - 4})
    elif kind == 3:
        walk.embedded["seek_points"] = _seek_points(body)
    elif kind == 4:
        entries, pictures, problem = read_comments(body)
        walk.tags += entries
        walk.pictures += pictures
        if problem:
            walk.structure(problem)
    elif kind == 5:
        walk.embedded["cue_sheet"] = _cue_sheet(body)
    elif kind == 6:
        picture = flac_picture(body)
        if picture is None:
            walk.structure("a picture block whose lengths do not fit")
        else:
            walk.pictures.append(picture)


def _streaminfo(walk: Walk, body: bytes) -> None:
    info = read_streaminfo(body)
    if info is None:
        walk.structure("STREAMINFO is too short")
        return
    walk.codec_headers = body
    walk.facts_from(
        codec="flac",
        sample_rate=info.rate,
        channels=info.channels,
        bit_depth=info.bits,
        mode="lossless",
    )
    if info.frames:
        walk.timed(info.frames, info.rate)
    walk.embedded["streaminfo"] = {
        "block_size": [info.least_block, info.most_block],
        "frame_size": [info.least_frame, info.most_frame],
        "md5": info.md5,
    }


def _seek_points(body: bytes) -> int:
    """Return how many seek points there are, placeholders left out."""
    points = (int.from_bytes(body[n : n + 8]) for n in range(0, len(body) - 17, 18))
    return sum(point != _SEEK_PLACEHOLDER for point in points)


def _cue_sheet(body: bytes) -> dict[str, Any]:
    """RFC 9639 8.7: tracks with their offset in samples, number, ISRC and index points."""
    if len(body) < 396:
        return {"short": True}
    tracks: list[dict[str, Any]] = []
    at = 396
    for _ in range(body[395]):
        if at + 36 > len(body):
            break
        offset, number = struct.unpack_from(">QB", body, at)
        points = body[at + 35]
        track: dict[str, Any] = {
            "number": number,
            "offset": offset,
            "audio": not body[at + 21] & 0x80,
            "pre_emphasis": bool(body[at + 21] & 0x40),
            "index": [
                list(struct.unpack_from(">QB", body, p)[::-1])
                for p in range(at + 36, min(at + 36 + 12 * points, len(body) - 8), 12)
            ],
        }
        isrc = field_text(body[at + 9 : at + 21])
        tracks.append({**track, "isrc": json_ready(isrc)} if isrc else track)
        at += 36 + 12 * points
    return {
        "catalogue_number": json_ready(field_text(body[:128])),
        "lead_in": int.from_bytes(body[128:136]),
        "is_cd": bool(body[136] & 0x80),
        "tracks": tracks,
    }
