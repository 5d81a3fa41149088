"""Raw tags of every system mutagen reads, as a flat list of entries and a list of pictures.

An entry is ``{"system", "key", "values"}`` with ``"fields"`` where a tag has more parts than
its values. Keys and values are those of the file; no system is translated into another.
"""

from __future__ import annotations

from typing import Any

from archiver.audio.tags.pictures import coded_picture, flac_picture, picture
from archiver.audio.tags.values import as_base64, json_ready

Entries = list[dict[str, Any]]
_MP4_IMAGES = {13: "image/jpeg", 14: "image/png", 12: "image/gif", 27: "image/bmp"}
_ASF_TYPES = ("text", "bytes", "bool", "dword", "qword", "word", "guid")
_DEEPEST_FRAMES = 3


def vorbis_entries(tags: Any, entries: Entries, pictures: Entries) -> None:
    """Vorbis comments: an ordered list of pairs, keys as written, repeats kept together."""
    by_key: dict[str, list[Any]] = {}
    for key, value in list.__iter__(tags):
        if key.upper() == "METADATA_BLOCK_PICTURE":
            found = coded_picture(value)
            if found is not None:
                pictures.append(found)
                continue
        by_key.setdefault(key, []).append(json_ready(value))
    vendor = getattr(tags, "vendor", None)
    if vendor:
        entries.append({"system": "vorbis", "key": "(vendor)", "values": [json_ready(vendor)]})
    for key, values in by_key.items():
        entries.append({"system": "vorbis", "key": key, "values": values})


def id3_entries(tags: Any, entries: Entries, pictures: Entries) -> None:
    """ID3v2 frames in the order of the tag, and those nobody could parse as bytes."""
    system = "id3v2." + ".".join(str(part) for part in tags.version[1:2])
    for key, frame in tags.items():
        if frame.FrameID in ("APIC", "PIC"):
            pictures.append(
                picture(frame.data, int(frame.type), str(frame.mime), _plain(frame.desc))
            )
        else:
            entries.append({"system": system, "key": json_ready(key), **_frame(frame, 0)})
    for raw in tags.unknown_frames:
        name = bytes(raw[: 3 if tags.version[1] == 2 else 4]).decode("latin-1")
        entries.append({"system": system, "key": name, "values": [as_base64(bytes(raw))]})


def _frame(frame: Any, depth: int) -> dict[str, Any]:
    fields = {name: _field(value, depth) for name, value in vars(frame).items() if name[0] != "_"}
    texts = fields.pop("text", None)
    if isinstance(texts, list):
        return {"values": texts, "fields": fields}
    if texts is not None:
        fields["text"] = texts
    return {"values": [fields]}


def _field(value: Any, depth: int) -> Any:
    if hasattr(value, "values") and hasattr(value, "unknown_frames"):  # frames inside a frame
        if depth >= _DEEPEST_FRAMES:
            return None
        return [{"key": json_ready(k), **_frame(f, depth + 1)} for k, f in value.items()]
    return json_ready(value)


def _plain(text: object) -> str | None:
    shown = json_ready(str(text)) if text is not None else None
    return shown if isinstance(shown, str) else None


def ape_entries(tags: Any, entries: Entries, pictures: Entries) -> None:
    """APEv2 items: text (several values), external references, and bytes."""
    for key, value in tags.items():
        if value.kind == 1:
            data = bytes(value.value)
            name, _, image = data.partition(b"\0")
            if key.lower().startswith("cover art") and image:
                kind = 4 if "back" in key.lower() else 3
                pictures.append(picture(image, kind, None, name.decode("utf-8", "replace")))
                continue
            entries.append({"system": "apev2", "key": key, "values": [as_base64(data)]})
        else:
            entry = {"system": "apev2", "key": key, "values": json_ready(list(value))}
            entries.append(entry if value.kind == 0 else {**entry, "fields": {"kind": value.kind}})


def mp4_entries(tags: Any, entries: Entries, pictures: Entries) -> None:
    """MP4 ``ilst`` items, free-form ones included, and the atoms that could not be parsed."""
    for key, value in tags.items():
        if key == "covr":
            for cover in value:
                declared = _MP4_IMAGES.get(int(cover.imageformat))
                pictures.append(picture(bytes(cover), None, declared, None))
            continue
        values = value if isinstance(value, list) else [value]
        entry = {"system": "mp4", "key": key, "values": [_mp4_value(item) for item in values]}
        entries.append(entry)
    for key, pieces in getattr(tags, "_failed_atoms", {}).items():
        raw = [as_base64(bytes(piece)) for piece in pieces]
        entries.append({"system": "mp4", "key": json_ready(key), "values": raw})


def mp4_chapters(chapters: Any) -> dict[str, Any]:
    """Nero chapters (``chpl``): start in seconds and title."""
    values = [
        {"start_s": round(part.start, 6), "title": json_ready(part.title)} for part in chapters
    ]
    return {"system": "mp4", "key": "(chapters)", "values": values}


def _mp4_value(item: Any) -> Any:
    if isinstance(item, bytes) and getattr(item, "dataformat", 0) == 1:
        try:
            return json_ready(item.decode("utf-8"))
        except UnicodeDecodeError:
            return as_base64(bytes(item))
    return json_ready(item)


def asf_entries(tags: Any, entries: Entries, pictures: Entries) -> None:
    """ASF attributes with their declared type, language and stream where they have one."""
    for key, value in list.__iter__(tags):
        plain = value.value
        if key == "WM/Picture" and isinstance(plain, bytes):
            found = _asf_picture(plain)
            if found is not None:
                pictures.append(found)
                continue
        kind = _ASF_TYPES[value.TYPE] if len(_ASF_TYPES) > value.TYPE else value.TYPE
        fields = {"type": kind, "language": value.language, "stream": value.stream}
        fields = {name: json_ready(part) for name, part in fields.items() if part is not None}
        entries.append(
            {"system": "asf", "key": key, "values": [json_ready(plain)], "fields": fields}
        )


def _asf_picture(data: bytes) -> dict[str, Any] | None:
    """Type (1), size (4), media type and description as UTF-16LE with a zero, the picture."""
    at = 5
    texts = []
    for _ in range(2):
        end = at
        while data[end : end + 2] not in (b"\0\0", b""):
            end += 2
        texts.append(data[at:end].decode("utf-16-le", "replace"))
        at = end + 2
    size = int.from_bytes(data[1:5], "little")
    image = data[at:]
    return picture(image, data[0], texts[0], texts[1]) if len(image) == size else None


def flac_pictures(blocks: Any, pictures: Entries) -> None:
    """Picture blocks of a FLAC file."""
    for block in blocks:
        found = flac_picture(block.write())
        if found is not None:
            pictures.append(found)
