"""The ``cart`` chunk (AES46, radio traffic data)."""

from __future__ import annotations

import struct
from typing import Any

from archiver.audio.embedded.text import field_text
from archiver.audio.tags.values import json_ready

_FIXED_SIZE = 2048
_TEXTS = (
    ("version", 0, 4),
    ("title", 4, 64),
    ("artist", 68, 64),
    ("cut_id", 132, 64),
    ("client_id", 196, 64),
    ("category", 260, 64),
    ("classification", 324, 64),
    ("out_cue", 388, 64),
    ("start_date", 452, 10),
    ("start_time", 462, 8),
    ("end_date", 470, 10),
    ("end_time", 480, 8),
    ("producer_app_id", 488, 64),
    ("producer_app_version", 552, 64),
    ("user_defined", 616, 64),
    ("url", 1024, 1024),
)


def read_cart(data: bytes) -> dict[str, Any]:
    """Return the fields of a ``cart`` chunk; empty ones left out.

    ``timers`` are pairs of a four-letter use and a sample position.
    """
    short = len(data) < _FIXED_SIZE
    data = data + bytes(max(0, _FIXED_SIZE - len(data)))
    fields: dict[str, Any] = {}
    for name, at, size in _TEXTS:
        text = field_text(data[at : at + size])
        if text:
            fields[name] = text
    fields["level_reference"] = struct.unpack_from("<i", data, 680)[0]
    timers = []
    for n in range(8):
        usage, position = struct.unpack_from("<4sI", data, 684 + 8 * n)
        if usage.strip(b"\0 "):
            timers.append([field_text(usage), position])
    if timers:
        fields["timers"] = timers
    text = field_text(data[_FIXED_SIZE:])
    if text:
        fields["tag_text"] = json_ready(text)
    if short:
        fields["short"] = True
    return fields
