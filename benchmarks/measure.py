"""Whole processes, timed from outside: wall clock, CPU seconds, peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class ContestantError(Exception):
    """A program that was to be measured ended with an error."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took: seconds on the wall, CPU seconds, peak resident memory in bytes."""

    wall: float
    cpu: float
    peak: int

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.wall + other.wall, self.cpu + other.cpu, max(self.peak, other.peak))


NOTHING = Cost(0.0, 0.0, 0)


def run(command: Sequence[str], folder: Path | None = None, endings: Sequence[int] = (0,)) -> Cost:
    """Run ``command`` to its end and return its cost, its children's included.

    The peak is that of its largest single process. Raises :class:`ContestantError` with what
    it said when it exits with none of ``endings``.
    """
    begun = time.monotonic()
    # No pipes: a reader of ours would run on the cores that are being measured.
    with open(os.devnull, "wb") as nowhere, _Complaints() as complaints:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=nowhere, stderr=complaints.file
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in endings:
            raise ContestantError(
                f"{' '.join(command)}: exit {process.returncode}: {complaints.text()}"
            )
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


_SMALL = (
    "import resource, subprocess, sys; nowhere = subprocess.DEVNULL; "
    "subprocess.run(sys.argv[1:], stdin=nowhere, stdout=nowhere, stderr=nowhere); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024)"
)


def own_peak(command: Sequence[str]) -> int:
    """Run ``command`` and return the peak memory of its largest process, bytes.

    It is begun by a small process: to a child's peak the kernel counts what its parent held when
    it began it, and we hold much.
    """
    begun = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _SMALL, *command],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return int(begun.stdout)


class _Complaints:
    """Standard error of a contestant, kept in case it fails."""

    def __enter__(self) -> _Complaints:
        self.file = tempfile.TemporaryFile()
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def text(self) -> str:
        """The last lines of it."""
        self.file.seek(0)
        return self.file.read().decode(errors="replace")[-2_000:]


def settle() -> None:
    """Let nobody pay for the writes of the one before."""
    os.sync()


def warm(folder: Path) -> None:
    """Read every file below ``folder`` once, so that it is in the page cache."""
    buffer = bytearray(1 << 20)
    for place, _, names in os.walk(folder):
        for name in names:
            with open(os.path.join(place, name), "rb", buffering=0) as file:
                while file.readinto(buffer):
                    pass


Contest = Mapping[str, Callable[[], Cost]]
Costs = Mapping[str, Sequence[Cost]]


def alternate(contest: Contest, rounds: int) -> Costs:
    """Let every contestant run ``rounds`` times, in turn, and not always the same one first."""
    costs: dict[str, list[Cost]] = {name: [] for name in contest}
    names = list(contest)
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            settle()
            costs[name].append(contest[name]())
    return costs


def median_wall(costs: Sequence[Cost]) -> float:
    """The median of the wall-clock seconds."""
    return statistics.median(cost.wall for cost in costs)


def median_cpu(costs: Sequence[Cost]) -> float:
    """The median of the CPU seconds."""
    return statistics.median(cost.cpu for cost in costs)


def median_peak(costs: Sequence[Cost]) -> float:
    """The median of the peak memory, bytes."""
    return statistics.median(cost.peak for cost in costs)
