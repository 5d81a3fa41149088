"""Staging: every admitted file into the staged bag, synced, and read back from the medium.

Large files go to threads, one by one. Small ones go in lots, to deputies where there are very
many: copied, then synced some thousands at a time, then read back by turns with the copying of
others, so that processor and disk are both kept busy.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Literal

from archiver.deputy import cores
from archiver.durable import can_sync_filesystem
from archiver.findings import Finding
from archiver.packaging.copying import SMALL, Bench, Copy
from archiver.packaging.crew import Crew
from archiver.packaging.deputies import StagingDeputies
from archiver.packaging.examining import Examining
from archiver.packaging.folders import make_folders
from archiver.packaging.lots import Done, Work
from archiver.packaging.unusable import unusable
from archiver.progress import Progress
from archiver.survey.worksheet import Worksheet
from archiver.tree import Tree

LOT_FILES = 256
LOT_BYTES = 32 << 20
SYNC_AFTER_FILES = 2048
SYNC_AFTER_BYTES = 512 << 20
SMALL_AT_ONCE = 2  # in threads; more would only hand Python's one turn around
# Starting a deputy takes some 100 ms of a core, as much as staging three hundred small files.
DEPUTIES_FROM = 2048


class Stage:
    """One run of staging: threads and deputies work, this thread keeps the worksheet."""

    def __init__(
        self,
        target: str,
        worksheet: Worksheet,
        progress: Progress,
        examining: Examining,
    ) -> None:
        """Stage into ``target``; copies are shown to ``examining`` as soon as they are there."""
        self._target = target
        self._worksheet = worksheet
        self._progress = progress
        self._examining = examining
        self._waiting: list[Copy] = []
        self._waiting_bytes = 0
        self._syncing = False
        self._synced: deque[list[Copy]] = deque()
        self._made = ""
        self.findings: list[Finding] = []

    def run(self, source: Tree, algorithms: Sequence[str], workers: int) -> None:
        """Stage all that is not staged yet and read it back.

        What the source refuses becomes findings and the rest goes on. Raises
        :class:`~archiver.errors.EnvironmentUnusable` when the archive's side fails.
        """
        # Opened before anything is written: of what fails before that, a sync does not tell.
        root_fd = os.open(self._target, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            with (
                Tree(self._target) as target,
                self._deputies(source, target, algorithms, workers) as (deputies, hands),
                Crew(
                    workers,
                    lambda: Bench(source, target, algorithms, self._progress),
                    self._examining.turn,
                ) as crew,
                _ended_with(crew, deputies),
            ):
                self._work = Work(
                    self._target,
                    root_fd,
                    self._progress,
                    crew.stop,
                    deputies,
                    hands=hands,
                    sync_each=not can_sync_filesystem(root_fd),
                )
                crew.work(self._large_files(), self._take_in)
                crew.work(self._small_files(), self._take_in, 2 * hands + 1)
                crew.work(self._last_sync(), self._take_in, 2 * hands + 1)
                crew.work(self._reading_back(), self._take_in, 2 * hands + 1)
        finally:
            os.close(root_fd)

    @contextmanager
    def _deputies(
        self, source: Tree, target: Tree, algorithms: Sequence[str], workers: int
    ) -> Iterator[tuple[StagingDeputies | None, int]]:
        """Yield deputies, if they are worth their start, and how many lots to do at a time."""
        hands = min(workers, cores())
        one = source.is_one_folder  # a deputy is handed one descriptor
        if hands == 1 or not one or self._worksheet.count_unstaged(SMALL) < DEPUTIES_FROM:
            yield None, SMALL_AT_ONCE
            return
        deputies = StagingDeputies(source, target, algorithms, hands)
        try:
            yield deputies, hands
        finally:
            deputies.close()

    def _take_in(self, done: Done) -> None:
        self.findings.extend(done.findings)
        self._waiting.extend(done.copied)
        self._waiting_bytes += sum(copy.size for copy in done.copied)
        if done.synced:
            self._syncing = False
            starts = range(0, len(done.synced), LOT_FILES)
            self._synced.extend(done.synced[start : start + LOT_FILES] for start in starts)
        self._examining.offer(done.copied)
        self._examining.offer(copy for copy, _ in done.confirmed if copy.size > SMALL)
        if done.confirmed:
            self._worksheet.record_staged(
                copy.staged._replace(read_back=_source(from_medium))
                for copy, from_medium in done.confirmed
            )

    def _large_files(self) -> Iterator[partial[Done]]:
        """Yield the copying of each large file; its reading back is part of it."""
        for path, _ in self._worksheet.unstaged(small=False, limit_bytes=SMALL):
            self._make_parent(path)
            yield partial(self._work.large, path)

    def _small_files(self) -> Iterator[partial[Done]]:
        """Yield the copying of small files, and by turns the reading back of what is synced."""
        for lot in self._lots():
            yield partial(self._work.small, lot)
            if self._synced:
                yield partial(self._work.read_back, self._synced.popleft())
            elif not self._syncing and (
                len(self._waiting) >= SYNC_AFTER_FILES or self._waiting_bytes >= SYNC_AFTER_BYTES
            ):
                yield self._sync()

    def _lots(self) -> Iterator[list[str]]:
        """Group small files so that a lot is worth a thread's while and yet soon done.

        Where a folder ends a lot may end early: whoever creates files in a folder keeps
        others from creating there.
        """
        lot: list[str] = []
        total = 0
        for path, size in self._worksheet.unstaged(small=True, limit_bytes=SMALL):
            moved_on = self._make_parent(path)
            if (
                len(lot) >= LOT_FILES
                or total >= LOT_BYTES
                or (moved_on and len(lot) >= LOT_FILES // 2)
            ):
                yield lot
                lot, total = [], 0
            lot.append(path)
            total += size
        if lot:
            yield lot

    def _sync(self) -> partial[Done]:
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        self._syncing = True
        return partial(self._work.sync, waiting)

    def _last_sync(self) -> Iterator[partial[Done]]:
        if self._waiting:
            yield self._sync()
        yield from self._reading_back()

    def _reading_back(self) -> Iterator[partial[Done]]:
        while self._synced:
            yield partial(self._work.read_back, self._synced.popleft())

    def _make_parent(self, path: str) -> bool:
        """Make the folder of ``path``; tell whether it is another than the last."""
        folder = f"{self._target}/{path}".rpartition("/")[0]
        if folder == self._made:
            return False
        try:
            make_folders(folder)
        except OSError as error:
            raise unusable(error, folder) from error
        self._made = folder
        return True


@contextmanager
def _ended_with(crew: Crew[Bench], deputies: StagingDeputies | None) -> Iterator[None]:
    """On any error end the deputies, so that no thread waits for the answer of one."""
    try:
        yield
    except BaseException:
        crew.stop.set()
        if deputies is not None:
            deputies.abandon()
        raise


def _source(from_medium: bool) -> Literal["medium", "cache"]:
    return "medium" if from_medium else "cache"
