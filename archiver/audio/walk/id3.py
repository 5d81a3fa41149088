"""The frames of ID3v2 tags in front of a recording, listed with their digests.

Parsing them is mutagen's part; this list shows what stands there even where a parser merges,
drops or cannot read a frame.
"""

from __future__ import annotations

from archiver.audio.source import Source, id3_tags
from archiver.audio.walk.model import Walk, block_name

_MOST_FRAMES = 500


def list_id3(source: Source, walk: Walk) -> None:
    """List the tags at the start of the file and their frames (ID3v2.2 to 2.4) in ``walk``."""
    for at, size in id3_tags(source):
        head = source.read(at, 10)
        walk.block("ID3v2", at, min(size, source.size - at), source)
        walk.embedded.setdefault("id3v2_versions", []).append(f"2.{head[3]}.{head[4]}")
        if not head[5] & 0xC0:  # whole-tag unsynchronisation and extended headers: not followed
            _frames(source, walk, at, head[3], min(at + size, source.size))


def _frames(source: Source, walk: Walk, start: int, version: int, end: int) -> None:
    wide = 6 if version == 2 else 10
    at, count = start + 10, 0
    while at + wide <= end and count < _MOST_FRAMES:
        head = source.read(at, wide)
        name = head[: 3 if version == 2 else 4]
        if not name.isalnum():
            return
        size = frame_size(head, version)
        if at + wide + size > end:
            walk.structure(f"the frame {block_name(name)!r} goes beyond its tag", at)
            return
        walk.block("ID3v2/" + block_name(name), at + wide, size, source)
        at, count = at + wide + size, count + 1


def frame_size(head: bytes, version: int) -> int:
    """Return the declared size of a frame: 24 bits in v2.2, 32 in v2.3, synchsafe in v2.4.

    Some writers put plain numbers into v2.4 tags; a byte above 127 gives them away.
    """
    if version == 2:
        return int.from_bytes(head[3:6])
    raw = head[4:8]
    if version == 4 and not any(byte & 0x80 for byte in raw):
        return raw[0] << 21 | raw[1] << 14 | raw[2] << 7 | raw[3]
    return int.from_bytes(raw)
