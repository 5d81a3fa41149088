"""What changed around the sound: tags by key, pictures by digest, blocks by name.

Pure: two examinations in, differences out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from archiver.audio.examination import AudioExamination

_CASELESS = ("vorbis", "apev2")
_TAGS_MISSING = ("tags-unreadable", "tags-refused", "tags-too-large")


@dataclass(frozen=True, slots=True)
class Change:
    """One key whose values are not the same; no values where the key is not there.

    ``system`` is the tag system (``vorbis``, ``id3v2``, ...), ``embedded`` for what is no tag
    (``bext.description``), or ``view`` where tag systems differ and the mapped view is compared.
    Values are ready for JSON, as ``metadata/audio.jsonl`` has them.
    """

    system: str
    key: str
    old: tuple[Any, ...]
    new: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs around the sound of two recordings.

    Pictures are described as in ``metadata/audio.jsonl``. ``blocks`` names chunks, boxes and
    metadata blocks that were added, removed or rewritten, where both files have one format.
    ``complete`` is false when the tags of either file could not be listed.
    """

    keys: tuple[Change, ...] = ()
    pictures_removed: tuple[dict[str, Any], ...] = ()
    pictures_added: tuple[dict[str, Any], ...] = ()
    blocks: tuple[str, ...] = ()
    complete: bool = True


def changes_between(old: AudioExamination, new: AudioExamination) -> Changes:
    """Return what changed from ``old`` to ``new`` apart from the sound itself."""
    a, b = old.record, new.record
    same_format = a["format"] == b["format"]
    tell = _tell_by_key if same_format else _tell_by_view
    return Changes(
        keys=tuple(_differing(tell(a), tell(b))),
        pictures_removed=tuple(_missing(a["pictures"], b["pictures"])),
        pictures_added=tuple(_missing(b["pictures"], a["pictures"])),
        blocks=tuple(_blocks(a, b)) if same_format else (),
        complete=not any(
            problem["code"] in _TAGS_MISSING for found in (old, new) for problem in found.problems
        ),
    )


_Told = dict[tuple[str, str], list[Any]]


def _tell_by_key(record: Mapping[str, Any]) -> _Told:
    """Return raw values by tag system and key, and what is embedded besides, field by field."""
    told: _Told = {}
    for entry in record["tags"]:
        held = told.setdefault(_place(entry["system"], entry["key"]), [])
        held.extend(entry["values"])
    for name, content in record.get("embedded", {}).items():
        if isinstance(content, dict):
            told |= {("embedded", f"{name}.{field}"): [value] for field, value in content.items()}
        else:
            told["embedded", name] = [content]
    return told


def _place(system: str, key: str) -> tuple[str, str]:
    """Return the system and key under which two files' entries are held against each other.

    The versions of ID3v2 count as one system, for most frames have the same name in all. Keys of
    Vorbis comments and APE tags mean the same in capitals and in small letters.
    """
    if system.startswith("id3v2"):
        return "id3v2", key
    return (system, key.upper()) if system in _CASELESS else (system, key)


def _tell_by_view(record: Mapping[str, Any]) -> _Told:
    """Return the mapped view, for files whose tag systems have no key in common."""
    told: _Told = {}
    for question, answers in record.get("view", {}).items():
        if isinstance(answers, dict):
            told |= {("view", f"{question}.{name}"): [text] for name, text in answers.items()}
        else:
            told["view", question] = list(answers)
    return told


def _differing(old: _Told, new: _Told) -> Iterator[Change]:
    for place in dict.fromkeys((*old, *new)):
        before, after = old.get(place, []), new.get(place, [])
        if before != after:
            yield Change(*place, tuple(before), tuple(after))


def _missing(
    some: Iterable[dict[str, Any]], others: Iterable[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield the pictures among ``some`` that ``others`` does not hold so many times."""
    left = Counter(picture["blake3"] for picture in others)
    for picture in some:
        if left[picture["blake3"]]:
            left[picture["blake3"]] -= 1
        else:
            yield picture


def _blocks(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    before, after = _digests_by_name(old), _digests_by_name(new)
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield name


def _digests_by_name(record: Mapping[str, Any]) -> dict[str, list[tuple[int, str]]]:
    """Return size and digest of each block with a digest; the sound is told of elsewhere."""
    found: dict[str, list[tuple[int, str]]] = {}
    for block in record.get("blocks", ()):
        if "blake3" in block:
            found.setdefault(block["id"], []).append((block["size"], block["blake3"]))
    return found
