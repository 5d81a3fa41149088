"""Refusing monsters before any library sees them: what a file declares about its own tags.

Only headers are read here, a few bytes each. What a header declares beyond the end of the file
is no concern of this check (the readers below stop where the file ends), but what it declares
within it would be loaded whole into memory.
"""

from __future__ import annotations

from collections.abc import Iterator

from archiver.audio.sniff import id3_size
from archiver.audio.source import Source, id3_tags
from archiver.audio.walk.id3 import frame_size
from archiver.audio.walk.musepack import sv8_number

_MOST_CHUNKS = 100_000
_MOST_FRAMES = 20_000
_ENDLESS = 1 << 80
_SOUND_CHUNKS = frozenset((b"data", b"SSND", b"DSD ", b"DST ", b"mdat", b"free", b"skip", b"wide"))
_LITTLE = frozenset(("wav",))


def oversized(source: Source, format_id: str, start: int, limit: int) -> str | None:
    """Say which tag or metadata box is too large to be read, or ``None``.

    ``start`` is where the format itself begins, behind ID3v2 tags. The sentence names the thing
    and the sizes.
    """
    for what, size in _declared(source, format_id, start):
        if size == _ENDLESS:
            return f"there are {what}"
        if min(size, source.size) > limit:
            return f"{what} declares {size} bytes, more than the {limit} that are read"
    frames = _id3_frames(source)
    if frames > _MOST_FRAMES:
        return f"the ID3v2 tag holds more than {_MOST_FRAMES} frames"
    return None


def _declared(source: Source, format_id: str, start: int) -> Iterator[tuple[str, int]]:
    for _, size in id3_tags(source):
        yield "an ID3v2 tag", size
    yield from _ape(source)
    if format_id == "flac":
        yield "the FLAC metadata", _flac_metadata(source, start)
    elif format_id in ("wav", "aiff", "aifc", "dff"):
        yield from _chunks(source, format_id)
    elif format_id in ("mp4", "m4a"):
        yield from _boxes(source)
    elif format_id == "dsf":
        pointer = int.from_bytes(source.read(20, 8), "little")
        yield "the ID3v2 tag", id3_size(source.read(pointer, 10)) if pointer else 0
    elif format_id == "musepack" and not _moves_on(source, start):
        yield "packets shorter than their own headers", _ENDLESS
    elif format_id == "asf":
        yield "the ASF header", int.from_bytes(source.read(16, 8), "little")


def _ape(source: Source) -> Iterator[tuple[str, int]]:
    """An APEv2 footer at the very end or before an ID3v1 tag."""
    for back in (32, 160):
        footer = source.read(source.size - back, 32)
        if footer.startswith(b"APETAGEX"):
            yield "the APEv2 tag", int.from_bytes(footer[12:16], "little")


def _flac_metadata(source: Source, start: int) -> int:
    at = start + 4
    for _ in range(_MOST_CHUNKS):
        head = source.read(at, 4)
        if len(head) < 4:
            break
        at += 4 + int.from_bytes(head[1:])
        if head[0] & 0x80:
            break
    return at - start


def _chunks(source: Source, format_id: str) -> Iterator[tuple[str, int]]:
    order = "little" if format_id in _LITTLE else "big"
    wide = 8 if format_id == "dff" else 4
    at = 16 if wide == 8 else 12
    for _ in range(_MOST_CHUNKS):
        head = source.read(at, 4 + wide)
        if len(head) < 4 + wide:
            return
        size = int.from_bytes(head[4:], order)  # type: ignore[arg-type]
        if head[:4] not in _SOUND_CHUNKS:
            yield f"the chunk {head[:4]!r}", size
        at += 4 + wide + size + size % 2
    yield f"more than {_MOST_CHUNKS} chunks", _ENDLESS


def _moves_on(source: Source, start: int) -> bool:
    """Whether each packet before the sound leads on to another, which mutagen takes for granted."""
    if source.read(start, 4) != b"MPCK":
        return True
    at = start + 4
    for _ in range(_MOST_CHUNKS):
        head = source.read(at, 11)
        if len(head) < 3 or head[:2] in (b"AP", b"SE"):
            return True
        size, width = sv8_number(head, 2)
        if size < 2 + width:
            return False
        at += size
    return False


def _boxes(source: Source) -> Iterator[tuple[str, int]]:
    at = 0
    for _ in range(_MOST_CHUNKS):
        head = source.read(at, 16)
        if len(head) < 8:
            return
        size = int.from_bytes(head[:4])
        if size == 1:
            size = int.from_bytes(head[8:16])
        elif size == 0:
            size = source.size - at
        if size < 8:
            return
        if head[4:8] not in _SOUND_CHUNKS:
            yield f"the box {head[4:8]!r}", size
        at += size
    yield f"more than {_MOST_CHUNKS} boxes", _ENDLESS


def _id3_frames(source: Source) -> int:
    """Count the frames of the ID3v2 tag at the start, up to one more than are read."""
    head = source.read(0, 10)
    end = id3_size(head)
    if not end:
        return 0
    wide = 6 if head[3] == 2 else 10
    at, count = 10, 0
    while at < end and count <= _MOST_FRAMES:
        frame = source.read(at, wide)
        if len(frame) < wide or not frame[0]:
            break
        count += 1
        at += wide + frame_size(frame, head[3])
    return count
