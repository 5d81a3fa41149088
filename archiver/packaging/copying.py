"""Copying one file into the staged bag: one read of the source, every digest from that read."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import NamedTuple, Protocol

from archiver.audio.sniff import worth_examining
from archiver.durable import sync_file
from archiver.durable.files import write_all
from archiver.errors import EnvironmentUnusable
from archiver.hashing import BLOCK_SIZE
from archiver.hashing.buffers import AlignedBuffer
from archiver.hashing.medium import ALIGNMENT, go_direct, leave_direct
from archiver.packaging.digesting import FileDigests, digests_of_small
from archiver.packaging.unusable import unusable
from archiver.progress import Progress
from archiver.survey.entry import Staged
from archiver.tree import Tree

SMALL = BLOCK_SIZE
PIECE = 4 * BLOCK_SIZE
ATTEMPTS = 3

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MODE = 0o444  # a sealed file is never written again

_HEAD = 4096  # bytes at the start that tell whether a file looks like a recording


class _Written(NamedTuple):
    """Size in bytes, digests (BLAKE3 last), digests of the blocks joined, first bytes."""

    size: int
    digests: tuple[bytes, ...]
    blocks: bytes
    head: bytes


class Copy(NamedTuple):
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


class Stop(Protocol):
    """Tells whether to go on; a ``threading.Event``, or what plays its part in a deputy."""

    def is_set(self) -> bool:
        """Whether the work is to end."""


class Bench:
    """One thread's tools: its view of the source, its buffers, its lane for slow digests."""

    def __init__(
        self, source: Tree, target: Tree, algorithms: Sequence[str], progress: Progress
    ) -> None:
        self._progress = progress
        self._told = 0
        self._source = source.again()
        self.target = target.again()
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
        self.target.close()

    def copy(self, path: str, stop: Stop, *, sync: bool, instead: bool = False) -> Copy:
        """Copy the source's file ``path`` to the same place below the target, mtime kept.

        With ``sync`` it is on the medium on return; files over one block always are, and their
        bytes are told to the progress as they go. Whatever
        has its name there is in the way, unless the copy is to be made ``instead``. Raises
        :class:`SourceError`, :class:`~archiver.errors.EnvironmentUnusable`, :class:`StoppedError`.
        """
        for attempt in range(ATTEMPTS):
            if stop.is_set():
                raise StoppedError
            if instead or attempt:
                self._remove(path)
            self._told = 0
            copied = self._try(path, stop, sync=sync, read_again=attempt > 0)
            if copied is not None:
                return copied
            self._tell(-self._told)  # it will be read again
        raise SourceError(
            "changed-while-reading", path, f"it changed during each of {ATTEMPTS} readings"
        )

    def _try(self, path: str, stop: Stop, *, sync: bool, read_again: bool) -> Copy | None:
        """Copy once; ``None`` when the file changed while it was read."""
        source_fd, before = self._open_source(path)
        try:
            try:
                copied = self._write(path, source_fd, before, stop, sync=sync)
            except OSError as error:
                raise unusable(error, f"{self.target.root}/{path}") from error
            if copied is not None and same_file(before, _status(source_fd, path)):
                return _noted(copied, before, path, read_again)
            return None
        finally:
            os.close(source_fd)

    def _open_source(self, path: str) -> tuple[int, os.stat_result]:
        try:
            return self._source.open_known(path)
        except FileNotFoundError:
            raise SourceError("source-vanished", path, "it is no longer there") from None
        except OSError as error:
            raise _unreadable(path, error, 0) from error

    def _write(
        self,
        path: str,
        source_fd: int,
        before: os.stat_result,
        stop: Stop,
        *,
        sync: bool,
    ) -> _Written | None:
        """Write the copy; ``None`` when the source ended elsewhere than its size said."""
        if before.st_size <= SMALL:
            written = self._write_small(path, source_fd, before, sync=sync)
        else:
            written = self._write_large(path, source_fd, before, stop)
        return written if written.size == before.st_size else None

    def _tell(self, n_bytes: int) -> None:
        self._told += n_bytes
        self._progress.advance(n_bytes, 0)

    def _create(self, path: str) -> int:
        """Create the copy. What has its name would be another file's copy: it is never replaced."""
        above, _, name = path.rpartition("/")
        try:
            return os.open(name, _CREATE, _MODE, dir_fd=self.target.folder(above))
        except FileExistsError as error:
            raise EnvironmentUnusable(
                f"there is something already at {self.target.root}/{path}: the archive's disk "
                "takes two names for one",
                "Make the archive on a disk that tells all names apart, or rename the file. The "
                "source is untouched and nothing half-made is visible.",
            ) from error

    def _remove(self, path: str) -> None:
        """Remove what an earlier attempt left of the copy."""
        above, _, name = path.rpartition("/")
        try:
            os.unlink(name, dir_fd=self.target.folder(above))
        except FileNotFoundError:
            return
        except OSError as error:
            raise unusable(error, f"{self.target.root}/{path}") from error

    def _write_small(
        self, path: str, source_fd: int, before: os.stat_result, *, sync: bool
    ) -> _Written:
        piece = self._pieces[0][: before.st_size + 1]  # one byte more shows that it has grown
        content = piece[: _fill_small(source_fd, piece, path)]
        digests = digests_of_small(content, self._algorithms)
        fd = self._create(path)
        try:
            write_all(fd, content)
            os.utime(fd, ns=(before.st_mtime_ns, before.st_mtime_ns))
            if sync:
                sync_file(fd)
        finally:
            os.close(fd)
        return _Written(len(content), digests, b"", bytes(content[:_HEAD]))

    def _write_large(
        self,
        path: str,
        source_fd: int,
        before: os.stat_result,
        stop: Stop,
    ) -> _Written:
        digests = FileDigests(self._algorithms, self._lane)
        busy: list[Future[None] | None] = [None, None]
        size, turn, head = 0, 0, b""
        fd = self._create(path)
        try:
            go_direct(fd)
            _preallocate(fd, before.st_size)
            # A file that grows as fast as it is read must end for us: one byte more is enough.
            while not stop.is_set() and size <= before.st_size:
                _wait(busy[turn])
                piece = self._pieces[turn][: before.st_size + 1 - size]
                got = _fill(source_fd, piece, path, size)
                if not got:
                    break
                head = head or bytes(piece[:_HEAD])
                busy[turn] = digests.feed(piece[:got])
                _write_piece(fd, piece[:got])
                self._tell(got)
                size, turn = size + got, 1 - turn
            _wait(busy[0])
            _wait(busy[1])
            if stop.is_set():
                raise StoppedError
            os.utime(fd, ns=(before.st_mtime_ns, before.st_mtime_ns))
            sync_file(fd)
        finally:
            _settle(busy)
            os.close(fd)
        return _Written(size, *digests.result(), head)


