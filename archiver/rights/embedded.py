"""What a recording says of its rights, taken from its audio record (``audio/1``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from policies.rights.claims import Claim, claims_of, kind_of

_TEXTS = ("url", "text", "seller", "date", "price", "contact", "owner")


def claims_in(record: Mapping[str, Any]) -> tuple[Claim, ...]:
    """Return what a recording claims about rights: in its tags, and in XMP."""
    return claims_of(_fields(record))


def isrcs_in(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the ISRCs embedded in a recording, as they are written."""
    view = record.get("view")
    found = view.get("isrc", ()) if isinstance(view, Mapping) else ()
    return tuple(str(code) for code in found)


def pictures_in(record: Mapping[str, Any]) -> int:
    """Return how many pictures are embedded in a recording."""
    return len(record.get("pictures") or ())


def _fields(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for entry in record.get("tags") or ():
        if kind_of(str(entry["key"])) is not None:
            for value in entry["values"]:
                yield _name(str(entry["key"])), _text(value)
    embedded = record.get("embedded") or {}
    xmp = embedded.get("xmp") if isinstance(embedded, Mapping) else None
    for path, text in (xmp or {}).get("elements") or ():
        if kind_of(str(path)) is not None:
            yield _xmp_name(str(path)), str(text)


def _name(key: str) -> str:
    """Return a key as people know it: a frame's identity may hold binary in what follows it."""
    head, colon, tail = key.partition(":")
    return key if colon and tail.isprintable() and len(key) <= 60 else head


def _xmp_name(path: str) -> str:
    return path[path.find("xmpRights:") :].partition("/")[0]


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        parts = [str(value[key]) for key in _TEXTS if value.get(key) not in (None, "")]
        return ", ".join(part for part in parts if not part.startswith("{"))
    return str(value)
