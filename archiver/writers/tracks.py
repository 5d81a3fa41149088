"""Discs, sides and tracks: what tags, names of folders and cue sheets say of the order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from archiver.writers.model import CueSheet, FileRecord, texts
from archiver.writers.xml import attributes_of

_DISC = re.compile(r"(?:disc|disk|cd|lp|dvd)[ ._#-]*([0-9]{1,3})(?![0-9])", re.IGNORECASE)
_TAPE = re.compile(r"(?:tape|reel|cassette)[ ._#-]*([0-9]{1,4})(?![0-9])", re.IGNORECASE)
_SIDE = re.compile(r"side[ ._#-]*([a-z]|[0-9]{1,2})(?![a-z0-9])", re.IGNORECASE)
_CARRIERS = (("disc", _DISC), ("tape", _TAPE), ("side", _SIDE))
_TRACK = re.compile(r"\s*(?:([A-Za-z])[ .-]?)?([0-9]{1,5})(?:\s*/|\s*$)")
_LAST = 1 << 30
_LEAD_OUT = frozenset({170, 255})


class Track(NamedTuple):
    """A recording as a part of something; in this order the parts stand.

    ``disc``, ``side`` and ``order`` are 0, empty and very large where nothing says them.
    """

    disc: int
    side: str
    order: int
    file: int
    label: str
    order_label: str | None
    cues: tuple[tuple[int, str], ...]


def carrier(folder: str) -> tuple[str, str]:
    """Return what a folder stands for by its name ("disc", "tape", "side"), and its number.

    A folder that says nothing of the kind is a "folder".
    """
    for kind, pattern in _CARRIERS:
        if match := pattern.match(folder):
            number = match.group(1)
            return kind, number.lstrip("0") or number
    return "folder", ""


def side_number(letter: str) -> int:
    """Return which side a letter stands for: 1 for A, whatever its case."""
    return ord(letter.upper()) - ord("A") + 1


def track_of(file: FileRecord, name: str) -> Track:
    """Return the recording ``file``, called ``name``, as a part."""
    view = file.recording.view
    numbered = next(iter(texts(view, "track")), None)
    found = _TRACK.match(numbered) if numbered else None
    disc = _TRACK.match(next(iter(texts(view, "disc")), ""))
    return Track(
        disc=int(disc.group(2)) if disc else 0,
        side=(found.group(1) or "").upper() if found else "",
        order=int(found.group(2)) if found else _LAST,
        file=file.number,
        label=next(iter(texts(view, "title")), name),
        order_label=numbered,
        cues=_cues(file.recording.embedded.cue_sheet, file.recording.facts.get("sample_rate")),
    )


def track_divs(folder: str, tracks: Iterable[Track]) -> Iterator[bytes]:
    """Yield the parts in a folder in their order, in discs and sides where tags tell them.

    What the folder's own name says already is not said again.
    """
    kind, _ = carrier(folder)
    for disc, on_disc in groupby(sorted(tracks), key=lambda track: track.disc):
        as_disc = disc > 0 and kind not in ("disc", "side")
        if as_disc:
            yield f'<div TYPE="disc" ORDER="{disc}" LABEL="Disc {disc}">\n'.encode()
        for side, on_side in groupby(on_disc, key=lambda track: track.side):
            as_side = side != "" and kind != "side"
            if as_side:
                number = side_number(side)
                yield f'<div TYPE="side" ORDER="{number}" LABEL="Side {side}">\n'.encode()
            for order, track in enumerate(on_side, 1):
                yield _div(order, track)
            yield b"</div>\n" * as_side
        yield b"</div>\n" * as_disc


def _div(order: int, track: Track) -> bytes:
    said = attributes_of(TYPE="track", ORDER=order, ORDERLABEL=track.order_label, LABEL=track.label)
    parts = "".join(
        f'<div TYPE="index" ORDER="{place}" ORDERLABEL="{number}"><fptr>'
        f'<area FILEID="file-{track.file}" BETYPE="TIME" BEGIN="{begin}"/></fptr></div>'
        for place, (number, begin) in enumerate(track.cues, 1)
    )
    return f'<div{said}><fptr FILEID="file-{track.file}"/>{parts}</div>\n'.encode()


def _cues(sheet: CueSheet | None, rate: object) -> tuple[tuple[int, str], ...]:
    """Return number and beginning (HH:MM:SS.mmm) of each track the file's own cue sheet names."""
    if sheet is None or not isinstance(rate, int) or rate <= 0:
        return ()
    return tuple(
        (track.number, clock(track.offset * 1000 // rate))
        for track in sheet.tracks
        if track.audio and track.offset >= 0 and track.number not in _LEAD_OUT
    )


def clock(milliseconds: int) -> str:
    """Return a time as HH:MM:SS.mmm."""
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{milliseconds:03}"
