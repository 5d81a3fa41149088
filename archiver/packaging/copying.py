"""Copying one file into the staged bag: one read of the source, every digest from that read."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from archiver.durable import sync_file
from archiver.durable.files import write_all
from archiver.errors import EnvironmentUnusable
from archiver.hashing.buffers import AlignedBuffer
from archiver.hashing.medium import ALIGNMENT, leave_direct, open_direct
from archiver.packaging.digesting import BLOCK_SIZE, FileDigests, digests_of_small
from archiver.survey.entry import Staged
from archiver.tree import Tree

SMALL = BLOCK_SIZE
PIECE = 4 * BLOCK_SIZE
ATTEMPTS = 3

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MODE = 0o444  # a sealed file is never written again

_Written = tuple[int, tuple[bytes, ...], bytes]
"""Size in bytes, digests (BLAKE3 last), digests of the blocks joined."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A file that is in the staged bag; ``read_again`` when it changed under the first reading."""

    staged: Staged
    read_again: bool = False

    @property
    def path(self) -> str:
        """The path below the payload folder."""
        return self.staged.path

    @property
    def size(self) -> int:
        """Bytes."""
        return self.staged.size


class SourceError(Exception):
    """The source, not the archive, would not let us: a finding about one file."""

    def __init__(self, code: str, path: str, message: str) -> None:
        super().__init__(message)
        self.code, self.path, self.message = code, path, message


class StoppedError(Exception):
    """The run was told to stop."""


class Bench:
    """One thread's tools: its view of the source, its buffers, its lane for slow digests."""

    def __init__(self, source: Tree, target: str, algorithms: Sequence[str]) -> None:
        self._source = source.again()
        self._target = target
        self._algorithms = tuple(algorithms)
        self._buffers = (AlignedBuffer(PIECE), AlignedBuffer(PIECE))
        self._pieces = tuple(buffer.view for buffer in self._buffers)
        self._lane = ThreadPoolExecutor(1, thread_name_prefix="digest")

    @property
    def piece(self) -> memoryview:
        """A page-aligned buffer, free between two copies."""
        return self._pieces[0]

    def close(self) -> None:
        """Give back threads and descriptors."""
        self._lane.shutdown(cancel_futures=True)
        self._source.close()

    def copy(self, path: str, stop: threading.Event, *, sync: bool) -> Copy:
        """Copy the source's file ``path`` to the same place below the target, mtime kept.

        With ``sync`` it is on the medium on return; files over one block always are. Raises
        :class:`SourceError`, :class:`~archiver.errors.EnvironmentUnusable`, :class:`StoppedError`.
        """
        for attempt in range(ATTEMPTS):
            if stop.is_set():
                raise StoppedError
            copied = self._try(path, stop, sync=sync, read_again=attempt > 0)
            if copied is not None:
                return copied
        raise SourceError(
            "changed-while-reading", path, f"it changed during each of {ATTEMPTS} readings"
        )

    def _try(
        self, path: str, stop: threading.Event, *, sync: bool, read_again: bool
    ) -> Copy | None:
        """Copy once; ``None`` when the file changed while it was read."""
        source_fd = self._open_source(path)
        try:
            before = os.fstat(source_fd)
            place = f"{self._target}/{path}"
            try:
                copied = self._write(path, source_fd, place, before, stop, sync=sync)
            except OSError as error:
                raise unusable(error, place) from error
            if copied is not None and same_file(before, os.fstat(source_fd)):
                return _noted(copied, before, path, read_again)
            os.unlink(place)
            return None
        finally:
            os.close(source_fd)

    def _open_source(self, path: str) -> int:
        try:
            return self._source.open_file(path)
        except FileNotFoundError:
            raise SourceError("source-vanished", path, "it is no longer there") from None
        except OSError as error:
            raise _unreadable(path, error, 0) from error

    def _write(
        self,
        path: str,
        source_fd: int,
        place: str,
        before: os.stat_result,
        stop: threading.Event,
        *,
        sync: bool,
    ) -> _Written | None:
        """Write the copy; ``None`` when the source ended elsewhere than its size said."""
        _remove_leftover(place)
        if before.st_size <= SMALL:
            written = self._write_small(path, source_fd, place, before, sync=sync)
        else:
            written = self._write_large(path, source_fd, place, before, stop)
        return written if written[0] == before.st_size else None

    def _write_small(
        self, path: str, source_fd: int, place: str, before: os.stat_result, *, sync: bool
    ) -> _Written:
        piece = self._pieces[0]
        size = _fill(source_fd, piece, path, 0)
        content = piece[:size]
        digests = digests_of_small(content, self._algorithms)
        fd = os.open(place, _CREATE, _MODE)
        try:
            write_all(fd, content)
            os.utime(fd, ns=(before.st_mtime_ns, before.st_mtime_ns))
            if sync:
                sync_file(fd)
        finally:
            os.close(fd)
        return size, digests, b""

    def _write_large(
        self,
        path: str,
        source_fd: int,
        place: str,
        before: os.stat_result,
        stop: threading.Event,
    ) -> _Written:
        digests = FileDigests(self._algorithms, self._lane)
        busy: list[Future[None] | None] = [None, None]
        size, turn = 0, 0
        fd, _ = open_direct(place, _CREATE, _MODE)
        try:
            _preallocate(fd, before.st_size)
            while not stop.is_set():
                _wait(busy[turn])
                piece = self._pieces[turn]
                got = _fill(source_fd, piece, path, size)
                if not got:
                    break
                busy[turn] = digests.feed(piece[:got])
                _write_piece(fd, piece[:got])
                size, turn = size + got, 1 - turn
            _wait(busy[0])
            _wait(busy[1])
            if stop.is_set():
                raise StoppedError
            os.ftruncate(fd, size)
            os.utime(fd, ns=(before.st_mtime_ns, before.st_mtime_ns))
            sync_file(fd)
        finally:
            _settle(busy)
            os.close(fd)
        return size, *digests.result()


