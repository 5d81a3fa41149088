"""ASF and WMA: the header objects that say the content is encrypted.

Source: Advanced Systems Format specification 1.20.03, 3.14, 3.15 and 4.13; identifiers in the
order of bytes on disk. PlayReady names itself within the advanced object (Microsoft's PlayReady
Header specification).
"""

from __future__ import annotations

from archiver.audio.asf_objects import (
    CONTENT_ENCRYPTION,
    EXTENDED_CONTENT_ENCRYPTION,
    HEADER_EXTENSION,
)
from archiver.audio.protection.model import MOST_HEADERS, Protection
from archiver.audio.source import Source

_ADVANCED = bytes.fromhex("b69b077aa4da124ea5ca91d38dc11a8d")
_PLAYREADY = bytes.fromhex("79f0049a40988642ab92e65be0885f95")
_OBJECTS = {
    CONTENT_ENCRYPTION: "Windows Media DRM",
    EXTENDED_CONTENT_ENCRYPTION: "Windows Media DRM (extended)",
    _ADVANCED: "Windows Media DRM (advanced)",
}
_HEADER, _EXTENSION_HEADER = 30, 46
_LARGEST_OBJECT = 1 << 16


def look_at_asf(source: Source) -> Protection | None:
    """Walk the header object and its extension; return the first encryption object."""
    end = min(int.from_bytes(source.read(16, 8), "little"), source.size)
    at = _HEADER
    for _ in range(MOST_HEADERS):
        head = source.read(at, 24)
        size = int.from_bytes(head[16:], "little")
        if len(head) < 24 or size < 24 or at >= end:
            return None
        if head[:16] in _OBJECTS:
            return Protection(_system(source, head[:16], at, size), at)
        # What lies in the extension has the same shape, so it is walked as if it stood beside.
        at += _EXTENSION_HEADER if head[:16] == HEADER_EXTENSION else size
    return None


def _system(source: Source, kind: bytes, at: int, size: int) -> str:
    if _PLAYREADY in source.read(at + 24, min(size - 24, _LARGEST_OBJECT)):
        return "Microsoft PlayReady"
    return _OBJECTS[kind]
