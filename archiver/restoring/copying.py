"""Reading as verification asks for it, where every payload file read is also copied.

Each byte is read once: what goes into the digests is what is written.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue

from archiver.durable import can_sync_filesystem, sync_file
from archiver.durable.files import write_all
from archiver.errors import EnvironmentUnusable
from archiver.hashing import ReadJob, ReadResult, Trouble, new_digest
from archiver.hashing.engine import cut_into_lots
from archiver.hashing.jobs import trouble_changed, trouble_opening, trouble_reading
from archiver.hashing.reader import identity
from archiver.progress import Progress
from archiver.tree import Tree

PAYLOAD = "data/"
_PIECE = 1 << 20
_LOTS_AHEAD = 32
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Copier:
    """Reads files below ``bag``, and writes those of the payload below ``target``, without data/.

    A copy is made whatever its digests come to: whether it may stay is for the judge to say.
    ``files`` and ``bytes`` count the copies.
    """

    def __init__(self, bag: Tree, target: Tree, workers: int, progress: Progress) -> None:
        self._progress, self._workers = progress, workers
        self.files = self.bytes = 0
        self._stop = threading.Event()
        self._hands: SimpleQueue[_Hand] = SimpleQueue()
        for _ in range(workers):
            self._hands.put(_Hand(bag.again(), target.again()))

    def read(self, jobs: Iterator[ReadJob]) -> Iterator[ReadResult]:
        """Yield one result a job, in their order; trouble with the bag is a result.

        Raises :class:`EnvironmentUnusable` when a copy cannot be written.
        """
        threads = ThreadPoolExecutor(self._workers, "restoring")
        waiting: deque[Future[list[ReadResult]]] = deque()
        try:
            for lot in cut_into_lots(jobs):
                waiting.append(threads.submit(self._lot, lot))
                while waiting and (len(waiting) > _LOTS_AHEAD or waiting[0].done()):
                    yield from self._counted(waiting.popleft().result())
            while waiting:
                yield from self._counted(waiting.popleft().result())
        except BaseException:
            self._stop.set()
            raise
        finally:
            threads.shutdown(wait=True, cancel_futures=True)

    def _counted(self, results: list[ReadResult]) -> list[ReadResult]:
        copies = [
            one for one in results if one.trouble is None and one.job.path.startswith(PAYLOAD)
        ]
        self.files += len(copies)
        self.bytes += sum([one.size for one in copies])
        return results

    def close(self) -> None:
        """Give descriptors and memory back."""
        while not self._hands.empty():
            self._hands.get().close()

    def _lot(self, lot: list[ReadJob]) -> list[ReadResult]:
        hand = self._hands.get()
        try:
            results = []
            for job in lot:
                if self._stop.is_set():
                    break
                results.append(hand.read(job, self._stop))
                self._progress.advance(results[-1].size, 1)
            return results
        finally:
            self._hands.put(hand)


class _Hand:
    """One thread's own views and buffer."""

    def __init__(self, bag: Tree, target: Tree) -> None:
        self._bag, self._target = bag, target
        self._sync_each = not can_sync_filesystem(target.folder(""))
        self._piece = memoryview(bytearray(_PIECE))

    def close(self) -> None:
        self._bag.close()
        self._target.close()

    def read(self, job: ReadJob, stop: threading.Event) -> ReadResult:
        try:
            fd = self._bag.open_file(job.path)
        except (OSError, ValueError) as error:
            return ReadResult(job, 0, (), trouble_opening(error), False)
        try:
            if not job.path.startswith(PAYLOAD):
                return self._feed(job, fd, None, stop)
            return self._copy(job, fd, stop)
        finally:
            os.close(fd)

    def _copy(self, job: ReadJob, fd: int, stop: threading.Event) -> ReadResult:
        path = job.path.removeprefix(PAYLOAD)
        try:
            copy = self._create(path)
            try:
                result = self._feed(job, fd, copy, stop)
                moment = os.fstat(fd).st_mtime_ns
                os.utime(copy, ns=(moment, moment))
                if self._sync_each:
                    sync_file(copy)
            finally:
                os.close(copy)
            if result.trouble is not None:
                remove(self._target, path)
        except OSError as error:
            raise _unwritable(self._target.root, path, error) from error
        return result

    def _create(self, path: str) -> int:
        above, _, name = path.rpartition("/")
        make_folder(self._target, above)
        return os.open(name, _CREATE, 0o644, dir_fd=self._target.folder(above))

    def _feed(self, job: ReadJob, fd: int, copy: int | None, stop: threading.Event) -> ReadResult:
        before = os.fstat(fd)
        digests = [new_digest(name) for name in job.algorithms]
        done, trouble = 0, None
        while done < before.st_size and not stop.is_set():
            count, trouble = _read(fd, self._piece, done)
            if trouble is not None or not count:
                break
            portion = self._piece[:count]
            for one in digests:
                one.update(portion)
            if copy is not None:
                write_all(copy, portion)
            done += count
        if trouble is None and (done, identity(os.fstat(fd))) != (before.st_size, identity(before)):
            trouble = trouble_changed(done)
        if trouble is not None:
            return ReadResult(job, done, (), trouble, False)
        return ReadResult(job, done, tuple([one.digest() for one in digests]), None, False)


def make_folder(target: Tree, path: str) -> None:
    """Make the folder ``path`` below ``target`` and those above it, where they are missing.

    Raises ``OSError``.
    """
    missing = []
    while path:
        try:
            target.folder(path)
            break
        except FileNotFoundError:
            missing.append(path)
            path = path.rpartition("/")[0]
    for one in reversed(missing):
        above, _, name = one.rpartition("/")
        try:
            os.mkdir(name, 0o755, dir_fd=target.folder(above))
        except FileExistsError:
            continue  # another thread was quicker; that it is a folder shows when it is opened


def remove(target: Tree, path: str) -> None:
    """Remove the file ``path`` below ``target``. Raises ``OSError``."""
    above, _, name = path.rpartition("/")
    os.unlink(name, dir_fd=target.folder(above))


def _read(fd: int, piece: memoryview, offset: int) -> tuple[int, Trouble | None]:
    """Read on; what fails is tried once more."""
    for last in (False, True):
        try:
            return os.readv(fd, [piece]), None
        except OSError as error:
            if last:
                return 0, trouble_reading(error, offset)
    return 0, None


def _unwritable(root: str, path: str, error: OSError) -> EnvironmentUnusable:
    if isinstance(error, FileExistsError):
        return EnvironmentUnusable(
            f"there is something already at {root}/{path}: this disk takes two names for one.",
            "Restore to a disk that tells all names apart. Nothing half-made is left.",
        )
    return EnvironmentUnusable(
        f"{root}/{path} cannot be written: {error.strerror}.",
        "Look after room and permissions. Nothing half-made is left.",
    )
