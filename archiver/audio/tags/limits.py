"""What a worker may use, and how it holds itself to that."""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on the reading of one file, and on the process that does it.

    ``memory`` bounds the address space of the worker (bytes), ``cpu`` the processor seconds and
    ``wall`` the seconds by the clock that one file may take, ``answer`` the bytes of one record,
    ``declared`` the bytes a single tag or metadata box may claim to have. Decoding is allowed
    ``decode`` processor seconds in all, and ``decode_mib`` more for each MiB of the file.
    """

    memory: int = 1536 << 20
    cpu: int = 20
    wall: float = 30.0
    answer: int = 1 << 20
    declared: int = 64 << 20
    decode: int = 60
    decode_mib: int = 4

    def to_text(self) -> str:
        """Return the limits as one JSON argument for the worker's command line."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_text(text: str) -> Limits:
        """Read what :meth:`to_text` wrote."""
        return Limits(**json.loads(text))


# A worker that has held this part of its allowance is replaced after its answer, so that the
# next file finds the whole of it again.
_RETIRE_ABOVE = 1 / 4
_OPEN_FILES = 64


def confine(limits: Limits) -> None:
    """Hold this process to ``limits`` for good: memory, no core dumps, no bytes written to files.

    ``RLIMIT_FSIZE`` of zero makes the kernel refuse every write to a regular file, whatever a
    library may try. (macOS does not enforce ``RLIMIT_AS``; there the other limits stand.)
    """
    _lower(resource.RLIMIT_AS, limits.memory)
    _lower(resource.RLIMIT_FSIZE, 0)
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)


def allow_cpu(seconds: int) -> None:
    """Let this process use ``seconds`` more of processor time; past that the kernel kills it."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = used + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard < 0 else min(soft, hard), hard))


def peak_memory() -> int:
    """Return the most resident memory this process has held, in bytes.

    Linux counts what the parent held when it started us, so only a rise since then means
    anything.
    """
    peak: int = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024)


def is_spent(limits: Limits, peak_at_start: int) -> bool:
    """Whether this worker has once held so much memory that a fresh one should go on."""
    return peak_memory() > max(peak_at_start, limits.memory * _RETIRE_ABOVE)


def _lower(what: int, value: int) -> None:
    _, hard = resource.getrlimit(what)
    if hard >= 0:
        value = min(value, hard)
    resource.setrlimit(what, (value, value))
