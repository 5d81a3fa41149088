"""``metadata/source.jsonl`` of a bag: what its collection was like, entry by entry."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from archiver.clock import parse_utc_ns
from archiver.tree import Tree

NAME = "metadata/source.jsonl"
_LINE_CAP = 1 << 20


class UnusableRecordError(Exception):
    """The record is not of the form this program writes."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One entry of the collection; ``path`` is "" for its own folder, times are ns since 1970.

    ``why`` are the reasons of the policy: code, level and sentence of each. ``name`` is what the
    collection was called, known of its own folder only.
    """

    path: str
    kind: str
    mode: int
    mtime_ns: int
    kept: bool
    links: int = 1
    why: tuple[tuple[str, str, str], ...] = ()
    name: str | None = None


def recorded(bag: Tree) -> Iterator[Recorded]:
    """Yield every entry, the collection's own folder first, then in order of path.

    Raises ``OSError`` when the record cannot be read (``FileNotFoundError``: there is none) and
    :class:`UnusableRecordError`.
    """
    with os.fdopen(bag.open_file(NAME), "rb") as file:
        number = 0
        while line := file.readline(_LINE_CAP):
            number += 1
            try:
                yield _entry(json.loads(line.decode()), first=number == 1)
            except (ValueError, KeyError, TypeError, RecursionError):
                raise UnusableRecordError(f"line {number} cannot be understood") from None


def _entry(record: dict[str, Any], *, first: bool) -> Recorded:
    if first != (record["kind"] == "source"):
        raise ValueError
    path = "" if first else record["path"]
    if not isinstance(path, str) or not (first or _is_plain(path)):
        raise ValueError
    return Recorded(
        path,
        "directory" if first else str(record["kind"]),
        int(record["mode"], 8),
        parse_utc_ns(record["mtime"]),
        first or record["standing"] == "in",
        int(record.get("links", 1)),
        tuple((str(one["code"]), str(one["level"]), str(one["message"])) for one in _why(record)),
        str(record["name"]) if first and "name" in record else None,
    )


def _why(record: dict[str, Any]) -> list[dict[str, Any]]:
    return list(record.get("why", ()))


def _is_plain(path: str) -> bool:
    """Whether ``path`` stays below the folder it is taken from, whatever it holds."""
    parts = path.split("/")
    return "\0" not in path and not {"", ".", ".."} & set(parts)
