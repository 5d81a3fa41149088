"""The log itself: appending durably, reading, checking."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from archiver.clock import Clock, utc_text
from archiver.durable import Lock, append_durably, sync_file, sync_folder, write_new_file
from archiver.errors import EnvironmentUnusable
from archiver.events import codes  # noqa: F401 - registers them
from archiver.events.event import Agent, Event, event_line, parse_line
from archiver.events.head import Head, write_head
from archiver.events.pieces import file_name, file_number, whole_lines
from archiver.events.scan import scan
from archiver.events.since import extends, since
from archiver.events.tail import LogBrokenError, LogNewerError, Tail, find_tail
from archiver.findings import CODES, Finding, Severity

FILE_LIMIT = 64 << 20
"""Bytes after which the log goes on in the next file."""

LOCK_FILE = ".lock"
_LOCK_WAIT_SECONDS = 60.0
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


class EventLog:
    """An append-only log of events in one folder: ``000001.jsonl``, ``000002.jsonl``, ...

    One line of canonical JSON an event; each names the SHA-256 of the line before. Lines never
    change. Several processes may append: a short lock of the log's own orders them.
    """

    def __init__(
        self, folder: str | os.PathLike[str], clock: Clock, *, file_limit: int = FILE_LIMIT
    ) -> None:
        self.folder = Path(folder)
        self._clock = clock
        self._limit = file_limit

    def append(
        self,
        type: str,  # noqa: A002 - the word in the format
        *,
        bag: str | None,
        outcome: str,
        detail: Mapping[str, object],
        agent: Agent,
    ) -> Event:
        """Record one event and return it when it is on the medium.

        The time an append takes does not depend on the length of the log. Bytes of a line that
        a dying run left unfinished are first moved aside to ``torn-<seq>.bin``. Raises
        :class:`LogBrokenError`, :class:`LogNewerError`, :class:`EnvironmentUnusable`,
        :class:`archiver.errors.BusyError`, and ``ValueError`` for what JSON cannot hold.
        """
        try:
            with self._lock():
                tail = find_tail(self.folder, alone=True)
                line = event_line(
                    seq=tail.head.seq + 1,
                    prev=tail.head.digest,
                    time=utc_text(self._clock()),
                    type=type,
                    bag=bag,
                    outcome=outcome,
                    detail=detail,
                    agent=agent,
                )
                event = parse_line(line)  # nothing is ever written that could not be read
                if not tail.guarded:
                    write_head(self.folder, tail.head)
                if tail.torn:
                    self._move_torn_aside(tail)
                self._write(tail, line + b"\n")
                write_head(self.folder, Head(event.seq, event.digest))
        except OSError as error:
            raise EnvironmentUnusable(
                f"the event log {self.folder} cannot be written: {error.strerror}",
                "Make room or mend the medium; what was not acknowledged did not happen.",
            ) from error
        return event

    def head(self) -> Head:
        """Return the last line's number and digest, reading only the log's end.

        Raises :class:`LogBrokenError`, :class:`LogNewerError`, ``OSError``.
        """
        return find_tail(self.folder, alone=False).head

    def read(self) -> Iterator[Event]:
        """Yield all events, oldest first; a torn last line is passed over.

        Raises :class:`LogBrokenError` or :class:`LogNewerError` at the first line that is not
        sound, and ``OSError``.
        """
        for one in self.scan():
            if isinstance(one, Event):
                yield one
            elif one.severity is Severity.DAMAGE:
                advice = CODES[one.code].advice
                raise LogBrokenError(f"the event log is damaged: {one.message}", advice)
            elif one.severity is Severity.BLIND:
                raise LogNewerError(one.message, CODES[one.code].advice)

    def scan(self) -> Iterator[Event | Finding]:
        """Yield all events that can be read and a finding wherever the log is not sound."""
        return scan(self.folder)

    def since(self, known: Head) -> Iterator[Event | Finding]:
        """Yield what stands beyond the line ``known``, and reads no more: see :mod:`.since`.

        Raises :class:`archiver.events.LogChangedError` when that line is not in the log, and what
        :meth:`head` raises.
        """
        return since(self.folder, known)

    def extends(self, known: Head) -> bool:
        """Whether the log holds the line ``known``; reads what stands beyond it.

        Raises what :meth:`head` raises.
        """
        return extends(self.folder, known)

    def lines(self, count: int) -> Iterator[bytes]:
        """Yield the first ``count`` lines as they lie there, without their line ends.

        Nothing is checked here; lines that are not there are not yielded. Raises ``OSError``.
        """
        return islice(whole_lines(self.folder), count)

    def check(self) -> list[Finding]:
        """Read the whole log and return what is wrong with it. Raises ``OSError``."""
        return [one for one in self.scan() if isinstance(one, Finding)]

    def _lock(self) -> Lock:
        now = self._clock()
        return Lock(self.folder / LOCK_FILE, "log", now, wait_seconds=_LOCK_WAIT_SECONDS)

    def _write(self, tail: Tail, data: bytes) -> None:
        """Append ``data`` to the file where the log ends, or begin the next one."""
        name, size = tail.file, tail.size
        if size and size + len(data) > self._limit:
            name, size = file_name(file_number(name) + 1), 0
        fd = os.open(self.folder / name, _APPEND, 0o644)
        try:
            append_durably(fd, data)
        except OSError:
            # Pages whose write failed must not become part of a later, "successful" sync.
            with contextlib.suppress(OSError):
                os.ftruncate(fd, size)
            raise
        finally:
            os.close(fd)
        if size == 0:
            sync_folder(self.folder)

    def _move_torn_aside(self, tail: Tail) -> None:
        """Keep the torn bytes in a file of their own, then cut them off."""
        write_new_file(self._name_for_torn(tail.head.seq + 1), tail.torn)
        sync_folder(self.folder)
        fd = os.open(self.folder / tail.file, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            os.ftruncate(fd, tail.size)
            sync_file(fd)
        finally:
            os.close(fd)

    def _name_for_torn(self, seq: int) -> Path:
        path, again = self.folder / f"torn-{seq:06d}.bin", 1
        while path.exists():
            again += 1
            path = self.folder / f"torn-{seq:06d}-{again}.bin"
        return path
