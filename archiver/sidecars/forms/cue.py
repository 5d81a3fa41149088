"""Cue sheets: every FILE exists, and the INDEX times within each rise."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archiver.sidecars.model import Assertion, Parsed, Result
from archiver.sidecars.text import numbered_lines

# All of these meet lines without blanks at either end.
_FILE = re.compile(r"FILE\s+(\S.*)", re.IGNORECASE)
_QUOTED = re.compile(r'"([^"]*)"')
_FILE_TYPE = re.compile(r"[A-Za-z0-9]+")  # WAVE, MP3, AIFF, BINARY, MOTOROLA
_TRACK = re.compile(r"TRACK\s+(\d{1,3})\s+\S+", re.IGNORECASE)
_INDEX = re.compile(r"INDEX\s+(\d{1,2})\s+(\d{1,5}):(\d{2}):(\d{2})", re.IGNORECASE)
_INDEX_WORD = re.compile(r"(FILE|TRACK|INDEX)\b", re.IGNORECASE)
_FRAMES = 75  # CD frames a second


@dataclass(slots=True)
class _File:
    """One FILE of the sheet, and what its INDEX lines came to so far."""

    name: str
    line: int
    last: int = -1
    wrong: str | None = None

    def take(self, track: str, match: re.Match[str]) -> None:
        minutes, seconds, frames = int(match[2]), int(match[3]), int(match[4])
        at = (minutes * 60 + seconds) * _FRAMES + frames
        place = f"track {track} index {match[1]}"
        if self.wrong is None and (seconds >= 60 or frames >= _FRAMES):
            self.wrong = f"{place}: no time is written so"
        elif self.wrong is None and at < self.last:
            self.wrong = f"{place} is earlier than the one before it"
        self.last = at


def parse_cue(sidecar: str, data: bytes) -> Parsed:
    """Return two assertions a FILE: that it ``exists``, and its ``index-order``. Never raises."""
    files: list[_File] = []
    strange: list[int] = []
    track = "00"
    for number, indented in numbered_lines(data):
        line = indented.strip()
        if match := _INDEX.fullmatch(line):
            if files:
                files[-1].take(track, match)
            else:
                strange.append(number)
        elif match := _TRACK.fullmatch(line):
            track = match[1]
        elif match := _FILE.fullmatch(line):
            files.append(_File(_file_name(match[1]), number))
        elif _INDEX_WORD.match(line):
            strange.append(number)
    assertions = [one for file in files for one in _assertions(sidecar, file)]
    return Parsed(assertions, len(strange), strange[0] if strange else 0)


def _file_name(rest: str) -> str:
    """Return the name in what follows ``FILE``: quoted, or up to the last word, the type."""
    if quoted := _QUOTED.match(rest):
        return quoted[1]
    name, *kind = rest.rsplit(None, 1)
    return name if kind and _FILE_TYPE.fullmatch(kind[0]) else rest


def _assertions(sidecar: str, file: _File) -> list[Assertion]:
    exists = Assertion(sidecar, file.line, file.name, "exists", "")
    if file.last < 0:
        return [exists]
    order = Result.VERIFIED if file.wrong is None else Result.MALFORMED
    rising = Assertion(sidecar, file.line, file.name, "index-order", "", order, file.wrong)
    return [exists, rising]
