"""Telling what a file is by its first bytes, never by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from archiver.audio import asf_objects
from archiver.audio.mpeg_header import (
    AdtsHeader,
    MpegHeader,
    adts_header,
    free_header,
    free_size,
    mpeg_header,
)

H = TypeVar("H", MpegHeader, AdtsHeader)

HEAD_BYTES = 65536  # more than this is never looked at
# Frames that must follow each other before a stream without any magic is believed.
_FRAMES_BELIEVED = 4

_W64_RIFF = bytes.fromhex("726966662e91cf11a5d628db04c10000")
_W64_WAVE = bytes.fromhex("77617665f3acd3118cd100c04f8edb8a")
_MAGIC = (
    (b"fLaC", "flac"),
    (b"wvpk", "wavpack"),
    (b"MPCK", "musepack"),
    (b"MP+", "musepack"),
    (b"MAC ", "ape"),
    (b"TTA1", "tta"),
    (b"TTA2", "tta"),
    (b"DSD ", "dsf"),
    (b"caff\x00\x01", "caf"),
    (b".snd", "au"),
    (asf_objects.HEADER, "asf"),
)
_MAGICS = tuple(magic for magic, _ in _MAGIC)
_OGG_CODECS = (
    (b"\x01vorbis", "ogg-vorbis"),
    (b"OpusHead", "ogg-opus"),
    (b"\x7fFLAC", "ogg-flac"),
    (b"Speex   ", "ogg-speex"),
)
_RIFF = {b"RIFF": "wav", b"RF64": "rf64", b"BW64": "bw64"}
_FORM = {b"AIFF": "aiff", b"AIFC": "aifc"}
_NOT_AUDIO_MP4 = (b"heic", b"heix", b"mif1", b"avif", b"jp2 ", b"crx ", b"msf1")
_AUDIO_MP4 = (b"M4A ", b"M4B ", b"M4P ", b"aax ")


def sniff(head: bytes) -> str | None:
    """Return the format id (a key of ``formats.FORMATS``) of a file beginning with ``head``.

    ``head`` is up to the first 64 KiB, 4 KiB are enough for nearly every file; ``None`` when it
    is nothing this room knows. Where an ID3v2 tag is longer than ``head``, what follows cannot
    be seen and ``"mp3"`` is the answer: callers with the whole file at hand use
    :func:`archiver.audio.source.identify`, which looks behind the tag.
    """
    head = head[:HEAD_BYTES]
    behind = id3_size(head)
    if behind:
        if behind >= len(head):
            return "mp3"
        return _by_magic(head[behind:]) or _by_frames(head[behind:]) or _id3_alone(head, behind)
    return _by_magic(head) or _by_frames(head)


def worth_examining(head: bytes) -> bool:
    """Tell whether a file beginning with ``head`` (4 KiB will do) may be a recording.

    Whoever says yes here is looked at closely later; zeros may stand before a first frame.
    """
    return sniff(head) is not None or head[:1] == b"\0"


def id3_size(head: bytes) -> int:
    """Return the bytes an ID3v2 tag at the start takes, footer included; 0 without one.

    ID3v2.4.0 structure, 3.1: the size is a synchsafe 28-bit number without the header.
    """
    if len(head) < 10 or head[:3] != b"ID3" or head[3] == 0xFF or head[4] == 0xFF:
        return 0
    if any(byte & 0x80 for byte in head[6:10]):
        return 0
    size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
    return 10 + size + (10 if head[5] & 0x10 else 0)


def _id3_alone(head: bytes, behind: int) -> str | None:
    """What to call a file whose ID3v2 tag is followed by nothing, or by zeros only so far."""
    return "mp3" if not head[behind:].strip(b"\0") else None


def _by_magic(head: bytes) -> str | None:
    for magic, name in _MAGIC if head.startswith(_MAGICS) else ():
        if head.startswith(magic):
            return name
    kind = head[:4]
    if kind in _RIFF:
        return _RIFF[kind] if head[8:12] == b"WAVE" else None
    if kind == b"FORM":
        return _FORM.get(head[8:12])
    if kind == b"FRM8":
        return "dff" if head[12:16] == b"DSD " else None
    if kind == b"OggS":
        return _ogg(head)
    if kind == b"\x1a\x45\xdf\xa3":
        return "matroska" if b"matroska" in head[:64] or b"webm" in head[:64] else None
    if head[4:8] == b"ftyp":
        return _mp4(head)
    if head.startswith(_W64_RIFF):
        return "w64" if head[24:40] == _W64_WAVE else None
    return None


def _mp4(head: bytes) -> str | None:
    brand = head[8:12]
    if brand in _NOT_AUDIO_MP4:
        return None
    return "m4a" if brand in _AUDIO_MP4 else "mp4"


def _ogg(head: bytes) -> str | None:
    """Go over the pages that begin streams (RFC 3533 section 4); the first known codec names it."""
    at = 0
    while head[at : at + 4] == b"OggS" and len(head) >= at + 27 and head[at + 5] & 2:
        segments = head[at + 26]
        body = at + 27 + segments
        for magic, name in _OGG_CODECS:
            if head.startswith(magic, body):
                return name
        at = body + sum(head[at + 27 : body])
    return None


def _by_frames(head: bytes) -> str | None:
    """Believe an MPEG or ADTS stream when frame follows frame, behind zeros at most."""
    start = len(head) - len(head.lstrip(b"\0"))
    if not head.startswith(b"\xff", start):  # neither kind of frame can begin otherwise
        return None
    first = mpeg_header(head, start)
    if first is not None and (
        _is_labelled(head, start) or _frames_hold(head, start, mpeg_header, 4)
    ):
        return f"mp{first.layer}"
    if first is None and (free := free_size(head, start)):
        kind = free_header(head, start, free)
        return f"mp{kind.layer}" if kind is not None else None
    return "aac-adts" if _frames_hold(head, start, adts_header, 7) else None


def _is_labelled(head: bytes, start: int) -> bool:
    """Whether the first frame holds an encoder's own header, as no stray bytes do."""
    return any(head.startswith((b"Xing", b"Info"), start + 4 + at) for at in (9, 17, 32))


def _frames_hold(
    head: bytes, start: int, header: Callable[[bytes, int], H | None], header_bytes: int
) -> bool:
    first, at = header(head, start), start
    for _ in range(_FRAMES_BELIEVED):
        frame = header(head, at)
        if first is None or frame is None or not frame.same_stream(first):
            return at > start and head.startswith((b"TAG", b"APETAGEX"), at)
        at += frame.size
        if at + header_bytes > len(head):
            # A short file may hold a single frame, but then it has to end where the file does.
            return at == len(head) or at - frame.size > start
    return True
