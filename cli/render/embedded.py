"""What is embedded in a recording besides its tags, in the words of a librarian."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cli.render.text import clock_time, count

_SHOWN = 10
_BEXT = ("description", "originator", "originator_reference", "origination_date")
_CART = ("title", "artist", "cut_id", "client_id", "category", "start_date", "end_date")


def embedded_texts(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield label and text of each embedded thing that says something to a person."""
    embedded = record.get("embedded", {})
    yield from _fields("bext", embedded.get("bext"), _BEXT)
    if history := _of(embedded.get("bext"), "coding_history"):
        yield "coding", "; ".join(str(history).split("\r\n")).strip("; ")
    yield from _fields("cart", embedded.get("cart"), _CART)
    yield from _cue_sheet(embedded.get("cue_sheet"), record.get("facts", {}).get("sample_rate"))
    labels = [row for row in embedded.get("adtl") or () if row.get("kind") == "labl"]
    if points := embedded.get("cue"):
        named = "; ".join(str(row.get("text")) for row in labels[:_SHOWN])
        yield "cue points", f"{len(points):,}" + (f": {named}" if named else "")
    for name in ("ixml", "axml", "xmp"):
        if elements := _of(embedded.get(name), "elements"):
            yield name, f"{count(len(elements), 'element')} with text (--tags shows them)"


def chapter_texts(chapters: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield label and text of the first chapters."""
    for number, chapter in enumerate(chapters[:_SHOWN], 1):
        label = "chapters" if number == 1 else ""
        yield label, f"{clock_time(chapter['start_s'])} {chapter.get('title', '')}".rstrip()
    if len(chapters) > _SHOWN:
        yield "", f"and {len(chapters) - _SHOWN:,} more"


def _fields(label: str, content: Any, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    said = [str(text) for name in names if (text := _of(content, name)) and isinstance(text, str)]
    if said:
        yield label, ", ".join(said)


def _cue_sheet(sheet: Any, rate: Any) -> Iterator[tuple[str, str]]:
    """Yield a FLAC cue sheet's tracks with start and recording code; the last is the lead-out."""
    tracks = _of(sheet, "tracks") or []
    for number, track in enumerate(tracks[: _SHOWN + 1]):
        place = clock_time(track["offset"] / rate) if rate else f"sample {track['offset']:,}"
        last = track["number"] in (170, 255)
        what = "lead-out" if last else f"track {track['number']}"
        code = f", ISRC {track['isrc']}" if track.get("isrc") else ""
        yield ("cue sheet" if number == 0 else ""), f"{what} at {place}{code}"
    if len(tracks) > _SHOWN + 1:
        yield "", f"and {len(tracks) - _SHOWN - 1:,} more"


def _of(content: Any, name: str) -> Any:
    return content.get(name) if isinstance(content, dict) else None
