"""One Matroska file: what stands at the top of its segment.

Source: RFC 9559.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

from archiver.audio.source import Source
from archiver.audio.walk.matroska.described import (
    read_attachments,
    read_chapters,
    read_tags,
    text_value,
)
from archiver.audio.walk.matroska.ebml import (
    Element,
    children,
    element,
    real,
    reported,
    text,
    whole,
)
from archiver.audio.walk.matroska.top import (
    ATTACHMENTS,
    CHAPTERS,
    CLUSTER,
    INFO,
    MOST,
    NAMES,
    TAGS,
    TRACKS,
    Top,
)
from archiver.audio.walk.matroska.tracks import read_tracks
from archiver.audio.walk.model import LARGEST_PARSED, Missing, Walk, seconds

EBML, SEGMENT = 0x1A45DFA3, 0x18538067
_DOC_TYPE, _DOC_VERSION = 0x4282, 0x4287
_SCALE, _DURATION, _DATE = 0x2AD7B1, 0x4489, 0x4461
_INFO_TEXTS = {0x7BA9: "Info/Title", 0x4D80: "Info/MuxingApp", 0x5741: "Info/WritingApp"}
_DOC_TYPES = {"webm": "WebM"}
_PRONOM = {"matroska": "fmt/569", "webm": "fmt/573"}
_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
_LONGEST = 1e9  # seconds; thirty years


def walk_matroska(source: Source, format_id: str, start: int) -> Walk:
    """Walk the top of a Matroska or WebM file; clusters are stepped over."""
    walk = Walk(format_id)
    head = element(source.read(start, 12), 0, start)
    if head is None or head.size is None:
        walk.structure("there is no usable header", start)
        return walk
    _header(source, walk, head)
    at = head.offset + head.size
    segment = element(source.read(at, 12), 0, at)
    if segment is None or segment.kind != SEGMENT:
        walk.structure("no segment follows the header", at)
        return walk
    end = source.size if segment.size is None else min(source.size, segment.offset + segment.size)
    sound = _segment(source, walk, segment, end)
    held = walk.layout
    held["segment"] = [segment.offset, end]
    if "track" not in held:
        walk.structure("there is no sound track")
    elif sound is not None and "packed" not in held:
        walk.audio = [(sound[0], sound[1] - sound[0])]
    return walk


def _header(source: Source, walk: Walk, head: Element) -> None:
    size = head.size or 0
    walk.block("EBML", head.offset, size, source)
    found = dict(children(source.read(head.offset, min(size, 4096)), lambda _: None))
    kind = text(found.get(_DOC_TYPE, b"")).decode("ascii", "replace")
    number = str(whole(found.get(_DOC_VERSION, b"\1")))
    walk.version = number if kind == "matroska" else f"{_DOC_TYPES.get(kind, kind)} {number}"
    walk.pronom = _PRONOM.get(kind)


def _segment(source: Source, walk: Walk, segment: Element, end: int) -> tuple[int, int] | None:
    """Go over what stands at the top of the segment; return from where to where there is sound."""
    top, at, count = Top(source, end), segment.offset, 0
    first = behind = 0
    last: Element | None = None
    while at < end:
        count += 1
        if count > MOST:
            walk.structure(f"more than {MOST} elements in the segment", at)
            break
        found = top.at(at)
        if found is None:
            following = top.next_cluster(at)
            walk.structure(f"{following - at} bytes are no element", at)
            at = following
            behind = at if first else 0
            continue
        size = end - found.offset if found.size is None else min(found.size, end - found.offset)
        _take(source, walk, found, size)
        if found.kind == CLUSTER:
            first, behind = first or found.at, found.offset + size
        last, at = found, found.offset + size
    if segment.size is not None:
        _held_against(source, walk, segment, segment.size, last)
    return (first, behind) if first else None


def _held_against(
    source: Source, walk: Walk, segment: Element, size: int, last: Element | None
) -> None:
    """Hold the segment's size against the file's."""
    there = source.size - segment.offset
    if size < there:
        walk.block("(trailing bytes)", segment.offset + size, there - size, source)
        walk.structure(f"{there - size} bytes follow the segment", segment.offset + size)
    elif size > there:
        walk.structure(f"truncated: the segment has {there} of {size} bytes", segment.at)
        if last is not None and last.kind == CLUSTER:
            walk.missing.append(Missing(source.size, there, size))


def _take(source: Source, walk: Walk, found: Element, size: int) -> None:
    """List one element at the top, and read what it describes."""
    name = NAMES.get(found.kind, f"0x{found.kind:X}")
    if found.size is not None and found.size > size:
        walk.structure(f"truncated: {name} has {size} of {found.size} bytes", found.at)
    if found.kind == CLUSTER:
        walk.block(name, found.offset, size)
        return
    walk.block(name, found.offset, size, source)
    if found.kind == ATTACHMENTS:
        read_attachments(source, walk, found.offset, size)
        return
    reader = {INFO: _info, TRACKS: read_tracks, TAGS: read_tags, CHAPTERS: read_chapters}
    if found.kind not in reader:
        return
    if size > LARGEST_PARSED:
        words = f"{name} declares {size} bytes, more than the {LARGEST_PARSED} that are read"
        walk.finding("tags-refused", words, found.at)
        return
    reader[found.kind](walk, source.read(found.offset, size), found.offset)


def _info(walk: Walk, data: bytes, offset: int) -> None:
    """Segment information: how long it is, who wrote it, when."""
    scale, length = 1_000_000, 0.0
    texts: list[tuple[str, Any]] = []
    for kind, content in children(data, reported(walk, "Info", offset)):
        if kind == _SCALE:
            scale = whole(content)
        elif kind == _DURATION:
            length = real(content)
        elif kind in _INFO_TEXTS:
            texts.append((_INFO_TEXTS[kind], text_value(content)))
        elif kind == _DATE and len(content) == 8:
            since = timedelta(microseconds=int.from_bytes(content, signed=True) // 1000)
            texts.append(("Info/DateUTC", (_EPOCH + since).isoformat()))
    walk.tags += [{"system": "matroska", "key": key, "values": [value]} for key, value in texts]
    held = walk.layout
    held["timestamp_scale"] = scale
    if math.isfinite(length) and 0 < length * scale < _LONGEST * 1e9:
        walk.facts.setdefault("duration_s", seconds(round(length * scale), 1_000_000_000))
