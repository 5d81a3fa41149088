"""First the head, which costs nothing more; then a walk, only where protection can be."""

from __future__ import annotations

from collections.abc import Callable

from archiver.audio import asf_objects
from archiver.audio.protection.asf import look_at_asf
from archiver.audio.protection.matroska import EBML, look_at_matroska
from archiver.audio.protection.model import Protection
from archiver.audio.protection.mp4 import look_at_mp4
from archiver.audio.protection.others import (
    look_at_audible,
    look_at_dcf,
    look_at_id3,
    look_at_oma,
)
from archiver.audio.source import Source

__all__ = ["Protection", "find_protection", "may_be_protected"]

Look = Callable[[Source], Protection | None]

_AUDIBLE = b"\x57\x90\x75\x36"
_BOXES = (b"ftyp", b"moov", b"styp", b"pssh", b"moof", b"mdat", b"wide", b"free", b"skip")


def may_be_protected(head: bytes) -> bool:
    """Tell whether a file that begins with ``head`` (16 bytes will do) needs a closer look."""
    return _look_for(head) is not None


def find_protection(source: Source, head: bytes) -> Protection | None:
    """Return the first mark of protection in a file that begins with ``head``, if there is one.

    Reads a bounded number of headers, wherever they lie, and none of the sound. Raises
    ``OSError`` when the medium gives no bytes.
    """
    look = _look_for(head)
    return None if look is None else look(source)


def _look_for(head: bytes) -> Look | None:
    if head[4:8] in _BOXES:
        return look_at_mp4
    if head.startswith(asf_objects.HEADER):
        return look_at_asf
    if head.startswith(b"ID3"):
        return look_at_id3
    if head.startswith(EBML):
        return look_at_matroska
    if head[4:8] == _AUDIBLE:
        return look_at_audible
    if head[:3] in (b"ea3", b"EA3"):
        return look_at_oma
    if head[:1] == b"\x01" and head[3:4].isalpha():
        return look_at_dcf
    return None
