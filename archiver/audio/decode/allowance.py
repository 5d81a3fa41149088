"""How much processor time decoding may take, and the signs of life while it does."""

from __future__ import annotations

import resource
from collections.abc import Callable

from archiver.audio.tags.limits import Limits

_BEAT_SECONDS = 1.0


class Allowance:
    """Processor seconds for the decoding of one file, by its size.

    A few bytes can decode to days of silence: what an honest file needs goes with its bytes.
    """

    def __init__(self, n_bytes: int, limits: Limits, beat: Callable[[], object]) -> None:
        self._beat = beat
        self._begin = self._beaten = _used()
        self.seconds = limits.decode + limits.decode_mib * (n_bytes >> 20)

    def spend(self) -> bool:
        """Tell whether there is time left, and whoever listens that work goes on."""
        now = _used()
        if now - self._beaten >= _BEAT_SECONDS:
            self._beaten = now
            self._beat()
        return now - self._begin < self.seconds


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
