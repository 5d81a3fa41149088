"""In which line of a TOML document a key stands, for messages about mistakes."""

from __future__ import annotations

import re

_HEADER = re.compile(r"\s*(\[\[?)\s*([^\[\]#]+?)\s*\]\]?\s*(#.*)?")
_PAIR = re.compile(
    r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=(.*)"""
)
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|#.*')
_QUOTES = ('"""', "'''")


def key_lines(text: str) -> dict[str, int]:
    """Return the line, from 1, of each key and table by its dotted name.

    The tables of a list (``[[name]]``) are called ``name[1]``, ``name[2]`` and so on.
    A guide for the eye and nothing more: what is not found is left out. Values of several lines
    are gone over by their brackets and quotes.
    """
    places: dict[str, int] = {}
    lists: dict[str, int] = {}
    prefix, depth, quote = "", 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        if quote:
            quote = "" if quote in line else quote
        elif depth > 0:
            depth += _opened(line)
        elif header := _HEADER.fullmatch(line):
            prefix = _numbered(_plain(header[2]), header[1] == "[[", lists) + "."
            places.setdefault(prefix[:-1], number)
        elif pair := _PAIR.fullmatch(line):
            places.setdefault(prefix + _plain(pair[1]), number)
            quote = next((mark for mark in _QUOTES if pair[2].count(mark) == 1), "")
            depth = 0 if quote else max(0, _opened(pair[2]))
    return places


def _numbered(name: str, is_item: bool, lists: dict[str, int]) -> str:
    """Return the dotted name with the number of each list's table that it lies in."""
    if is_item:
        lists[name] = lists.get(name, 0) + 1
    parts, plain = [], ""
    for part in name.split("."):
        plain = f"{plain}.{part}" if plain else part
        parts.append(f"{part}[{lists[plain]}]" if plain in lists else part)
    return ".".join(parts)


def _opened(text: str) -> int:
    """Return how many brackets stay open in a piece of a value."""
    bare = _STRINGS.sub("", text)
    return sum(bare.count(sign) for sign in "[{") - sum(bare.count(sign) for sign in "]}")


def _plain(key: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in key.split("."))
