"""What a bag recorded of its recordings: metadata/audio.jsonl and fixity/essence.jsonl, streamed.

Both are in the order of the payload's paths, by their bytes, so one line of each is held at a
time. The caller has made sure that a sound tag manifest vouches for both.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any

from archiver.audio.examination import AudioExamination
from archiver.tree import Tree

AUDIO = "metadata/audio.jsonl"
ESSENCE = "fixity/essence.jsonl"
NAMES = frozenset((AUDIO, ESSENCE))

_READ = 1 << 20
_LINE_CAP = 16 << 20  # a record has 1 MiB at most, and JSON's escapes
_PATH = re.compile(rb'"path":("(?:[^"\\]|\\.)*")')
_PARTS: dict[str, type] = {"format": str, "facts": dict, "tags": list, "pictures": list}


@dataclass(frozen=True, slots=True)
class Recorded:
    """One file as it was examined when the bag was sealed."""

    path: str
    found: AudioExamination


def recorded(tree: Tree, wanted: Container[str] | None = None) -> Iterator[Recorded]:
    """Yield what was recorded of each recording, or of those in ``wanted``, in path order.

    A line that is not in order is passed over. Raises ``OSError``.
    """
    essences = _lines(tree, ESSENCE, wanted)
    path, essence = next(essences, (None, None))
    for name, record in _lines(tree, AUDIO, wanted):
        if not _is_record(record):
            continue
        while path is not None and rank(path) < rank(name):
            path, essence = next(essences, (None, None))
        sound = essence if path == name and essence and _is_essence(essence) else None
        verdict = record.get("self_check", {}).get("verdict", "not-checkable")
        problems = [record["problem"]] if "problem" in record else []
        problems += record.get("findings", [])
        yield Recorded(name, AudioExamination(record, sound, verdict, tuple(problems)))


def rank(path: str) -> bytes:
    """Return what payload paths are ordered by: their bytes."""
    try:
        return os.fsencode(path)
    except UnicodeEncodeError:  # no path of any file; it meets nothing
        return path.encode("utf-8", "surrogatepass")


def _lines(
    tree: Tree, name: str, wanted: Container[str] | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    with open(tree.open_file(name), "rb", buffering=_READ) as stream:
        while line := stream.readline(_LINE_CAP):
            if wanted is not None and not any(_paths_in(line, wanted)):
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                continue
            path = record.pop("path", None) if isinstance(record, dict) else None
            if isinstance(path, str) and (wanted is None or path in wanted):
                yield path, record


def _paths_in(line: bytes, wanted: Container[str]) -> Iterator[bool]:
    """Tell cheaply of each ``"path"`` in a line whether it is wanted; few lines are, of many."""
    for quoted in _PATH.findall(line):
        try:
            yield json.loads(quoted) in wanted
        except ValueError:
            continue


def _is_record(record: dict[str, Any]) -> bool:
    return all(isinstance(record.get(name), kind) for name, kind in _PARTS.items())


def _is_essence(essence: dict[str, Any]) -> bool:
    stream = essence.get("stream")
    return isinstance(stream, dict) and {"blake3", "size"} <= stream.keys()
