"""Staging: every admitted file into the staged bag, synced, and read back from the medium."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

from archiver.durable import can_sync_filesystem, sync_filesystem
from archiver.errors import EnvironmentUnusable
from archiver.findings import Finding
from archiver.packaging.copying import SMALL, Bench, Copy, SourceError, StoppedError, unusable
from archiver.packaging.crew import Crew
from archiver.packaging.folders import make_folders
from archiver.packaging.readback import reads_back
from archiver.progress import Progress
from archiver.survey.worksheet import Worksheet
from archiver.tree import Tree

BATCH_FILES = 256
BATCH_BYTES = 32 << 20
SYNC_AFTER_FILES = 2048
SYNC_AFTER_BYTES = 512 << 20
SMALL_AT_ONCE = 2


@dataclass(slots=True)
class _Done:
    """What one task brings back: copies still to be read back, copies that were, troubles."""

    copied: list[Copy] = field(default_factory=list)
    confirmed: list[tuple[Copy, bool]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


class Stage:
    """One run of staging: threads copy, this thread keeps the worksheet."""

    def __init__(self, target: str, worksheet: Worksheet, progress: Progress) -> None:
        self._target = target
        self._worksheet = worksheet
        self._progress = progress
        self._waiting: list[Copy] = []
        self._waiting_bytes = 0
        self._sync_each = False
        self._root_fd = -1
        self._made = ""
        self.findings: list[Finding] = []

    def run(self, source: Tree, algorithms: Sequence[str], workers: int) -> None:
        """Stage all that is not staged yet and read it back.

        What the source refuses becomes findings and the rest goes on. Raises
        :class:`~archiver.errors.EnvironmentUnusable` when the archive's side fails.
        """
        self._root_fd = os.open(self._target, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self._sync_each = not can_sync_filesystem()
            with Crew(
                workers, lambda: Bench(source, self._target, algorithms, self._progress)
            ) as crew:
                self._stop = crew.stop
                crew.work(self._large_files(), self._take_in)
                crew.work(self._small_files(), self._take_in, SMALL_AT_ONCE)
                crew.work(self._reading_back(), self._take_in, SMALL_AT_ONCE)
        finally:
            os.close(self._root_fd)

    def _take_in(self, done: _Done) -> None:
        self.findings.extend(done.findings)
        self._waiting.extend(done.copied)
        self._waiting_bytes += sum(copy.size for copy in done.copied)
        if done.confirmed:
            self._worksheet.record_staged(copy.staged for copy, _ in done.confirmed)
            self._worksheet.record_read_back(
                (copy.path, _source(from_medium)) for copy, from_medium in done.confirmed
            )

    def _large_files(self) -> Iterator[partial[_Done]]:
        """Yield the copying of each large file; its reading back is part of it."""
        for entry in self._worksheet.unstaged(small=False, limit_bytes=SMALL):
            self._make_parent(entry.path)
            yield partial(self._large, entry.path)

    def _small_files(self) -> Iterator[partial[_Done]]:
        """Yield the copying of small files, and by turns the reading back of what is synced.

        Copying is mostly work for the processor and reading back mostly waiting for the disk,
        so the two go well together. More threads would only hand Python's one turn around, and
        wait for each other where they create files in one folder.
        """
        behind: Iterator[partial[_Done]] = iter(())
        for batch in self._batches():
            yield partial(self._small, batch)
            if task := next(behind, None):
                yield task
            elif len(self._waiting) >= SYNC_AFTER_FILES or self._waiting_bytes >= SYNC_AFTER_BYTES:
                behind = self._reading_back()
        yield from behind

    def _batches(self) -> Iterator[list[str]]:
        """Group small files so that a batch is worth a thread's while and yet soon done."""
        batch: list[str] = []
        size = 0
        for entry in self._worksheet.unstaged(small=True, limit_bytes=SMALL):
            self._make_parent(entry.path)
            batch.append(entry.path)
            size += entry.size
            if len(batch) >= BATCH_FILES or size >= BATCH_BYTES:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _reading_back(self) -> Iterator[partial[_Done]]:
        """Sync what was copied so far, in one go, then yield its reading back."""
        waiting, self._waiting, self._waiting_bytes = self._waiting, [], 0
        if waiting and not self._sync_each:
            self._sync()
        for start in range(0, len(waiting), BATCH_FILES):
            yield partial(self._read_back, waiting[start : start + BATCH_FILES])

    def _sync(self) -> None:
        try:
            sync_filesystem(self._root_fd)
        except OSError as error:
            raise unusable(error, self._target) from error

    def _make_parent(self, path: str) -> None:
        folder = f"{self._target}/{path}".rpartition("/")[0]
        if folder == self._made:
            return
        try:
            make_folders(folder)
        except OSError as error:
            raise unusable(error, folder) from error
        self._made = folder

    # From here on: in the threads.

    def _large(self, path: str, bench: Bench) -> _Done:
        done = _Done()
        copy = self._copy(path, bench, done, sync=True)
        if copy is not None:
            self._progress.advance(0 if copy.size > SMALL else copy.size, 1)
            self._confirm(copy, bench, done)
        return done

    def _small(self, paths: list[str], bench: Bench) -> _Done:
        done = _Done()
        for path in paths:
            copy = self._copy(path, bench, done, sync=self._sync_each)
            if copy is not None:
                done.copied.append(copy)
        self._progress.advance(sum(copy.size for copy in done.copied), len(done.copied))
        return done

    def _read_back(self, copies: list[Copy], bench: Bench) -> _Done:
        done = _Done()
        for copy in copies:
            if self._stop.is_set():
                raise StoppedError
            self._confirm(copy, bench, done)
        return done

    def _copy(
        self, path: str, bench: Bench, done: _Done, *, sync: bool, instead: bool = False
    ) -> Copy | None:
        try:
            copy = bench.copy(path, self._stop, sync=sync, instead=instead)
        except SourceError as trouble:
            done.findings.append(Finding(trouble.code, trouble.message, path))
            return None
        if copy.read_again:
            message = "it changed while it was read; read once more, it stayed the same"
            done.findings.append(Finding("read-again", message, path))
        return copy

    def _confirm(self, copy: Copy, bench: Bench, done: _Done) -> None:
        """Read a copy back; one that is not as written is made once more, then we give up."""
        same, from_medium = reads_back(bench.target, copy.staged, bench.piece)
        if not same:
            message = "the first copy did not read back as it was written; it was made again"
            done.findings.append(Finding("copied-again", message, copy.path))
            again = self._copy(copy.path, bench, done, sync=True, instead=True)
            if again is None:
                return
            copy = again
            same, from_medium = reads_back(bench.target, copy.staged, bench.piece)
        if not same:
            raise EnvironmentUnusable(
                f"what was written does not read back the same, twice: {self._target}/{copy.path}",
                "The archive's disk, its cable or this computer's memory is not to be trusted. "
                "The source is untouched and nothing half-made is visible.",
            )
        done.confirmed.append((copy, from_medium))


def _source(from_medium: bool) -> Literal["medium", "cache"]:
    return "medium" if from_medium else "cache"
