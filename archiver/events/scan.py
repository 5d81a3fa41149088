"""Reading the whole log from its beginning and checking every link of the chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archiver.events.event import BEGINNING, Event, UnknownVersionError, line_digest, parse_line
from archiver.events.head import HEAD_FILE, Head, read_head
from archiver.events.pieces import file_name, file_number, log_files, open_piecewise
from archiver.findings import Finding


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where reading begins: behind the line ``known``, which ends at an offset in a file."""

    known: Head
    file: str
    offset: int


_FIRST = Beginning(Head(0, BEGINNING), file_name(1), 0)


def scan(folder: Path, beginning: Beginning = _FIRST) -> Iterator[Event | Finding]:
    """Yield every event of the log, oldest first, and a finding wherever the log is not sound.

    Memory stays flat; nothing is written and no lock is taken. After a damaged line the chain
    is taken up again, so one altered byte does not hide what follows. Raises ``OSError``.
    """
    head: Head | None = None
    try:
        head = read_head(folder)  # before the lines, which may grow meanwhile
    except ValueError as error:
        yield Finding("log-broken", f"the log's head {error}", f"{folder.name}/{HEAD_FILE}")
    yield from _Reading(folder, head, beginning).run()


class _Reading:
    """One pass over the log: where we are, and what the next line must name."""

    def __init__(self, folder: Path, head: Head | None, beginning: Beginning) -> None:
        self._folder = folder
        self._head = head
        self._beginning = beginning
        self._seq = beginning.known.seq
        self._digest = beginning.known.digest
        self._unread: Finding | None = None  # a line that is damage unless it is the torn last
        self._before_unread: str | None = None  # None: the line has no end

    def run(self) -> Iterator[Event | Finding]:
        """Read all files, from the beginning on."""
        first = file_number(self._beginning.file)
        number = first - 1
        for name in log_files(self._folder):
            if file_number(name) < first:
                continue
            if file_number(name) != number + 1:
                yield self._broken(name, None, "does not follow on the file before: files are lost")
            number = file_number(name)
            yield from self._file(name, self._beginning.offset if number == first else 0)
        yield from self._end()

    def _file(self, name: str, offset: int) -> Iterator[Event | Finding]:
        with open_piecewise(self._folder, name) as file:
            # Only where the file is read from its start is the number of a line known.
            file.seek(offset)
            for place, data in enumerate(file, 1):
                number = None if offset else place
                if self._unread:
                    yield self._unread
                    self._unread = None
                if data.endswith(b"\n"):
                    yield from self._line(name, number, data[:-1])
                else:
                    self._doubt(name, number, "was never finished", None)

    def _line(self, name: str, number: int | None, line: bytes) -> Iterator[Event | Finding]:
        before, digest = self._digest, line_digest(line)
        expected, self._digest = self._seq + 1, digest
        try:
            event = parse_line(line)
        except UnknownVersionError as error:
            self._seq = expected
            yield self._finding("log-newer", name, number, str(error))
        except ValueError as error:
            self._seq = expected
            self._doubt(name, number, str(error), before)
        else:
            yield from self._follow(name, number, event, expected, before)
        if self._head and self._head.seq == self._seq and self._head.digest != digest:
            yield self._broken(name, number, f"is not the line acknowledged in {HEAD_FILE}")

    def _follow(
        self, name: str, number: int | None, event: Event, expected: int, before: str
    ) -> Iterator[Event | Finding]:
        """Check that ``event`` is the next link; yield it unless its number cannot be its own."""
        chained = event.prev == before
        if event.seq != expected:
            what = f"is event {event.seq} where event {expected} belongs"
            yield self._broken(name, number, what)
        if not chained:
            what = "does not continue the line before it: one of the two was altered or lost"
            yield self._broken(name, number, what)
        if event.seq == expected or (event.seq > expected and not chained):
            self._seq = event.seq  # lines may be lost, and what follows them is still told
            yield event
        elif event.seq > expected:
            self._seq = expected  # the number was altered in its place

    def _doubt(self, name: str, number: int | None, what: str, before: str | None) -> None:
        """Hold back a finding until we know whether anything follows the line."""
        self._unread = self._broken(name, number, what)
        self._before_unread = before

    def _end(self) -> Iterator[Finding]:
        if self._unread and self._is_torn():
            place, detail = self._unread.path, self._unread.detail
            yield Finding("log-torn", "the last line was never finished", place, detail=detail)
            return
        if self._unread:
            yield self._unread
        if self._head and self._head.seq > self._seq:
            yield self._broken(
                HEAD_FILE, None, f"knows {self._head.seq} events, but the log ends at {self._seq}"
            )
        if self._head is None and self._seq:
            yield self._finding("log-unguarded", HEAD_FILE, None, "is missing")

    def _is_torn(self) -> bool:
        """Whether the unreadable last line was never acknowledged (see ``tail``)."""
        if self._before_unread is None:
            return self._head is None or self._head.seq <= self._seq
        return self._head is not None and self._head.digest == self._before_unread

    def _broken(self, name: str, line: int | None, what: str) -> Finding:
        return self._finding("log-broken", name, line, what)

    def _finding(self, code: str, name: str, line: int | None, what: str) -> Finding:
        place = f"{self._folder.name}/{name}"
        where = f"line {line} of {place}" if line else place
        return Finding(code, f"{where} {what}", place, detail={"line": line} if line else {})
