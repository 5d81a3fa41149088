"""Listed paths: decoding them, and judging them as text, before anything is opened.

A path is judged component by component; no file system is asked, and nothing is expanded.
"""

from __future__ import annotations

import re

_ESCAPE = re.compile("%(?:([0-9A-Fa-f]{2}))?")
_BACKSLASHED = re.compile(r"\\(.)", re.DOTALL)
_DRIVE = re.compile("[A-Za-z]:")
_MEANINGS = {"0D": "\r", "0A": "\n", "25": "%"}


def decode_escapes(path: str, defined: frozenset[str]) -> tuple[str, bool]:
    """Decode the ``defined`` percent escapes (hex of either case) in one pass.

    Returns the decoded path, and whether a percent sign was left that stands for nothing.
    RFC 8493 2.1.3: CR, LF and % are encoded, and only those.
    """
    if "%" not in path:
        return path, False
    undefined = False

    def meaning(found: re.Match[str]) -> str:
        nonlocal undefined
        code = (found[1] or "").upper()
        if code in defined:
            return _MEANINGS[code]
        undefined = True
        return found[0]

    return _ESCAPE.sub(meaning, path), undefined


def undo_backslashes(path: str) -> str | None:
    r"""Undo the escaping of md5sum and b3sum: ``\\``, ``\n`` and ``\r``; None for any other."""
    meanings = {"\\": "\\", "n": "\n", "r": "\r"}
    if path.replace("\\\\", "").endswith("\\"):
        return None
    if any(found[1] not in meanings for found in _BACKSLASHED.finditer(path)):
        return None
    return _BACKSLASHED.sub(lambda found: meanings[found[1]], path)


def unsafe(path: str) -> str | None:
    """Say why ``path`` cannot be a file of the bag, or None (RFC 8493 2.1.3, 5.1)."""
    if path.startswith("/"):
        return "the path is absolute"
    if "\0" in path:
        return "the path holds a NUL character"
    for component in path.split("/"):
        if component == "..":
            return "the path climbs out of its folder with '..'"
        if component == ".":
            return "the path holds a '.' component"
        if component == "":
            return "the path has an empty component or ends in a slash"
    return None


def risky(path: str) -> str | None:
    """Say why ``path``, harmless here, would mean something else on another system, or None."""
    if path.startswith("~"):
        return "some programs take a leading '~' for a home folder"
    if path.startswith(("\\\\", "//")):
        return "Windows takes the path for one on the network or a device"
    if "\\" in path:
        return "Windows takes the backslash for a folder separator"
    if _DRIVE.match(path):
        return "Windows takes the beginning for a drive letter"
    return None
