"""What a Matroska file is described by: tags, chapters, attached files.

Source: RFC 9559 5.1.6 to 5.1.8.
"""

from __future__ import annotations

from typing import Any

from archiver.audio.source import Source
from archiver.audio.tags.pictures import dimensions, picture
from archiver.audio.tags.values import as_base64, json_ready
from archiver.audio.walk.matroska.ebml import children, elements, reported, text, whole
from archiver.audio.walk.model import LARGEST_PARSED, Walk, digest_of

_TAG, _TARGETS, _SIMPLE = 0x7373, 0x63C0, 0x67C8
_TAG_NAME, _TAG_STRING, _TAG_BINARY = 0x45A3, 0x4487, 0x4485
_TAG_LANGUAGES = (0x447B, 0x447A)
_TARGET_VALUE, _TARGET_NAME = 0x68CA, 0x63CA
_TARGET_IDS = {0x63C5: "track", 0x63C9: "edition", 0x63C4: "chapter", 0x63C6: "attachment"}
_EDITION, _ATOM, _START, _DISPLAY, _TITLE = 0x45B9, 0xB6, 0x91, 0x80, 0x85
_ATTACHED, _FILE_NAME, _FILE_TYPE, _FILE_DATA = 0x61A7, 0x466E, 0x4660, 0x465C
_COVERS = ("cover.", "small_cover.", "cover_land.", "small_cover_land.")
_FRONT_COVER = 3
_DEEPEST = 8
_MOST_TAGS = 20_000
_MOST_CHAPTERS = 10_000
_MOST_ATTACHMENTS = 1_000
_LONGEST_NAME = 4_096


def text_value(data: bytes) -> Any:
    """Return a text ready for JSON; as bytes where it is no UTF-8."""
    try:
        return json_ready(text(data).decode("utf-8"))
    except UnicodeDecodeError:
        return as_base64(text(data))


def read_tags(walk: Walk, data: bytes, offset: int) -> None:
    """Read all simple tags, each with what it is about (``target`` and numbers of parts)."""
    broken = reported(walk, "Tags", offset)
    left = _MOST_TAGS
    for kind, tag in children(data, broken):
        if kind != _TAG:
            continue
        fields: dict[str, Any] = {}
        simple: list[bytes] = []
        for inner, content in children(tag, broken):
            if inner == _TARGETS:
                fields = _targets(content)
            elif inner == _SIMPLE and len(simple) <= left:
                simple.append(content)
            elif inner == _SIMPLE:
                break
        for content in simple:
            left = _simple_tag(walk, content, "", fields, left, 0)
        if left <= 0:
            walk.finding("tags-refused", f"there are more than {_MOST_TAGS} tags", offset)
            return


def _targets(data: bytes) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for kind, content in children(data, lambda _: None):
        if kind == _TARGET_VALUE:
            fields["target"] = whole(content)
        elif kind == _TARGET_NAME:
            fields["target_name"] = text_value(content)
        elif kind in _TARGET_IDS and (number := whole(content)):
            fields[_TARGET_IDS[kind]] = str(number)
    return fields


def _simple_tag(
    walk: Walk, data: bytes, above: str, fields: dict[str, Any], left: int, depth: int
) -> int:
    """Enter a tag and those inside of it; return how many more may be."""
    if left <= 0 or depth > _DEEPEST:
        return left
    name, values, nested, own = "", [], [], dict(fields)
    for kind, content in children(data, lambda _: None):
        if kind == _TAG_NAME:
            name = text(content).decode("utf-8", "replace")
        elif kind == _TAG_STRING:
            values.append(text_value(content))
        elif kind == _TAG_BINARY:
            values.append(as_base64(content))
        elif kind in _TAG_LANGUAGES:
            own["language"] = text_value(content)
        elif kind == _SIMPLE:
            nested.append(content)
    key = f"{above}/{name}" if above else name
    entry: dict[str, Any] = {"system": "matroska", "key": key, "values": values}
    walk.tags.append({**entry, "fields": own} if own else entry)
    left -= 1
    for content in nested:
        left = _simple_tag(walk, content, key, fields, left, depth + 1)
    return left


def read_chapters(walk: Walk, data: bytes, offset: int) -> None:
    """Read starts and titles of the chapters of all editions, nested ones behind their parents."""
    broken = reported(walk, "Chapters", offset)
    for kind, edition in children(data, broken):
        if kind != _EDITION:
            continue
        values: list[dict[str, Any]] = []
        for inner, atom in children(edition, broken):
            if inner == _ATOM and len(values) >= _MOST_CHAPTERS:
                words = f"there are more than {_MOST_CHAPTERS} chapters"
                walk.finding("tags-refused", words, offset)
                break
            if inner == _ATOM:
                _chapter(atom, values, 0)
        walk.tags.append({"system": "matroska", "key": "(chapters)", "values": values})


def _chapter(data: bytes, values: list[dict[str, Any]], depth: int) -> None:
    if len(values) >= _MOST_CHAPTERS or depth > _DEEPEST:
        return
    found: dict[str, Any] = {"start_s": 0.0, "title": None}
    values.append(found)
    for kind, content in children(data, lambda _: None):
        if kind == _START:
            found["start_s"] = round(whole(content) / 1e9, 6)
        elif kind == _DISPLAY and found["title"] is None:
            title = dict(children(content, lambda _: None)).get(_TITLE)
            found["title"] = text_value(title) if title is not None else None
        elif kind == _ATOM:
            _chapter(content, values, depth + 1)


def read_attachments(source: Source, walk: Walk, offset: int, size: int) -> None:
    """List attached files: pictures among the pictures, all others by name, type and digest."""
    broken = reported(walk, "Attachments", 0)
    others: list[dict[str, Any]] = []
    for count, file in enumerate(elements(source, offset, offset + size, broken)):
        if count >= _MOST_ATTACHMENTS:
            walk.structure(f"more than {_MOST_ATTACHMENTS} attached files", file.at)
            break
        if file.kind != _ATTACHED or file.size is None:
            continue
        name = kind = ""
        data = (0, 0)
        for part in elements(source, file.offset, file.offset + file.size, broken):
            if part.kind in (_FILE_NAME, _FILE_TYPE):
                raw = text(source.read(part.offset, min(part.size or 0, _LONGEST_NAME)))
                words = raw.decode("utf-8", "replace")
                name, kind = (words, kind) if part.kind == _FILE_NAME else (name, words)
            elif part.kind == _FILE_DATA:
                data = (part.offset, part.size or 0)
        if kind.startswith("image/"):
            walk.pictures.append(_picture(source, data, name, kind))
        else:
            digest = digest_of(source, *data)
            others.append({"name": name, "mime": kind, "size": data[1], "blake3": digest})
    if others:
        walk.embedded["attachments"] = others


def _picture(source: Source, data: tuple[int, int], name: str, mime: str) -> dict[str, Any]:
    """Return the record of an attached picture; the name says which is the cover."""
    cover = _FRONT_COVER if name.lower().startswith(_COVERS) else None
    offset, size = data
    if size <= LARGEST_PARSED:
        return picture(source.read(offset, size), cover, mime, name)
    what, width, height = dimensions(source.read(offset, LARGEST_PARSED))
    found = picture(b"", cover, mime, name)
    seen = {"size": size, "format": what, "width": width, "height": height}
    return {**found, **seen, "blake3": digest_of(source, offset, size)}
