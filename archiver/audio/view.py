"""A common view of tags: the same few questions asked of every tag system.

The raw tags stay beside it, untouched. Where several systems in one file answer a question
differently, all the answers are listed.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from archiver.audio.chapters import chapters_of, timed_text

# question -> keys of the systems that answer it, upper case: Vorbis and APE, ID3v2 (2.2 | 2.3+),
# MP4, ASF, RIFF INFO, AIFF text chunks, ID3v1, Matroska.
_TABLE: dict[str, tuple[str, ...]] = {
    "title": ("TITLE", "TIT2", "TT2", "©NAM", "INAM", "NAME", "INFO/TITLE", "DITI"),
    "creator": ("ARTIST", "TPE1", "TP1", "©ART", "AUTHOR", "IART", "AUTH", "DIAR"),
    "album_creator": ("ALBUMARTIST", "ALBUM ARTIST", "TPE2", "TP2", "AART", "WM/ALBUMARTIST"),
    "album": ("ALBUM", "TALB", "TAL", "©ALB", "WM/ALBUMTITLE", "IPRD"),
    "track": (
        "TRACKNUMBER",
        "TRACK",
        "TRCK",
        "TRK",
        "TRKN",
        "WM/TRACKNUMBER",
        "ITRK",
        "IPRT",
        "PART_NUMBER",
        "TRACK NUMBER",
    ),
    "disc": ("DISCNUMBER", "DISC", "TPOS", "TPA", "DISK", "WM/PARTOFSET"),
    "date": (
        "DATE",
        "YEAR",
        "TDRC",
        "TYER",
        "TYE",
        "©DAY",
        "WM/YEAR",
        "ICRD",
        "DATE_RELEASED",
        "DATE_RECORDED",
        "RECORDED DATE",
    ),
    "composer": ("COMPOSER", "TCOM", "TCM", "©WRT", "WM/COMPOSER", "IMUS"),
    "genre": ("GENRE", "TCON", "TCO", "©GEN", "WM/GENRE", "IGNR"),
    "isrc": ("ISRC", "TSRC", "TXXX:ISRC", "----:COM.APPLE.ITUNES:ISRC", "WM/ISRC", "ISRF"),
    "barcode": ("BARCODE", "UPC", "TXXX:BARCODE", "----:COM.APPLE.ITUNES:BARCODE", "WM/BARCODE"),
    "copyright": ("COPYRIGHT", "TCOP", "TCR", "CPRT", "ICOP", "(C)"),
    "licence": ("LICENSE", "WCOP", "TXXX:LICENSE", "----:COM.APPLE.ITUNES:LICENSE"),
    "publisher": ("ORGANIZATION", "LABEL", "PUBLISHER", "TPUB", "TPB", "WM/PUBLISHER"),
    "comment": ("COMMENT", "COMMENTS", "DESCRIPTION", "©CMT", "WM/COMMENTS", "ICMT", "ANNO"),
    "lyrics": ("LYRICS", "UNSYNCEDLYRICS", "UNSYNCED LYRICS", "TXXX:LYRICS", "©LYR", "WM/LYRICS"),
    "encoder": (
        "ENCODER",
        "TSSE",
        "TSS",
        "©TOO",
        "WM/ENCODINGSETTINGS",
        "ISFT",
        "INFO/WRITINGAPP",
        "ENCODING APPLICATION",
    ),
}
_PREFIXED = {
    "comment": ("COMM:", "COM:"),
    "licence": ("WCOP:",),
    "lyrics": ("USLT:", "ULT:", "SYLT:", "SLT:"),
}
_ALBUM = 50
_MUSICBRAINZ = ("MUSICBRAINZ", "UFID:HTTP://MUSICBRAINZ.ORG")
_REPLAYGAIN = ("REPLAYGAIN_", "R128_")
QUESTIONS = tuple(_TABLE)
"""The questions in the order in which a person asks them."""
_QUESTIONS = {key: question for question, keys in _TABLE.items() for key in keys}
_LONGEST = 1000  # characters; the whole of a longer text is among the raw tags


def view_of(tags: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Return question -> list of distinct answers in the order of the tags.

    ``"musicbrainz"`` and ``"replaygain"`` hold those identifiers and gains by their own names,
    ``"chapters"`` what :func:`archiver.audio.chapters.chapters_of` gives.
    """
    tags = list(tags)
    view: dict[str, list[str]] = {}
    named: dict[str, dict[str, str]] = {"musicbrainz": {}, "replaygain": {}}
    for entry in tags:
        key = str(entry["key"]).upper()
        if key.startswith(("SYLT:", "SLT:")):
            texts = [timed_text(entry["values"])[:_LONGEST]]
        else:
            texts = [text for value in entry["values"] if (text := _text(value))]
        question = _question(entry, key)
        if question is not None:
            held = view.setdefault(question, [])
            held += [text for text in dict.fromkeys(texts) if text not in held]
        for group, marks in (("musicbrainz", _MUSICBRAINZ), ("replaygain", _REPLAYGAIN)):
            plain = key.removeprefix("TXXX:").removeprefix("----:COM.APPLE.ITUNES:")
            if texts and plain.startswith(marks):
                named[group].setdefault(plain.lower().replace(" ", "_"), texts[0])
    ordered: dict[str, Any] = {
        question: view[question] for question in _TABLE if view.get(question)
    }
    groups: dict[str, Any] = {**named, "chapters": chapters_of(tags)}
    return {**ordered, **{group: found for group, found in groups.items() if found}}


def _question(entry: dict[str, Any], key: str) -> str | None:
    """Return the question that a tag answers, if there is one.

    Matroska's tags say what they are about: 50 is the album (RFC 9559 5.1.8.1.1), and what is about
    a chapter or an attached file says nothing of the recording.
    """
    if entry.get("system") == "matroska":
        about = entry.get("fields", {})
        if "chapter" in about or "attachment" in about:
            return None
        if key == "TITLE" and about.get("target") == _ALBUM:
            return "album"
    return _QUESTIONS.get(key) or _by_prefix(key)


def _by_prefix(key: str) -> str | None:
    for question, prefixes in _PREFIXED.items():
        if key.startswith(prefixes):
            return question
    return None


def _text(value: Any) -> str | None:
    """Return one value as text, or ``None`` for what is none (bytes, long texts by digest)."""
    if isinstance(value, str):
        return value.strip()[:_LONGEST] or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list) and len(value) == 2 and all(isinstance(n, int) for n in value):
        return f"{value[0]}/{value[1]}" if value[1] else str(value[0])
    if isinstance(value, dict):
        return _text(value.get("url") or value.get("text") or _identifier(value))
    return None


def _identifier(frame: dict[str, Any]) -> str | None:
    """Return what a UFID frame identifies the file by, where that is text."""
    data = frame.get("data")
    if "owner" not in frame or not isinstance(data, dict) or "base64" not in data:
        return None
    try:
        return base64.b64decode(data["base64"]).decode("ascii")
    except ValueError:
        return None
