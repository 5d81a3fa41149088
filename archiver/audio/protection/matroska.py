"""Matroska: a track whose ``ContentEncodings`` hold a ``ContentEncryption``.

Source: RFC 9559 5.1.4.1.31; EBML as in RFC 8794.
"""

from __future__ import annotations

from archiver.audio.protection.model import MOST_HEADERS, Protection
from archiver.audio.source import Source

EBML = b"\x1a\x45\xdf\xa3"
_SEGMENT, _TRACKS, _ENTRY = 0x18538067, 0x1654AE6B, 0xAE
_ENCODINGS, _ENCODING, _ENCRYPTION = 0x6D80, 0x6240, 0x5035
_ENTERED = frozenset((_SEGMENT, _TRACKS, _ENTRY, _ENCODINGS, _ENCODING))


def look_at_matroska(source: Source) -> Protection | None:
    """Walk the elements down to the tracks' encodings; clusters are stepped over."""
    at = 0
    for _ in range(MOST_HEADERS):
        head = source.read(at, 12)
        name, length = _number(head, keep_mark=True)
        size, more = _number(head[length:])
        if not length or not more:
            return None
        if name == _ENCRYPTION:
            return Protection("Matroska ContentEncryption", at)
        unknown = size == (1 << 7 * more) - 1  # a live stream: whatever follows lies inside
        at += length + more + (0 if name in _ENTERED or unknown else size)
    return None


def _number(data: bytes, keep_mark: bool = False) -> tuple[int, int]:
    """Return a number of variable length, and its length; 0 for a length that cannot be."""
    length = 9 - data[0].bit_length() if data and data[0] else 0
    if not length or len(data) < length:
        return 0, 0
    value = int.from_bytes(data[:length])
    return (value if keep_mark else value & ((1 << 7 * length) - 1)), length
