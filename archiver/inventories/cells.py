r"""Cells that a spreadsheet program shows and does not obey.

Names and tags are hostile: a title ``=HYPERLINK(...)`` is run by the program that opens the
table, a line end or a mark of direction makes it say something else than it holds. Such characters
are written ``\uXXXX`` or ``\UXXXXXXXX`` in small hexadecimal digits; a backslash that stands before
what looks so is written ``\u005c``. Replacing each by its character, from left to right, gives
back the text.
"""

from __future__ import annotations

import re

# A fixed set, not a Unicode category: what is written must not change with Python's tables.
# Controls; bidi and zero-width marks; line and paragraph separators; BOM; lone surrogates, which
# UTF-8 cannot hold; non-characters; tags.
_HIDDEN = (
    "\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f"
)
# What begins a formula: = + - @, the minus sign, and all that Unicode holds to be forms of them.
_FORMULA = (
    "=+\\-@\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u207a-\u207c\u208a-\u208c\u2212"
    "\u2a75\u2a76\ufb29"
)
# What a program may pass over before it looks for a formula: blanks and quotation marks.
_PASSED_OVER = "\\s\"'`\u00b4\u2018-\u201f\u00ab\u00bb\uff02\uff07"
# A table read with another separator than ours has cells that begin behind that.
_SEPARATORS = ";|"
_BEFORE = f"[{_PASSED_OVER}{_SEPARATORS}]"

_UNSAFE = re.compile(
    rf"(?P<before>(?:^|(?<!{_BEFORE})(?={_BEFORE})){_BEFORE}*+)(?P<formula>[{_FORMULA}])"
    rf"|(?P<hidden>[{_HIDDEN}])"
    r"|\\(?=u[0-9a-f]{4}|U[0-9a-f]{8})"
)
_HIDDEN_ONE = re.compile(f"[{_HIDDEN}]")
_NEEDS_A_LOOK = re.compile(rf"[{_HIDDEN}{_FORMULA}\\]")


def safe_cell(text: str) -> str:
    """Return ``text`` as it stands in a cell: one line, no formula, to be had back."""
    if _NEEDS_A_LOOK.search(text) is None:
        return text
    return _UNSAFE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    before, formula = match["before"], match["formula"]
    if formula is None:
        return _point(match["hidden"] or "\\")
    if match.start() == 0 or any(separator in before for separator in _SEPARATORS):
        formula = _point(formula)
    return _HIDDEN_ONE.sub(lambda found: _point(found.group()), before) + formula


def _point(character: str) -> str:
    point = ord(character)
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"
