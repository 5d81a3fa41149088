"""Chapters, in whichever way the tags give them.

ID3v2 ``CHAP`` frames (ID3v2 Chapter Frame Addendum 1.0), Nero's ``chpl`` and tracks of chapters in
MPEG-4, and ``CHAPTER001=hh:mm:ss.mmm`` with ``CHAPTER001NAME`` in Vorbis comments.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

_VORBIS = re.compile(r"CHAPTER(\d{1,3})(NAME)?", re.ASCII)
_CLOCK = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)", re.ASCII)
_LISTS = ("(CHAPTERS)", "(CHAPTER TRACK)")
_MOST = 1_000
_SAME_S = 0.01  # programs that write a chapter in two ways round its start in each
_LONGEST = 300  # characters of a title; the whole of it is among the raw tags


def chapters_of(tags: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return ``{"start_s": seconds, "title": text}`` of each chapter, in order of their starts.

    ``"title"`` is left out where there is none. What two lists say alike is given once. At most a
    thousand.
    """
    found: list[tuple[float, str | None]] = []
    named: dict[str, dict[str, str]] = {}
    for entry in tags:
        key, values = str(entry["key"]).upper(), entry["values"]
        if key in _LISTS:
            listed = [(part["start_s"], _text(part.get("title"))) for part in values]
            found += _others(listed, found)
        elif key.startswith("CHAP:"):
            found += [chapter for frame in values if (chapter := _frame(frame)) is not None]
        elif entry.get("system") == "vorbis" and (match := _VORBIS.fullmatch(key)) and values:
            named.setdefault(match[1], {})[match[2] or "START"] = str(values[0])
    for parts in named.values():
        if match := _CLOCK.fullmatch(parts.get("START", "")):
            start = int(match[1]) * 3600 + int(match[2]) * 60 + float(match[3])
            found.append((start, _text(parts.get("NAME"))))
    found.sort(key=lambda chapter: chapter[0])
    return [
        {"start_s": round(start, 6), **({"title": title} if title else {})}
        for start, title in found[:_MOST]
    ]


def _others(
    listed: list[tuple[float, str | None]], found: list[tuple[float, str | None]]
) -> list[tuple[float, str | None]]:
    """Return those of ``listed`` that are not among ``found`` by title and, nearly, by start."""
    known: dict[str | None, list[float]] = {}
    for start, title in found:
        known.setdefault(title, []).append(start)
    for starts in known.values():
        starts.sort()
    return [one for one in listed if not _is_near(one[0], known.get(one[1], []))]


def _is_near(start: float, sorted_starts: list[float]) -> bool:
    place = bisect_left(sorted_starts, start - _SAME_S)
    return place < len(sorted_starts) and sorted_starts[place] <= start + _SAME_S


def _frame(frame: Any) -> tuple[float, str | None] | None:
    """Return start and title of a ``CHAP`` frame; its times are in milliseconds."""
    if not isinstance(frame, dict) or not isinstance(frame.get("start_time"), int):
        return None
    title = None
    for inner in frame.get("sub_frames") or ():
        if str(inner.get("key")) in ("TIT2", "TT2") and inner.get("values"):
            title = _text(inner["values"][0])
    return frame["start_time"] / 1000, title


def timed_text(values: Iterable[Any]) -> str:
    """Return the words of synchronised lyrics (``SYLT``: pairs of text and time), put together."""
    return "".join(
        str(pair[0]) for pair in values if isinstance(pair, list) and len(pair) == 2
    ).strip()


def _text(value: Any) -> str | None:
    return value.strip()[:_LONGEST] or None if isinstance(value, str) else None
