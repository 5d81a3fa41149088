"""Text in old fields: which encoding it is in is rarely said."""

from __future__ import annotations

from typing import Any

from archiver.audio.tags.values import json_ready


def field_text(raw: bytes) -> str:
    """Return a fixed-length text field up to its first zero, as UTF-8 or else Windows-1252.

    Bytes that Windows-1252 does not define come out as Latin-1, so that nothing is lost: the
    reading can always be turned back into the bytes.
    """
    raw = raw.split(b"\0", 1)[0]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(_CP1252.get(byte, chr(byte)) for byte in raw)


def encoding_of(raw: bytes) -> str:
    """Say how :func:`field_text` reads these bytes: ``ascii``, ``utf-8`` or ``windows-1252``."""
    raw = raw.split(b"\0", 1)[0]
    if raw.isascii():
        return "ascii"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "windows-1252"
    return "utf-8"


def text_entry(system: str, key: str, raw: bytes) -> dict[str, Any]:
    """Return a tag entry of one text field, with the encoding it was taken to be in."""
    entry: dict[str, Any] = {"system": system, "key": key, "values": [json_ready(field_text(raw))]}
    encoding = encoding_of(raw)
    if encoding != "ascii":
        entry["fields"] = {"encoding": encoding}
    return entry


def _cp1252() -> dict[int, str]:
    table: dict[int, str] = {}
    for byte in range(0x80, 0xA0):
        text = bytes([byte]).decode("cp1252", "ignore")
        if text:
            table[byte] = text
    return table


_CP1252 = _cp1252()
