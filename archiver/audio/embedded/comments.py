"""Vorbis comments (as FLAC, Vorbis, Opus and Speex carry them), read without losing a byte."""

from __future__ import annotations

from typing import Any

from archiver.audio.tags.pictures import coded_picture
from archiver.audio.tags.values import as_base64, json_ready

_MOST = 20_000
_PICTURE = "METADATA_BLOCK_PICTURE"


def read_comments(data: bytes) -> tuple[list[dict[str, Any]], list[dict[str, Any]], str | None]:
    """Return ``(entries, pictures, problem)`` of a comment header without its magic.

    Layout: RFC 9639 8.6, RFC 7845 5.2. Keys are kept as written; entries that share one are
    joined in the order of the file. A comment that is no UTF-8, or has no ``=``, is kept as
    bytes under the key ``"(undecodable)"`` or ``"(no key)"``.
    """
    vendor_size = int.from_bytes(data[:4], "little")
    at = 4 + vendor_size
    if len(data) < at + 4:
        return [], [], "the comment header is cut short"
    values: dict[str, list[Any]] = {"(vendor)": [_value(data[4:at])]}
    pictures = []
    count = int.from_bytes(data[at : at + 4], "little")
    at += 4
    problem = None
    for n in range(count):
        size = int.from_bytes(data[at : at + 4], "little")
        comment = data[at + 4 : at + 4 + size]
        if len(data) < at + 4 or len(comment) < size or n >= _MOST:
            problem = f"only {n} of {count} comments are there to be read"
            break
        at += 4 + size
        key, value = _pair(comment)
        picture = coded_picture(value) if key.upper() == _PICTURE and type(value) is str else None
        if picture is not None:
            pictures.append(picture)
        else:
            values.setdefault(key, []).append(json_ready(value) if type(value) is str else value)
    entries = [{"system": "vorbis", "key": key, "values": held} for key, held in values.items()]
    return entries, pictures, problem


def _pair(comment: bytes) -> tuple[str, Any]:
    raw_key, equals, raw_value = comment.partition(b"=")
    if not equals:
        return "(no key)", _value(comment)
    try:
        key = raw_key.decode("utf-8")
        value = raw_value.decode("utf-8")
    except UnicodeDecodeError:
        return "(undecodable)", as_base64(comment)
    return key, value if key.upper() == _PICTURE else json_ready(value)


def _value(raw: bytes) -> Any:
    try:
        return json_ready(raw.decode("utf-8"))
    except UnicodeDecodeError:
        return as_base64(raw)
