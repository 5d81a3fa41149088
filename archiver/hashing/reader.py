"""Reading one file after the other, each byte once, into one reusable buffer.

Files are read, not mapped: a mapped file that somebody truncates kills the process by
``SIGBUS``, its pages count as our memory, and with blocks of 1 MiB mapping is no faster.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from operator import attrgetter

from archiver.hashing import medium
from archiver.hashing.algorithms import Digest, new_digest
from archiver.hashing.buffers import AlignedBuffer
from archiver.hashing.jobs import (
    ReadJob,
    ReadResult,
    Trouble,
    trouble_changed,
    trouble_opening,
    trouble_reading,
)
from archiver.tree import Tree

READ_SIZE = 1 << 20

identity = attrgetter("st_size", "st_mtime_ns", "st_ctime_ns", "st_ino", "st_dev")
"""What of a file's status must not change while it is read (``ctime`` cannot be set back)."""


class Reader:
    """Reads files below ``tree`` for one thread; both the tree and the buffer are its own."""

    def __init__(self, tree: Tree, *, from_medium: bool) -> None:
        self._tree = tree
        self._from_medium = from_medium
        self._buffer = AlignedBuffer(READ_SIZE)

    def close(self) -> None:
        """Give memory and descriptors back."""
        self._buffer.close()
        self._tree.close()

    def read(self, job: ReadJob, on_bytes: Callable[[int], None]) -> ReadResult:
        """Read ``job.path`` once and return its digests, or the trouble there was.

        ``on_bytes`` is told of each portion read, and may raise to abandon the work. Raises
        ``KeyError`` for an algorithm nobody knows.
        """
        try:
            fd, before = self._tree.open_known(job.path)
        except (OSError, ValueError) as error:
            return ReadResult(job, 0, (), trouble_opening(error), False)
        try:
            past_cache = self._from_medium and medium.bypass_cache(fd, before.st_size)
            digests = [new_digest(name) for name in job.algorithms]
            done, trouble = self._feed(fd, before.st_size, digests, on_bytes)
            if trouble is None and (
                done != before.st_size or identity(os.fstat(fd)) != identity(before)
            ):
                trouble = trouble_changed(done)
        finally:
            os.close(fd)
        if trouble is not None:
            return ReadResult(job, done, (), trouble, past_cache)
        return ReadResult(job, done, tuple([one.digest() for one in digests]), None, past_cache)

    def _feed(
        self, fd: int, size: int, digests: Sequence[Digest], on_bytes: Callable[[int], None]
    ) -> tuple[int, Trouble | None]:
        """Give ``size`` bytes of ``fd`` to the digests; return how many there were."""
        view, parts = self._buffer.view, self._buffer.parts
        done = 0
        while done < size:
            try:
                count = os.readv(fd, parts)
            except OSError:
                try:
                    count = _read_again(fd, parts)
                except OSError as error:
                    return done, trouble_reading(error, done)
            if not count:
                break
            portion = view[:count]
            for one in digests:
                one.update(portion)
            done += count
            on_bytes(count)
        return done, None


def _read_again(fd: int, parts: list[memoryview]) -> int:
    """Read once more where the last read failed, this time not directly.

    That heals a direct read the file system refused (``EINVAL``), gives a passing error its
    second chance, and otherwise narrows a bad spot down to the page.
    """
    medium.leave_direct(fd)
    return os.readv(fd, parts)
