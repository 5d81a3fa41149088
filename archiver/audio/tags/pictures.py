"""Pictures inside tags: what they are, how large, and their digest; the pixels stay in the file."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from archiver.audio.tags.values import digest

_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def picture(data: bytes, kind: int | None, mime: str | None, note: str | None) -> dict[str, Any]:
    """Return the record of one picture.

    ``kind`` is the ID3v2 APIC type (3 is the front cover) where the tag says one, ``mime`` and
    ``note`` what the tag declares. ``format``, ``width`` and ``height`` come from the picture's
    own first bytes and are ``None`` where these say nothing.
    """
    what, width, height = dimensions(data)
    return {
        "type": kind,
        "mime": mime,
        "note": note,
        "size": len(data),
        "format": what,
        "width": width,
        "height": height,
        "blake3": digest(data),
    }


def dimensions(data: bytes) -> tuple[str | None, int | None, int | None]:
    """Return the media type, width and height (pixels) of a picture by its own header."""
    for magic, what, measure in _KINDS:
        if data.startswith(magic):
            width, height = measure(data)
            return what, width, height
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp", None, None
    return None, None, None


def flac_picture(block: bytes) -> dict[str, Any] | None:
    """Read a FLAC picture block (RFC 9639 8.8); ``None`` when its lengths do not fit."""
    at = 8
    if len(block) < at:
        return None
    kind, mime_size = int.from_bytes(block[:4]), int.from_bytes(block[4:8])
    mime = block[at : at + mime_size]
    at += mime_size
    note_size = int.from_bytes(block[at : at + 4])
    note = block[at + 4 : at + 4 + note_size]
    at += 4 + note_size + 16
    if len(block) < at + 4:
        return None
    size = int.from_bytes(block[at : at + 4])
    data = block[at + 4 : at + 4 + size]
    if len(data) != size:
        return None
    return picture(data, kind, mime.decode("latin-1"), note.decode("utf-8", "replace"))


def coded_picture(text: str) -> dict[str, Any] | None:
    """Read a picture from a ``METADATA_BLOCK_PICTURE`` comment; ``None`` when it is none."""
    try:
        return flac_picture(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return None


def _png(data: bytes) -> tuple[int | None, int | None]:
    if len(data) < 24 or data[12:16] != b"IHDR":
        return None, None
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def _gif(data: bytes) -> tuple[int | None, int | None]:
    if len(data) < 10:
        return None, None
    return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")


def _bmp(data: bytes) -> tuple[int | None, int | None]:
    if len(data) < 26:
        return None, None
    height = int.from_bytes(data[22:26], "little", signed=True)
    return int.from_bytes(data[18:22], "little"), abs(height)


def _jpeg(data: bytes) -> tuple[int | None, int | None]:
    """Walk the markers to the frame header (ITU-T T.81 B.2.2); each has its length."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _JPEG_FRAMES:
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        if marker == 0xFF:
            at += 1
        elif marker == 0x01 or 0xD0 <= marker <= 0xD7:
            at += 2
        else:
            at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4]))
    return None, None


_Measure = Callable[[bytes], tuple[int | None, int | None]]
_KINDS: tuple[tuple[bytes, str, _Measure], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png", _png),
    (b"\xff\xd8\xff", "image/jpeg", _jpeg),
    (b"GIF8", "image/gif", _gif),
    (b"BM", "image/bmp", _bmp),
)
