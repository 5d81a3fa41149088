"""Audible's own container, ID3's AENC, Sony's OpenMG, OMA's first content format.

Sources: ID3v2.3.0 4.20 and ID3v2.4.0 frames 4.19 (AENC), ID3v2.2.0 4.21 (CRA), OMA DRM Content
Format 1.0 5.2. Audible's and Sony's headers are documented by those who read them.
"""

from __future__ import annotations

from archiver.audio.protection.model import MOST_HEADERS, Protection
from archiver.audio.sniff import id3_size
from archiver.audio.source import Source

_NOT_ENCRYPTED = (b"\xff\xff", b"\xff\x80")  # OpenMG: the key field of files that are free


def look_at_audible(source: Source) -> Protection | None:
    """Return that the file is Audible's: its magic number has been seen."""
    return Protection("Audible", 4) if source.size else None


def look_at_id3(source: Source) -> Protection | None:
    """Walk the frames of the ID3v2 tag at the start; behind it OpenMG may stand."""
    head = source.read(0, 14)
    end = id3_size(head)
    if not end:
        return None
    old = head[3] == 2
    at = 10
    if head[5] & 0x40 and not old:  # an extended header; version 3 does not count its own length
        size = _size(head[10:14], synchsafe=head[3] == 4)
        at += size if head[3] == 4 else size + 4
    for _ in range(MOST_HEADERS):
        frame = source.read(at, 6 if old else 10)
        if at >= end or not frame[:1].isalnum():
            break
        if frame.startswith(b"CRA" if old else b"AENC"):
            return Protection("ID3 audio encryption (AENC)", at)
        size = int.from_bytes(frame[3:6]) if old else _size(frame[4:8], head[3] == 4)
        at += len(frame) + size
    return look_at_oma(source)


def _size(data: bytes, synchsafe: bool) -> int:
    if not synchsafe or len(data) < 4 or any(byte & 0x80 for byte in data):
        return int.from_bytes(data)
    return data[0] << 21 | data[1] << 14 | data[2] << 7 | data[3]


def look_at_oma(source: Source) -> Protection | None:
    """Look at Sony's header, which may stand behind a tag like ID3v2, called ``ea3``."""
    head = source.read(0, 10)
    at = 0
    if head[:3] in (b"ea3", b"ID3"):
        at = id3_size(b"ID3" + head[3:])
    header = source.read(at, 8)
    if header[:3] != b"EA3" or len(header) < 8 or header[6:8] in _NOT_ENCRYPTED:
        return None
    return Protection("Sony OpenMG", at + 6)


def look_at_dcf(source: Source) -> Protection | None:
    """Look for OMA DRM 1: a version, two lengths, a media type and a ``cid:`` address."""
    head = source.read(0, 600)
    if len(head) < 4:
        return None
    kind, address = head[1], head[2]
    media_type, uri = head[3 : 3 + kind], head[3 + kind : 3 + kind + address]
    if b"/" in media_type and uri.startswith(b"cid:"):
        return Protection("OMA DRM", 0)
    return None
