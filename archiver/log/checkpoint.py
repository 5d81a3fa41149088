"""Making a checkpoint of an archive's log."""

from __future__ import annotations

from archiver.archive import Archive
from archiver.clock import Clock
from archiver.events import EventLog
from archiver.events.checkpoint import Checkpoint, origin_of
from archiver.events.merkle import root_of


def checkpoint(archive: Archive, clock: Clock) -> Checkpoint:
    """Return what stands for the whole log as it is now; every line is read.

    Raises :class:`archiver.events.LogBrokenError`, :class:`archiver.events.LogNewerError` when the
    log's end is not sound, ``OSError``.
    """
    log = EventLog(archive.log, clock)
    size = log.head().seq
    return Checkpoint(origin_of(archive.identity), size, root_of(log.lines(size)))