def same_file(before: os.stat_result, after: os.stat_result) -> bool:
    """Say whether nothing that a writer cannot avoid changing has changed between two looks."""
    return (
        before.st_size == after.st_size
        and before.st_mtime_ns == after.st_mtime_ns
        and before.st_ctime_ns == after.st_ctime_ns
        and before.st_ino == after.st_ino
        and before.st_dev == after.st_dev
    )


def _noted(written: _Written, facts: os.stat_result, path: str, read_again: bool) -> Copy:
    staged = Staged(
        path,
        written.size,
        facts.st_mtime_ns,
        facts.st_ctime_ns,
        facts.st_ino,
        written.digests,
        written.blocks,
        worth_examining(written.head),
    )
    return Copy(staged, read_again)


def _unreadable(path: str, error: OSError, offset: int) -> SourceError:
    return SourceError(
        "source-unreadable", path, f"reading failed at byte {offset:,}: {error.strerror}"
    )


def _status(source_fd: int, path: str) -> os.stat_result:
    try:
        return os.fstat(source_fd)
    except OSError as error:
        raise _unreadable(path, error, 0) from error


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


def _fill_small(fd: int, piece: memoryview, path: str) -> int:
    """Do as :func:`_fill` at the start of a file that ends a byte before ``piece`` does.

    Mostly one read is enough: it is short, and ends where the file was said to end.
    """
    try:
        got = os.readv(fd, [piece])
    except OSError as error:
        raise _unreadable(path, error, 0) from error
    return got if got == len(piece) - 1 else got + _fill(fd, piece[got:], path, got)


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


def _wait(pending: Future[None] | None) -> None:
    if pending is not None:
        pending.result()


def _settle(pending: list[Future[None] | None]) -> None:
    """Let digests in flight end before their buffers are used again."""
    for future in pending:
        if future is not None:
            future.exception()
