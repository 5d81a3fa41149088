"""The JSON Schemas in ``docs/schemas``, and holding a value against one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parents[2] / "docs/schemas"
_KINDS: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}


def schema(name: str) -> dict[str, Any]:
    """Return the published schema ``name`` ("audio-1")."""
    read: dict[str, Any] = json.loads((_FOLDER / f"{name}.schema.json").read_text("utf-8"))
    return read


def fits(value: Any, whole: dict[str, Any]) -> None:
    """Check the parts of JSON Schema that our schemas use."""
    _fits(value, whole, whole, "record")


def _fits(value: Any, part: dict[str, Any], whole: dict[str, Any], place: str) -> None:
    if "$ref" in part:
        part = whole["$defs"][part["$ref"].rpartition("/")[2]]
    wanted = part.get("type", [])
    wanted = [wanted] if isinstance(wanted, str) else wanted
    assert not wanted or any(isinstance(value, _KINDS[kind]) for kind in wanted), place
    assert "enum" not in part or value in part["enum"], place
    assert "const" not in part or value == part["const"], place
    if isinstance(value, dict):
        assert set(part.get("required", ())) <= set(value), place
        known = part.get("properties", {})
        rest = part.get("additionalProperties", True)
        for key, below in value.items():
            assert key in known or rest is not False, f"{place}.{key}"
            inner = known.get(key, rest if isinstance(rest, dict) else {})
            _fits(below, inner, whole, f"{place}.{key}")
    elif isinstance(value, list) and "items" in part:
        for below in value:
            _fits(below, part["items"], whole, place + "[]")
