"""Playlists: m3u, m3u8, pls, xspf. Each entry asserts that a file ``exists``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

from archiver.sidecars.forms.xml import NotReadError, walk_xml
from archiver.sidecars.model import Assertion, Parsed, Result
from archiver.sidecars.text import numbered_lines

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):")
_PLS_FILE = re.compile(r"File\d+\s*=\s*(.+)", re.IGNORECASE)


def parse_m3u(sidecar: str, data: bytes) -> Parsed:
    """Return one assertion a line that is no comment. Never raises."""
    return Parsed(
        [
            _entry(sidecar, number, line.strip(" \t"))
            for number, line in numbered_lines(data)
            if not line.startswith("#")
        ]
    )


def parse_pls(sidecar: str, data: bytes) -> Parsed:
    """Return one assertion a ``FileN=`` line. Never raises."""
    matches = ((number, _PLS_FILE.fullmatch(line.strip())) for number, line in numbered_lines(data))
    return Parsed([_entry(sidecar, number, match[1]) for number, match in matches if match])


def parse_xspf(sidecar: str, data: bytes) -> Parsed:
    """Return one assertion a ``<track>`` with a ``<location>``."""
    found: list[Assertion] = []
    inside = [False]

    def start(element: str, _attributes: Mapping[str, str], _line: int) -> None:
        inside[0] = inside[0] or element == "track"

    def end(element: str, text: str, line: int) -> None:
        if element == "track":
            inside[0] = False
        elif element == "location" and inside[0] and text:
            found.append(_entry(sidecar, line, text, is_uri=True))

    try:
        walk_xml(data, start, end)
    except NotReadError as wrong:
        return Parsed(found, problem=str(wrong))
    return Parsed(found)


def _entry(sidecar: str, line: int, entry: str, *, is_uri: bool = False) -> Assertion:
    """Return the assertion of an entry that is a path, or an address of any kind."""
    scheme = _SCHEME.match(entry)
    if scheme is not None and scheme[1].lower() == "file":
        path = unquote(entry[scheme.end() :]).removeprefix("//")
        return Assertion(sidecar, line, path, "exists", "")
    if scheme is not None and (is_uri or entry.startswith("//", scheme.end())):
        reason = "an address on a network, not a file"
        return Assertion(sidecar, line, entry, "exists", "", Result.UNVERIFIABLE, reason)
    return Assertion(sidecar, line, unquote(entry) if is_uri else entry, "exists", "")
