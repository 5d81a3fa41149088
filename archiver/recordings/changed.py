"""What changed around a sound, in words and as JSON of a bounded size. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from archiver.changes import Change, Changes

_KEYS_NAMED = 8
_KEYS_KEPT = 100
_LONGEST_WORD = 60
_LONGEST_VALUE = 1000


def changes_in_words(changes: Changes) -> str:
    """Return which keys changed, old and new, which pictures and which blocks."""
    parts = [_key(change) for change in changes.keys[:_KEYS_NAMED]]
    if len(changes.keys) > _KEYS_NAMED:
        parts.append(f"{len(changes.keys) - _KEYS_NAMED:,} more keys")
    for verb, pictures in (
        ("removed", changes.pictures_removed),
        ("added", changes.pictures_added),
    ):
        if pictures:
            parts.append(f"{len(pictures):,} picture{'s' if len(pictures) > 1 else ''} {verb}")
    if changes.blocks:
        parts.append(f"blocks {', '.join(changes.blocks[:_KEYS_NAMED])}")
    if changes == Changes():
        parts.append("no tag, picture or listed block, only padding, order or what is not listed")
    if not changes.complete:
        parts.append("the tags of one of the two could not be listed, so more may differ")
    return "; ".join(parts)


def changes_as_json(changes: Changes) -> dict[str, Any]:
    """Return the changes ready for JSON: a hundred keys, long values cut and marked so."""
    told = asdict(changes)
    told["keys"] = [
        {
            "system": change.system,
            "key": change.key,
            "old": list(map(_bounded, change.old[:_KEYS_KEPT])),
            "new": list(map(_bounded, change.new[:_KEYS_KEPT])),
        }
        for change in changes.keys[:_KEYS_KEPT]
    ]
    if len(changes.keys) > _KEYS_KEPT:
        told["keys_left_out"] = len(changes.keys) - _KEYS_KEPT
    for name in ("pictures_removed", "pictures_added", "blocks"):
        told[name] = list(told[name][:_KEYS_KEPT])
    return told


def _key(change: Change) -> str:
    return f"{change.system} {change.key}: {_values(change.old)} -> {_values(change.new)}"


def _values(values: tuple[Any, ...]) -> str:
    return _cut(" / ".join(_words(values)), _LONGEST_WORD) if values else "(none)"


def _words(values: tuple[Any, ...]) -> Iterator[str]:
    for value in values[:_KEYS_NAMED]:
        yield value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _bounded(value: Any) -> Any:
    if isinstance(value, str):
        return _cut(value, _LONGEST_VALUE)
    if isinstance(value, (int, float)) or value is None:
        return value
    text = json.dumps(value)
    return value if len(text) <= _LONGEST_VALUE else _cut(text, _LONGEST_VALUE)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}… ({len(text):,} characters)"
