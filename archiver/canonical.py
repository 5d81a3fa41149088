"""Canonical JSON: one value, one sequence of bytes, and safe to look at in a terminal."""

from __future__ import annotations

import json
import re

# A fixed set, not a Unicode category: what is canonical must not change with Python's tables.
# C1 and DEL; bidi and zero-width marks; line and paragraph separators; BOM; tags; and lone
# surrogates, which have no UTF-8 form.
_HIDDEN = re.compile(
    "[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


_CONTAINERS = (dict, list, tuple)
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def canonical(value: object) -> bytes:
    """Return ``value`` as canonical JSON in UTF-8.

    Keys sorted by code point, no blanks, no line ends. Characters that a terminal or a text
    editor would obey or hide (control, bidi and zero-width characters, line separators) are
    written ``\\uXXXX``. Raises ``TypeError`` or ``ValueError`` for what JSON cannot say (NaN,
    keys that are not text).
    """
    _refuse_odd_keys(value)
    text = _ENCODER.encode(value)
    if text.isascii() and "\x7f" not in text:
        return text.encode()
    return _HIDDEN.sub(_escaped, text).encode()


def _refuse_odd_keys(value: object) -> None:
    """Raise ``TypeError`` for keys that are no text: ``json`` would turn 1 and "1" into twins."""
    todo = [value]
    for one in todo:  # it grows while it is gone over
        if isinstance(one, dict):
            for key, below in one.items():
                if not isinstance(key, str):
                    raise TypeError("a key of a JSON object must be text")
                if isinstance(below, _CONTAINERS):
                    todo.append(below)
        elif isinstance(one, _CONTAINERS):
            todo.extend(below for below in one if isinstance(below, _CONTAINERS))


def _escaped(match: re.Match[str]) -> str:
    point = ord(match.group())
    if point < 0x10000:
        return f"\\u{point:04x}"
    point -= 0x10000
    return f"\\u{0xD800 + (point >> 10):04x}\\u{0xDC00 + (point & 0x3FF):04x}"
