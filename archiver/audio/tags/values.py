"""Turning what a tag holds into JSON without losing anything silently."""

from __future__ import annotations

import base64
import math
from typing import Any

from blake3 import blake3

# A text or a run of bytes longer than this is recorded by size and digest instead of whole.
LONGEST_TEXT = 128 << 10  # characters
LONGEST_BYTES = 32 << 10
_DEEPEST = 8


def json_ready(value: Any, depth: int = 0) -> Any:
    """Return ``value`` as plain JSON data.

    Text stays text; bytes become ``{"base64": ...}``; both become ``{"size", "blake3"}`` (and
    ``"chars"`` for text) beyond the caps. Numbers and booleans stay, sequences become lists.
    Anything else is given as its text. Text that holds lone surrogates cannot be UTF-8 and is
    kept as bytes.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return _number(int(value))
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else repr(float(value))
    if isinstance(value, str):
        return _text(str(value))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return as_base64(bytes(value))
    if isinstance(value, (list, tuple)) and depth < _DEEPEST:
        return [json_ready(item, depth + 1) for item in value]
    return _text(str(value))


def _number(number: int) -> Any:
    """Numbers that other readers of JSON could not hold exactly are given as text or bytes."""
    if number.bit_length() <= 64:
        return number
    size = number.bit_length() // 8 + 1
    return str(number) if size < 512 else as_base64(number.to_bytes(size, signed=True))


def as_base64(data: bytes) -> dict[str, Any]:
    """Return bytes as JSON: whole where they are few, by size and digest where they are many."""
    if len(data) > LONGEST_BYTES:
        return _too_long(data)
    return {"base64": base64.b64encode(data).decode("ascii")}


def digest(data: bytes) -> str:
    """Return the BLAKE3 of ``data``, hexadecimal."""
    return blake3(data).hexdigest()


def _too_long(data: bytes) -> dict[str, Any]:
    return {"size": len(data), "blake3": digest(data)}


def _text(text: str) -> Any:
    if len(text) > LONGEST_TEXT:
        raw = text.encode("utf-8", "surrogatepass")
        return {"chars": len(text), **_too_long(raw)}
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return as_base64(text.encode("utf-8", "surrogatepass"))
    return text
