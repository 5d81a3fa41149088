"""The ``bext`` chunk of Broadcast Wave (EBU Tech 3285, versions 0 to 2)."""

from __future__ import annotations

import struct
from typing import Any

from archiver.audio.embedded.text import field_text
from archiver.audio.tags.values import json_ready

FIXED_SIZE = 602
_NOT_STATED = 0x7FFF  # EBU Tech 3285 2.4: a loudness value that is not given


def read_bext(data: bytes) -> dict[str, Any]:
    """Return the fields of a ``bext`` chunk under the names of EBU Tech 3285.

    Loudness values (version 2) are in LUFS, LU and dBTP; absent where the file does not state
    them. ``time_reference`` counts samples since midnight. ``umid`` is hexadecimal.
    """
    short = len(data) < FIXED_SIZE
    data = data + bytes(max(0, FIXED_SIZE - len(data)))
    low, high, version = struct.unpack_from("<IIH", data, 338)
    fields: dict[str, Any] = {
        "version": version,
        "description": field_text(data[:256]),
        "originator": field_text(data[256:288]),
        "originator_reference": field_text(data[288:320]),
        "origination_date": field_text(data[320:330]),
        "origination_time": field_text(data[330:338]),
        "time_reference": high << 32 | low,
    }
    if version >= 1 and any(data[348:412]):
        fields["umid"] = data[348:412].hex()
    if version >= 2:
        fields.update(_loudness(data[412:422]))
    history = data[FIXED_SIZE:]
    if history.strip(b"\0"):
        fields["coding_history"] = json_ready(field_text(history))
    if short:
        fields["short"] = True
    return fields


def _loudness(data: bytes) -> dict[str, float]:
    names = (
        "loudness_value",
        "loudness_range",
        "max_true_peak_level",
        "max_momentary_loudness",
        "max_short_term_loudness",
    )
    values = struct.unpack("<5h", data)
    return {n: v / 100 for n, v in zip(names, values, strict=True) if v != _NOT_STATED}