def same_file(before: os.stat_result, after: os.stat_result) -> bool:
    """Say whether nothing that a writer cannot avoid changing has changed between two looks."""
    return (
        before.st_size == after.st_size
        and before.st_mtime_ns == after.st_mtime_ns
        and before.st_ctime_ns == after.st_ctime_ns
        and before.st_ino == after.st_ino
        and before.st_dev == after.st_dev
    )


def unusable(error: OSError, place: str) -> EnvironmentUnusable:
    """Say in a librarian's words why the archive cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return EnvironmentUnusable(
            f"there is no space left in the archive for {place}: {error.strerror}",
            "Free some space or move the archive to a larger disk, then run the command again. "
            "The source is untouched and nothing half-made is visible.",
        )
    return EnvironmentUnusable(
        f"the archive cannot be written at {place}: {error.strerror}",
        "Have the disk checked. The source is untouched and nothing half-made is visible.",
    )


def _noted(written: _Written, facts: os.stat_result, path: str, read_again: bool) -> Copy:
    size, digests, blocks = written
    staged = Staged(path, size, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_ino, digests, blocks)
    return Copy(staged, read_again)


def _unreadable(path: str, error: OSError, offset: int) -> SourceError:
    return SourceError(
        "source-unreadable", path, f"reading failed at byte {offset:,}: {error.strerror}"
    )


def _fill(fd: int, piece: memoryview, path: str, offset: int) -> int:
    """Read into ``piece`` until it is full or the file ends; say how much there is."""
    filled = 0
    while filled < len(piece):
        try:
            got = os.readv(fd, [piece[filled:]])
        except OSError as error:
            raise _unreadable(path, error, offset + filled) from error
        if not got:
            break
        filled += got
    return filled


def _write_piece(fd: int, piece: memoryview) -> None:
    """Write one piece; an end that direct writing cannot take goes through the page cache."""
    aligned = len(piece) - len(piece) % ALIGNMENT
    write_all(fd, piece[:aligned])
    if aligned < len(piece):
        leave_direct(fd)
        write_all(fd, piece[aligned:])


def _preallocate(fd: int, size: int) -> None:
    try:
        os.posix_fallocate(fd, 0, size)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS):
            raise


def _remove_leftover(place: str) -> None:
    try:
        os.unlink(place)
    except FileNotFoundError:
        return


def _wait(pending: Future[None] | None) -> None:
    if pending is not None:
        pending.result()


def _settle(pending: list[Future[None] | None]) -> None:
    """Let digests in flight end before their buffers are used again."""
    for future in pending:
        if future is not None:
            future.exception()
