"""What the catalogue says of one recording, made from the bag's two records of it."""

from __future__ import annotations

from itertools import chain
from typing import Any, NamedTuple

from archiver.catalogue.records import AudioLine, BagRecordsError, EssenceLine
from archiver.catalogue.rows import Words
from policies.isrc import normal_isrc

_LONGEST = 500  # characters of a title, creator or album; the bag has all of it
_LONGEST_DATE = 40
_LONGEST_TEXT = 4_000  # characters of one text that are taken into the index
_LONGEST_WORDS = 16_000  # characters of all of them
_MAKERS = ("creator", "album_creator", "composer")
_QUESTIONS = ("title", "album", "isrc", "date", *_MAKERS)
_NUMBERS_ONLY = ("REPLAYGAIN", "R128", "TXXX:REPLAYGAIN", "----:COM.APPLE.ITUNES:REPLAYGAIN")
# Embedded fields that hold words somebody may look for; the others are measures and layouts.
_WORDY = (
    "bext", "cart", "adtl", "ixml", "xmp", "axml", "chapters", "lyrics", "comments", "markers",
)  # fmt: skip


class Sound(NamedTuple):
    """The columns of a file's row that only a recording has, in their order."""

    media_format: str
    verdict: str | None
    duration_s: float | None
    title: str | None
    creator: str | None
    album: str | None
    date: str | None
    isrc: str | None
    stream: bytes | None
    pcm_md5: bytes | None
    words: Words


def sound_of(audio: AudioLine, essence: EssenceLine | None) -> Sound | None:
    """Return what is known of a recording, ``None`` for a file that is none.

    Sound of no length has no digest here: all silence of no length would be the same.
    Raises :class:`BagRecordsError` for a digest that is none.
    """
    if audio.format is None:
        return None
    view = {question: _texts(audio.view.get(question)) for question in _QUESTIONS}
    makers = list(dict.fromkeys(text for question in _MAKERS for text in view[question]))
    first = view["creator"] or view["album_creator"] or view["composer"]
    codes = list(dict.fromkeys(filter(None, map(normal_isrc, view["isrc"]))))
    stream, pcm = (essence.stream, essence.pcm) if essence else (None, None)
    return Sound(
        media_format=audio.format,
        verdict=audio.self_check.verdict,
        duration_s=audio.facts.duration_s,
        title=_joined(view["title"]),
        creator=_joined(first),
        album=_joined(view["album"]),
        date=_joined(view["date"], _LONGEST_DATE),
        isrc=codes[0] if codes else None,
        stream=_digest(stream.blake3, 32) if stream and stream.size else None,
        pcm_md5=_digest(pcm.md5, 16) if pcm and pcm.frames != 0 else None,
        words=Words(
            " ".join(makers)[:_LONGEST_TEXT],
            " ".join(codes)[:_LONGEST_TEXT],
            _other_words(audio, set(chain.from_iterable(view.values()))),
        ),
    )


def _texts(answers: Any) -> list[str]:
    if not isinstance(answers, list):
        return []  # no answer, or identifiers by their names
    return [text for text in answers if isinstance(text, str)]


def _joined(texts: list[str], longest: int = _LONGEST) -> str | None:
    return "; ".join(texts)[:longest] or None


def _digest(text: str, size: int) -> bytes:
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != size:
        raise BagRecordsError(f"fixity/essence.jsonl holds a digest that is none: {text!r}")
    return digest


def _other_words(audio: AudioLine, known: set[str]) -> str:
    """Return every text of the tags and of embedded fields that is not in a column of its own."""
    found: list[str] = []
    for entry in audio.tags:
        if not str(entry.get("key")).upper().startswith(_NUMBERS_ONLY):
            _collect(entry.get("values"), found)
    for name, content in audio.embedded.items():
        if name in _WORDY:
            _collect(content, found)
    fresh = dict.fromkeys(text[:_LONGEST_TEXT] for text in found if text not in known)
    return "\n".join(fresh)[:_LONGEST_WORDS]


def _collect(value: Any, found: list[str]) -> None:
    """Add every text within ``value``; bytes, and what is known by its digest, have none."""
    if isinstance(value, str):
        found.append(value.strip())
    elif isinstance(value, list):
        for below in value:
            _collect(below, found)
    elif isinstance(value, dict) and "base64" not in value and "blake3" not in value:
        for below in value.values():
            _collect(below, found)
