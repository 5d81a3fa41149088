"""A lock the operating system drops when its owner dies."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

from archiver.clock import utc_text
from archiver.errors import BusyError, EnvironmentUnusable

_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock, as it said itself: process, what for, since when (UTC text)."""

    process: str
    purpose: str
    since: str


class Lock:
    """An exclusive ``flock`` on a file that is never deleted.

    Deleting a lock file would let two processes hold "the" lock; POSIX record locks vanish
    when any descriptor of the file is closed. ``flock`` has neither trap. The file's text says
    who holds it, for people; the lock itself is the kernel's.
    """

    def __init__(self, path: str | Path, purpose: str, now: datetime, wait_seconds: float = 0.0):
        self._path = Path(path)
        self._purpose = purpose
        self._now = now
        self._wait = wait_seconds
        self._fd = -1

    def __enter__(self) -> Lock:
        try:
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        except OSError as error:
            raise EnvironmentUnusable(
                f"the archive cannot be written: {self._path}: {error.strerror}",
                "Run this as a user who may write there; a medium mounted read-only must be "
                "mounted for writing. Nothing was done.",
            ) from error
        try:
            self._acquire(fd)
        except BaseException:
            os.close(fd)
            raise
        self._fd = fd
        who = f"{os.getpid()} {self._purpose} {utc_text(self._now)}\n".encode()
        with suppress(OSError):  # on a full disk too the lock is ours, and may serve to make room
            os.ftruncate(fd, os.pwrite(fd, who, 0))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._fd)
        self._fd = -1

    def _acquire(self, fd: int) -> None:
        deadline = time.monotonic() + self._wait
        while True:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise self._busy(fd) from None
                time.sleep(_POLL_SECONDS)

    def _busy(self, fd: int) -> BusyError:
        holder = _who(fd)
        who = (
            f"process {holder.process} ({holder.purpose}, since {holder.since})" if holder else "it"
        )
        return BusyError(
            f"another run is working on this archive: {who} holds the lock {self._path}",
            "Wait for it to end, or let this command wait with --lock-wait SECONDS.",
        )


def holder_of(path: str | Path) -> Holder | None:
    """Return who holds the lock ``path``; ``None`` when nobody does. Nothing is written.

    It is asked for as one of many readers and let go at once, so whoever wants the lock at that
    very moment must be ready to wait for one. Raises ``OSError`` when it cannot be looked at.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _who(fd)
    finally:
        os.close(fd)
    return None


def _who(fd: int) -> Holder | None:
    words = os.pread(fd, 200, 0).decode("ascii", "replace").split()
    return Holder(*words) if len(words) == 3 else None


def claim(fd: int) -> bool:
    """Claim the open file or folder ``fd`` for this process until it is closed.

    Return whether it is ours: not while another process (or descriptor) holds it. Nothing is
    written.
    """
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
