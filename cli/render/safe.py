"""The one door between hostile text and a terminal.

File names, tags and messages may hold anything: escape sequences that repaint the screen,
bidirectional marks that turn ``gpj.exe`` into ``exe.jpg``, line ends that forge a line of ours.
"""

from __future__ import annotations

import unicodedata

# Controls, formats (bidi marks, joiners, tags), surrogates (names that are not UTF-8), private
# use and unassigned, line and paragraph separators. Other blanks stay: U+3000 is honest Japanese.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def safe(text: str) -> str:
    r"""Return ``text`` as one line that cannot act on a terminal.

    Unsafe characters become ``\x1b``, ``\u202e``, ``\U000e0041``; a byte that was not UTF-8
    (held as a lone surrogate) becomes ``\xff``, the byte itself. Doing it twice changes nothing.
    For exact names use ``--json``, where nothing is ambiguous.
    """
    if text.isprintable():
        return text
    return "".join(
        _escape(ord(character)) if unicodedata.category(character) in _UNSAFE else character
        for character in text
    )


def _escape(point: int) -> str:
    if 0xDC80 <= point <= 0xDCFF:
        return f"\\x{point - 0xDC00:02x}"
    if point <= 0xFF:
        return {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"}.get(point, f"\\x{point:02x}")
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"


def columns(text: str) -> int:
    """Return how many terminal columns the escaped ``text`` takes."""
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
