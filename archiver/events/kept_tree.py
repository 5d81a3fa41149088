"""The tree over a log that grows: what was hashed once is kept, so that a checkpoint costs little.

The file that keeps it may be lost, torn or old at any time: it is believed only where the log has,
in the very place it names, the last line it took in. That line's digest covers, link by link,
every line before it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from archiver.canonical import canonical
from archiver.events.checkpoint import Checkpoint, origin_of
from archiver.events.event import line_digest
from archiver.events.log import EventLog
from archiver.events.merkle import Tree
from archiver.events.pieces import Piece, file_name, whole_pieces

KEEP_AFTER = 1_000
"""So many lines are hashed again rather than written down how far we came."""

_VERSION = 1


@dataclass(frozen=True, slots=True)
class _Kept:
    """A tree, and where its last line lies."""

    tree: Tree
    last: Piece | None = None


def checkpoint_now(
    log: EventLog, archive_id: str, kept: Path, *, keep_after: int = KEEP_AFTER
) -> Checkpoint:
    """Return what stands for the log as it is now, reading what is new since ``kept`` was written.

    The caller must be the only one to write ``kept``. Raises what
    :meth:`archiver.events.EventLog.head` raises.
    """
    size = log.head().seq
    found = _read(kept, log.folder, size)
    tree, last = found.tree, found.last
    known = tree.size
    for piece in islice(_beyond(log.folder, last), size - known):
        tree.add(piece.line)
        last = piece
    if last is not None and tree.size - known >= keep_after:
        _write(kept, tree, last)
    return Checkpoint(origin_of(archive_id), tree.size, tree.root())


def _beyond(folder: Path, last: Piece | None) -> Iterator[Piece]:
    if last is None:
        return whole_pieces(folder, file_name(1), 0)
    return whole_pieces(folder, last.name, last.start + len(last.data))


def _read(kept: Path, folder: Path, size: int) -> _Kept:
    """Return the tree that was kept, or an empty one where it is not this log's."""
    try:
        record = json.loads(kept.read_bytes())
        check = record.pop("check")
        if check != _check(record) or record["v"] != _VERSION or record["size"] > size:
            return _Kept(Tree())
        tree = Tree.of(record["size"], map(bytes.fromhex, record["subtrees"]))
        last = next(whole_pieces(folder, record["file"], record["start"]), None)
        if last is not None and line_digest(last.line) == record["digest"]:
            return _Kept(tree, last)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass  # it is no loss: the log is read from its beginning
    return _Kept(Tree())


def _write(kept: Path, tree: Tree, last: Piece) -> None:
    record: dict[str, object] = {
        "v": _VERSION,
        "size": tree.size,
        "subtrees": [whole.hex() for whole in tree.wholes],
        "file": last.name,
        "start": last.start,
        "digest": line_digest(last.line),
    }
    with contextlib.suppress(OSError):
        kept.write_bytes(canonical({**record, "check": _check(record)}) + b"\n")


def _check(record: dict[str, object]) -> str:
    """Return what tells a record that was torn from a whole one."""
    return hashlib.sha256(canonical(record)).hexdigest()
