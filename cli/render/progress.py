"""Progress for people: a live bar on a terminal, else a plain line now and then.

Neither shows a file name: names are hostile, and a line a file would be a flood.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from archiver.progress import Progress
from cli.render.text import Line, duration, size
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
        """Return how far the phase is, in words: what is done of what, how fast, how long yet."""
        seconds = max(time.monotonic() - self._started, 1e-9)
        parts = []
        if self.bytes or self.total_bytes:
            parts.append(_of(size(self.bytes), self.total_bytes, size))
        if self.files or self.total_files or not parts:
            parts.append(_of(f"{self.files:,}", self.total_files, "{:,}".format) + " files")
        if self.bytes:
            parts.append(f"{size(round(self.bytes / seconds))}/s")
        done, total = self.measure()
        if total and 0 < done < total:
            left = (total - done) * seconds / done
            parts.append(f"{'about ' if left >= 1 else ''}{duration(left)} left")
        return ", ".join(parts)

    def measure(self) -> tuple[int, int | None]:
        """Return done and total by what tells most: bytes where their sum is known, else files."""
        if self.total_bytes:
            return self.bytes, self.total_bytes
        return self.files, self.total_files


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
            line = Line(f"{self._tally.phase}: {self._tally.sentence()}")
            put(self._stream, line.rendered(colour=False))

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
        self._task = self._bar.add_task(
            phase, total=self._tally.measure()[1], said=self._tally.sentence()
        )
        self._bar.start()

    def advance(self, n_bytes: int, n_files: int) -> None:
        """Count, and repaint ten times a second at most."""
        if self._tally.add(n_bytes, n_files) and self._bar is not None and self._task is not None:
            done, said = self._tally.measure()[0], self._tally.sentence()
            self._bar.update(self._task, completed=done, said=said)

    def end(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
        self._bar = self._task = None


def _rich_bar(stream: TextIO) -> RichProgress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TextColumn("{task.fields[said]}", markup=False),
        console=Console(file=stream),
        transient=True,
    )


def _of(done: str, total: int | None, say: Callable[[int], str]) -> str:
    return done if total is None else f"{done} of {say(total)}"
