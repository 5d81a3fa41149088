"""Reading very many files at the speed of the disk or of all cores, in order, in flat memory.

Jobs are cut into *lots*: one large file, or some hundred small ones. Lots go to threads, for
reading and hashing large portions leaves Python's lock free. Lots of small files do not: from
the page cache one thread alone reads them faster than two, and when there are very many, the
others hand theirs on to deputies (see :mod:`archiver.hashing.deputies`).
"""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue

from archiver.deputy import cores
from archiver.hashing.deputies import Deputies
from archiver.hashing.jobs import ReadJob, ReadResult
from archiver.hashing.reader import Reader
from archiver.progress import Progress
from archiver.tree import Tree

READ_AHEAD = 4096  # jobs taken from the caller beyond the result that is due next
LARGE = 1 << 20  # bytes; from here on a file is a lot by itself
LOT_FILES = 256
LOT_BYTES = 4 << 20
# Starting a deputy takes some 60 ms of a core, as much as reading two thousand small files.
DEPUTIES_AFTER = 4096
WORTH_A_DEPUTY = 32  # files in a lot; fewer are not worth the way
_REPORT_BYTES = 8 << 20


def suggested_workers(*, from_medium: bool) -> int:
    """Return how many files to read at a time on this machine.

    One more than there are cores, so that none is idle when a few large files end unevenly;
    twice as many when the disk is to be kept busy while others compute.
    """
    return 2 * cores() if from_medium else cores() + 1


def read_all(
    root: Tree, jobs: Iterable[ReadJob], *, workers: int, from_medium: bool, progress: Progress
) -> Iterator[ReadResult]:
    """Read every file of ``jobs`` below ``root`` once; yield one result a job, in their order.

    ``jobs`` is consumed in the calling thread only and at most some :data:`READ_AHEAD` jobs
    beyond the result last yielded, so it may be a generator without end; it must not wait for
    results of its own. ``workers`` files are read at a time. With ``from_medium`` the page
    cache is bypassed as far as file system and kernel allow, and each result says whether it
    was. ``progress.advance`` is called from any thread, in portions of some MiB.

    Trouble with a file is a result, never an exception. Raises ``KeyError`` for an algorithm
    that is not known. Closing the iterator (or leaving it by an exception) abandons the work
    within a portion's time; no thread and no child process is left.
    """
    crew = _Crew(root, workers, from_medium, progress)
    waiting: deque[tuple[int, Future[list[ReadResult]]]] = deque()
    ahead = 0
    try:
        for lot in cut_into_lots(jobs):
            waiting.append((len(lot), crew.start(lot)))
            ahead += len(lot)
            while waiting and (ahead > READ_AHEAD or waiting[0][1].done()):
                count, first = waiting.popleft()
                yield from first.result()
                ahead -= count
        while waiting:
            yield from waiting.popleft()[1].result()
    finally:
        crew.dismiss()


def cut_into_lots(jobs: Iterable[ReadJob]) -> Iterator[list[ReadJob]]:
    """Cut jobs into lots that are worth handing over, keeping their order."""
    lot: list[ReadJob] = []
    total = 0
    for job in jobs:
        if lot and (job.size >= LARGE or total >= LOT_BYTES or len(lot) >= LOT_FILES):
            yield lot
            lot, total = [], 0
        if job.size >= LARGE:
            yield [job]
        else:
            lot.append(job)
            total += job.size
    if lot:
        yield lot


class _Abandoned(BaseException):
    """Ends a worker's current file after :meth:`_Crew.dismiss`; nobody ever sees it."""


class _Crew:
    """The workers of one :func:`read_all`: threads, their readers, and deputies."""

    def __init__(self, root: Tree, workers: int, from_medium: bool, progress: Progress) -> None:
        self._progress = progress
        self._stop = threading.Event()
        self._small_files = 0
        self._readers: SimpleQueue[Reader] = SimpleQueue()
        for _ in range(workers):
            self._readers.put(Reader(root.again(), from_medium=from_medium))
        # From the cache, more processes than cores gain nothing; from a disk, they wait for it.
        processes = workers if from_medium else min(workers, cores())
        self._deputies = Deputies(root, limit=processes - 1, from_medium=from_medium)
        self._small_at_once = threading.Semaphore(workers if from_medium else 1)
        self._threads = ThreadPoolExecutor(workers, "reading", initializer=_leave_interrupts)

    def start(self, lot: list[ReadJob]) -> Future[list[ReadResult]]:
        """Have ``lot`` read by the next free thread."""
        if len(lot) < WORTH_A_DEPUTY:
            return self._threads.submit(self._read, lot)
        self._small_files += len(lot)
        return self._threads.submit(self._read_small, lot, self._small_files > DEPUTIES_AFTER)

    def dismiss(self) -> None:
        """Abandon what is under way and return when every thread and process has ended."""
        self._stop.set()
        self._deputies.abandon()
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._deputies.close()
        while not self._readers.empty():
            self._readers.get().close()

    def _read(self, lot: list[ReadJob]) -> list[ReadResult]:
        tally = _Tally(self._progress, self._stop)
        reader = self._readers.get()
        try:
            results = [reader.read(job, tally.add) for job in lot]
        finally:
            self._readers.put(reader)
        self._progress.advance(tally.bytes, len(results))
        return results

    def _read_small(self, lot: list[ReadJob], delegate: bool) -> list[ReadResult]:
        results = self._deputies.read(lot) if delegate else None
        if results is None:
            with self._small_at_once:
                return self._read(lot)
        self._progress.advance(sum([one.size for one in results]), len(results))
        return results


class _Tally:
    """Adds up bytes and reports them in portions: telling somebody of each would cost more."""

    def __init__(self, progress: Progress, stop: threading.Event) -> None:
        self.bytes = 0
        self._progress = progress
        self._stop = stop

    def add(self, count: int) -> None:
        """Count bytes read. Raises ``_Abandoned`` when they are no longer wanted."""
        if self._stop.is_set():
            raise _Abandoned
        self.bytes += count
        if self.bytes >= _REPORT_BYTES:
            self._progress.advance(self.bytes, 0)
            self.bytes = 0


def _leave_interrupts() -> None:
    """Leave Ctrl-C to the main thread; a deputy started from this thread inherits that."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
