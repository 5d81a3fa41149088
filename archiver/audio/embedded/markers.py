"""Markers in WAVE: ``cue `` points, their labels (``LIST``/``adtl``), sampler loops, INFO."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from archiver.audio.embedded.text import field_text, text_entry
from archiver.audio.tags.values import as_base64, json_ready

_MOST = 4096


def subchunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield ``(id, content)`` of the chunks inside a LIST, as far as they are whole."""
    at = 0
    for _ in range(_MOST):
        if at + 8 > len(data):
            return
        name, size = struct.unpack_from("<4sI", data, at)
        content = data[at + 8 : at + 8 + size]
        if len(content) < size:
            return
        yield name, content
        at += 8 + size + size % 2


def read_info(data: bytes) -> list[dict[str, Any]]:
    """Return the fields of a LIST of type INFO as tag entries, in order, repeats kept."""
    return [text_entry("riff-info", field_text(name), text) for name, text in subchunks(data)]


def read_cue(data: bytes) -> list[dict[str, Any]]:
    """Return cue points: id, position in the play order, and sample offset in ``data``."""
    count = int.from_bytes(data[:4], "little")
    points = []
    for n in range(min(count, _MOST, (len(data) - 4) // 24)):
        point, position, _, _, _, offset = struct.unpack_from("<II4sIII", data, 4 + 24 * n)
        points.append({"id": point, "position": position, "sample_offset": offset})
    return points


def read_adtl(data: bytes) -> list[dict[str, Any]]:
    """Return labels, notes and labelled ranges of cue points; other kinds as bytes."""
    found: list[dict[str, Any]] = []
    for name, body in subchunks(data):
        kind = field_text(name).strip()
        if kind in ("labl", "note") and len(body) >= 4:
            text = json_ready(field_text(body[4:]))
            found.append({"kind": kind, "id": int.from_bytes(body[:4], "little"), "text": text})
        elif kind == "ltxt" and len(body) >= 20:
            cue, length, purpose = struct.unpack_from("<II4s", body)
            entry = {"kind": kind, "id": cue, "samples": length, "purpose": field_text(purpose)}
            text = field_text(body[20:])
            found.append({**entry, "text": json_ready(text)} if text else entry)
        else:
            found.append({"kind": json_ready(kind), **as_base64(body)})
    return found


def read_smpl(data: bytes) -> dict[str, Any]:
    """Return sampler facts: the unity note, SMPTE offset, and loops in sample frames."""
    if len(data) < 36:
        return {"short": True}
    _, _, period, note, fraction, smpte, offset, count, _ = struct.unpack_from("<9I", data)
    loops = []
    for n in range(min(count, _MOST, (len(data) - 36) // 24)):
        cue, kind, start, end, part, times = struct.unpack_from("<6I", data, 36 + 24 * n)
        loops.append(
            {"id": cue, "kind": kind, "start": start, "end": end, "fraction": part, "times": times}
        )
    return {
        "sample_period_ns": period,
        "unity_note": note,
        "pitch_fraction": fraction,
        "smpte_format": smpte,
        "smpte_offset": offset,
        "loops": loops,
    }
