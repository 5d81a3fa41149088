"""The log's head: the last line that was acknowledged.

Each line of the log vouches for the one before it; nothing in the log vouches for its last.
``head.json`` does: it is written, durably, after the line and before anybody is told that the
event is recorded. So a last line that differs from the head is damage, and bytes beyond the
head that make no line are merely a run that died writing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from archiver.canonical import canonical
from archiver.durable import replace_file

HEAD_FILE = "head.json"
_DIGEST = re.compile("[0-9a-f]{64}")
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Head:
    """The last line: its number (0: the log is empty) and its SHA-256 in hex."""

    seq: int
    digest: str


def read_head(folder: Path) -> Head | None:
    """Return the head recorded in the log folder, ``None`` when there is none.

    Raises ``ValueError`` when the file is not what :func:`write_head` writes.
    """
    try:
        data = (folder / HEAD_FILE).read_bytes()
    except FileNotFoundError:
        return None
    try:
        record = json.loads(data)
        head = Head(record["seq"], record["digest"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ValueError("cannot be read") from None
    if type(head.seq) is not int or head.seq < 1 or _form(head) != data:
        raise ValueError("cannot be read")
    if not _DIGEST.fullmatch(head.digest):
        raise ValueError("names no digest")
    return head


def write_head(folder: Path, head: Head) -> None:
    """Record ``head`` durably. Raises ``OSError``."""
    replace_file(folder / HEAD_FILE, _form(head))


def _form(head: Head) -> bytes:
    return canonical({"digest": head.digest, "seq": head.seq, "v": _VERSION}) + b"\n"
