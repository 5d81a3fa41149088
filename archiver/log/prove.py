"""A proof that an event stands in the log, complete in itself: for people without the log."""

from __future__ import annotations

from typing import Any

from archiver.archive import Archive
from archiver.clock import Clock
from archiver.errors import UnknownBagError, UsageError
from archiver.events import EventLog
from archiver.events.checkpoint import Checkpoint, origin_of
from archiver.events.merkle import ProvingTree
from archiver.events.signing import SigningKey, signed

FORMAT = "audio-archiver/log-proof"
VERSION = 1


def prove_event(archive: Archive, seq: int, key: SigningKey | None, clock: Clock) -> dict[str, Any]:
    """Return the proof that event ``seq`` is in the log as it is now.

    The record holds the event's own line, the path from it to the root of the tree, and a
    checkpoint of that root. Raises :class:`UsageError` when there is no such event, and what
    reading the log raises.
    """
    log = EventLog(archive.log, clock)
    size = log.head().seq
    if not 1 <= seq <= size:
        raise UsageError(f"the log holds the events 1 to {size:,}, and no event {seq:,}")
    tree, line = ProvingTree(seq - 1), b""
    for number, one in enumerate(log.lines(size), 1):
        tree.add(one)
        if number == seq:
            line = one
    point = Checkpoint(origin_of(archive.identity), tree.size, tree.root())
    return {
        "format": FORMAT,
        "version": VERSION,
        "line": line.decode(),
        "index": seq - 1,
        "size": tree.size,
        "path": [step.hex() for step in tree.path()],
        "checkpoint": signed(point, key, clock()).form(),
    }


def sealing_of(archive: Archive, bag_id: str, clock: Clock) -> int:
    """Return the number of the event that sealed the bag.

    Raises :class:`UsageError` when the log knows no such bag, and what reading the log raises.
    """
    archive.bag_path(bag_id)
    sealed = 0
    for event in EventLog(archive.log, clock).read():
        if event.bag == bag_id and event.type == "seal":
            sealed = event.seq
    if not sealed:
        raise UnknownBagError(bag_id, f"the log knows no bag {bag_id!r}")
    return sealed
