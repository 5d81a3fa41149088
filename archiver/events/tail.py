"""Where the log ends: the place the next event goes to, found without reading the log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archiver.errors import ArchiverError
from archiver.events.event import BEGINNING, Event, UnknownVersionError, line_digest, parse_line
from archiver.events.head import HEAD_FILE, Head, read_head
from archiver.events.pieces import Piece, backwards, file_name
from archiver.state import State

_RESTORE = (
    "Nothing is added to a damaged log. Restore the log folder from a copy of the archive. If "
    "there is none and the loss is accepted: keep the log as it is aside, mend its last line by "
    f"hand and remove {HEAD_FILE}."
)


class LogBrokenError(ArchiverError):
    """The log is not what was written: nothing can be added, nothing read past that place."""

    state = State.UNSOUND


class LogNewerError(ArchiverError):
    """The log holds a line in a version that this program does not know."""


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of the log: its last line, and the file and offset where the next one goes.

    ``torn`` is what lies beyond that offset: a line that was never finished. ``guarded`` tells
    whether ``head.json`` knows the last line already.
    """

    head: Head
    file: str
    size: int
    torn: bytes
    guarded: bool


def find_tail(folder: Path, *, alone: bool) -> Tail:
    """Find the end of the log in ``folder``; reads a few kilobytes, however long the log is.

    ``alone`` says that we hold the log's lock; else others may be appending meanwhile. Raises
    :class:`LogBrokenError`, :class:`LogNewerError` or ``OSError``.
    """
    try:
        acknowledged = read_head(folder)  # before the lines, which may grow meanwhile
    except ValueError as error:
        raise broken(folder, HEAD_FILE, str(error)) from None
    pieces = backwards(folder)
    beyond, last = _split(next(pieces, None), pieces, acknowledged)
    head = _head_at(folder, last, acknowledged, alone=alone)
    guarded = head.seq == 0 or head == acknowledged
    if beyond is not None:
        return Tail(head, beyond.name, beyond.start, beyond.data, guarded)
    if last is not None:
        return Tail(head, last.name, last.start + len(last.data), b"", guarded)
    return Tail(head, file_name(1), 0, b"", guarded)


def broken(folder: Path, name: str, what: str, line: int | None = None) -> LogBrokenError:
    """Return the error for a place in the log."""
    place = f"{folder.name}/{name}" + (f" line {line}" if line else "")
    return LogBrokenError(f"the event log is damaged: {place} {what}", _RESTORE)


def _split(
    newest: Piece | None, older: Iterator[Piece], acknowledged: Head | None
) -> tuple[Piece | None, Piece | None]:
    """Tell what a dying run left unfinished from the last line, reading no more than needed.

    A power cut may also leave a line end without the bytes before it: what cannot be read and
    follows directly on the acknowledged line was never acknowledged itself.
    """
    if newest is not None and not newest.whole:
        return newest, next(older, None)
    if newest is None or acknowledged is None or _readable(newest):
        return None, newest
    before = next(older, None)
    if before is not None and line_digest(before.line) == acknowledged.digest:
        return newest, before
    return None, newest


def _readable(piece: Piece) -> bool:
    try:
        parse_line(piece.line)
    except UnknownVersionError:
        return True
    except ValueError:
        return False
    return True


def _head_at(folder: Path, piece: Piece | None, acknowledged: Head | None, *, alone: bool) -> Head:
    """Return the head that ``piece``, the last whole line, stands for, if it may be believed."""
    if piece is None:
        if acknowledged is not None:
            raise broken(folder, HEAD_FILE, f"knows {acknowledged.seq} events, the log has none")
        return Head(0, BEGINNING)
    if not piece.whole:
        raise broken(folder, piece.name, "is cut off in the middle of a line")
    try:
        event = parse_line(piece.line)
    except UnknownVersionError as error:
        raise LogNewerError(
            f"the last line of {folder.name}/{piece.name} {error}",
            "Use the newer program that wrote it.",
        ) from None
    except ValueError as error:
        raise broken(folder, piece.name, f"has a last line that {error}") from None
    if acknowledged is not None and not _agrees(event, acknowledged, alone=alone):
        raise broken(
            folder,
            piece.name,
            f"ends in event {event.seq}, which is not what was acknowledged as event "
            f"{acknowledged.seq} in {HEAD_FILE}",
        )
    return Head(event.seq, event.digest)


def _agrees(event: Event, acknowledged: Head, *, alone: bool) -> bool:
    """Whether the last line fits the head: it is that line, or the one written just after."""
    if event.seq == acknowledged.seq:
        return event.digest == acknowledged.digest
    if event.seq == acknowledged.seq + 1:
        return event.prev == acknowledged.digest
    return event.seq > acknowledged.seq and not alone
