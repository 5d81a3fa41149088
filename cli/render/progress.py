"""Progress for people: a live bar on a terminal, else a plain line now and then.

Neither shows a file name: names are hostile, and a line a file would be a flood.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from archiver.progress import Progress
from cli.render.text import Line, count, duration, size
from cli.render.voice import on_terminal, put

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

LINE_EVERY_SECONDS = 60.0
_REPAINT_SECONDS = 0.1


def progress_on(stream: TextIO) -> Progress:
    """Return a live bar if ``stream`` is a terminal that can show one, else a :class:`LogLine`."""
    return Bar(stream) if on_terminal(stream) else LogLine(stream)


class Tally:
    """What is done so far in one phase. Safe to call from several threads."""

    def __init__(self, every_seconds: float) -> None:
        self._lock = threading.Lock()
        self._every = every_seconds
        self._next = float("inf")
        self._started = 0.0
        self.phase = ""
        self.total_bytes: int | None = None
        self.total_files: int | None = None
        self.bytes = 0
        self.files = 0

    def begin(self, phase: str, total_bytes: int | None, total_files: int | None) -> None:
        """Start counting from nothing."""
        self.phase, self.total_bytes, self.total_files = phase, total_bytes, total_files
        self.bytes = self.files = 0
        self._started = time.monotonic()
        self._next = self._started + self._every

    def add(self, n_bytes: int, n_files: int) -> bool:
        """Count more done; return whether it is time to say so."""
        with self._lock:
            self.bytes += n_bytes
            self.files += n_files
            now = time.monotonic()
            if now < self._next:
                return False
            self._next = now + self._every
            return True

    def sentence(self) -> str:
        """Return the state of the phase in one line."""
        seconds = max(time.monotonic() - self._started, 1e-9)
        parts = [_of(size(self.bytes), self.total_bytes, size)]
        files = count(self.files, "file") if self.total_files is None else f"{self.files:,}"
        parts.append(_of(files, self.total_files, lambda total: count(total, "file")))
        parts.append(f"{size(round(self.bytes / seconds))}/s")
        if self.total_bytes and 0 < self.bytes < self.total_bytes:
            left = (self.total_bytes - self.bytes) * seconds / self.bytes
            parts.append(f"about {duration(left)} left")
        return f"{self.phase}: {', '.join(parts)}"


class LogLine:
    """A plain line every minute, for logs and for terminals that cannot repaint."""

    def __init__(self, stream: TextIO, every_seconds: float = LINE_EVERY_SECONDS) -> None:
        self._stream = stream
        self._tally = Tally(every_seconds)

    def begin(self, phase: str, total_bytes: int | None, total_files: int | None) -> None:
        """Start counting; short work stays unmentioned."""
        self._tally.begin(phase, total_bytes, total_files)

    def advance(self, n_bytes: int, n_files: int) -> None:
        """Count, and say so when a minute has gone by."""
        if self._tally.add(n_bytes, n_files):
            put(self._stream, Line(self._tally.sentence()).rendered(colour=False))

    def end(self) -> None:
        """Say nothing: the outcome will speak."""


class Bar:
    """A live bar with bytes, rate and time left; it leaves no trace when the phase ends."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._tally = Tally(_REPAINT_SECONDS)
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    def begin(self, phase: str, total_bytes: int | None, total_files: int | None) -> None:
        """Draw the bar."""
        self.end()
        self._tally.begin(phase, total_bytes, total_files)
        self._bar = _rich_bar(self._stream)
        self._task = self._bar.add_task(phase, total=total_bytes)
        self._bar.start()

    def advance(self, n_bytes: int, n_files: int) -> None:
        """Count, and repaint ten times a second at most."""
        if self._tally.add(n_bytes, n_files) and self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=self._tally.bytes)

    def end(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
        self._bar = self._task = None


def _rich_bar(stream: TextIO) -> RichProgress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Console(file=stream),
        transient=True,
    )


def _of(done: str, total: int | None, say: Callable[[int], str]) -> str:
    return done if total is None else f"{done} of {say(total)}"
