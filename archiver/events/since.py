"""What stands in the log beyond a line that is known: found from its end, however long it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archiver.events.event import Event, line_digest
from archiver.events.head import Head
from archiver.events.pieces import backwards, file_number
from archiver.events.scan import Beginning, scan
from archiver.events.tail import LogBrokenError, Tail, find_tail
from archiver.findings import CODES, Finding


class LogChangedError(LogBrokenError):
    """The log does not hold the line that was read in it earlier: it was rewritten or cut off."""


@dataclass(frozen=True, slots=True)
class _End:
    """Where a known line ends: the file, and the offset behind its line end."""

    file: str
    offset: int


def extends(folder: Path, known: Head) -> bool:
    """Whether the log holds the line ``known``; reads no more than what stands beyond it.

    Only what is before that line may still have been changed: its digest vouches for the line
    before, but nobody reads that here. Raises :class:`LogBrokenError`, ``LogNewerError``,
    ``OSError``.
    """
    tail = find_tail(folder, alone=False)
    return known.seq == 0 or tail.head == known or _end_of(folder, known, tail) is not None


def since(folder: Path, known: Head) -> Iterator[Event | Finding]:
    """Yield the events beyond the line ``known``, and a finding wherever they are not sound.

    Reads no more than them. Raises :class:`LogChangedError` when the log does not hold that line,
    and what :func:`extends` raises.
    """
    tail = find_tail(folder, alone=False)
    if tail.head == known:
        return
    end = _end_of(folder, known, tail) if known.seq else None
    if end is not None:
        yield from scan(folder, Beginning(known, end.file, end.offset))
    else:
        yield from _from_the_first(folder, known)


def changed(known: Head, longest: int | None = None) -> LogChangedError:
    """Return the error for a log without the line ``known``; ``longest``: its last number."""
    shorter = longest is not None and longest < known.seq
    code = CODES["log-shorter" if shorter else "log-rewritten"]
    what = f"ends at event {longest}" if shorter else "is not the one that was read before"
    return LogChangedError(
        f"the event log {what}: event {known.seq}, which the catalogue knows, is not in it",
        f"{code.advice} If today's log is the right one, archiver rebuild accepts it.",
    )


def _end_of(folder: Path, known: Head, tail: Tail) -> _End | None:
    """Return where the known line ends: as many lines before the log's end as it must be."""
    further = tail.head.seq - known.seq
    beyond = (file_number(tail.file), tail.size)
    for piece in backwards(folder):
        if (file_number(piece.name), piece.start) >= beyond:
            continue  # torn, or written after we looked
        if further == 0 and line_digest(piece.line) == known.digest:
            return _End(piece.name, piece.start + len(piece.data))
        if further <= 0:
            return None
        further -= 1
    return None


def _from_the_first(folder: Path, known: Head) -> Iterator[Event | Finding]:
    """Read the whole log, for lines may be lost in it: is the known one there all the same?"""
    seen, last = known.seq == 0, 0
    for one in scan(folder):
        if isinstance(one, Finding):
            yield one
            continue
        last = one.seq
        seen = seen or (one.seq == known.seq and one.digest == known.digest)
        if one.seq > known.seq:
            if not seen:
                raise changed(known)
            yield one
    if not seen:
        raise changed(known, last)
