"""Reading no faster than is wished, so that others can use the disk."""

from __future__ import annotations

import threading
import time

from archiver.progress import Progress


class Throttle:
    """A progress that makes whoever reports bytes wait until they are no faster than ``rate``.

    ``rate`` is bytes a second over the whole run. Called from any thread.
    """

    def __init__(self, inner: Progress, rate: float) -> None:
        self._inner, self._rate = inner, rate
        self._bytes, self._begun = 0, 0.0
        self._guard = threading.Lock()

    def begin(self, phase: str, total_bytes: int | None, total_files: int | None) -> None:
        """Pass it on; from the first time on the seconds are counted."""
        self._begun = self._begun or time.monotonic()
        self._inner.begin(phase, total_bytes, total_files)

    def advance(self, n_bytes: int, n_files: int) -> None:
        """Pass it on, and wait."""
        self._inner.advance(n_bytes, n_files)
        with self._guard:
            self._bytes += n_bytes
            ahead = self._bytes / self._rate - (time.monotonic() - self._begun)
        if ahead > 0:
            time.sleep(ahead)

    def end(self) -> None:
        """Pass it on."""
        self._inner.end()
