"""What is done to one file, or to a lot of small ones, in a thread of its own."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from archiver.deputy import LostError
from archiver.durable import sync_filesystem
from archiver.errors import EnvironmentUnusable
from archiver.findings import Finding
from archiver.packaging.copying import SMALL, Bench, Copy, SourceError, StoppedError
from archiver.packaging.deputies import StagingDeputies
from archiver.packaging.readback import all_read_back, expected, reads_back
from archiver.packaging.unusable import unusable
from archiver.progress import Progress


@dataclass(slots=True)
class Done:
    """What one task brings back.

    ``copied`` are copies still to be synced, ``synced`` those that were since; ``confirmed``
    those that were read back, each with whether that was from the medium.
    """

    copied: list[Copy] = field(default_factory=list)
    synced: list[Copy] = field(default_factory=list)
    confirmed: list[tuple[Copy, bool]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


class Work:
    """The tasks of staging. Lots of small files go to ``deputies`` as long as there are any.

    ``root_fd`` is the open target folder, ``stop`` what ends the work. At most ``hands`` lots
    are in work at a time: more would only wait for each other.
    """

    def __init__(
        self,
        target: str,
        root_fd: int,
        progress: Progress,
        stop: threading.Event,
        deputies: StagingDeputies | None,
        *,
        hands: int,
        sync_each: bool,
    ) -> None:
        self._target = target
        self._root_fd = root_fd
        self._progress = progress
        self._stop = stop
        self._deputies = deputies
        self._hands = threading.Semaphore(hands)
        self._sync_each = sync_each

    def large(self, path: str, bench: Bench) -> Done:
        """Copy one file and read it back."""
        done = Done()
        copy = self._copy(path, bench, done, sync=True)
        if copy is not None:
            self._progress.advance(0 if copy.size > SMALL else copy.size, 1)
            same, from_medium = reads_back(bench.target, expected(copy), bench.piece)
            self._take_up(copy, same, from_medium, bench, done)
        return done

    def small(self, paths: list[str], bench: Bench) -> Done:
        """Copy a lot of small files."""
        done = Done()
        with self._hands:
            for path, made in zip(paths, self._copies(paths, bench), strict=True):
                copy = _noted(path, made, done)
                if copy is not None:
                    done.copied.append(copy)
        self._progress.advance(sum(copy.size for copy in done.copied), len(done.copied))
        return done

    def sync(self, copies: list[Copy], bench: Bench) -> Done:
        """Sync what was copied so far, in one go, unless each file was by itself."""
        del bench
        if not self._sync_each:
            try:
                sync_filesystem(self._root_fd)
            except OSError as error:
                raise unusable(error, self._target) from error
        return Done(synced=copies)

    def read_back(self, copies: list[Copy], bench: Bench) -> Done:
        """Read a lot of synced copies back."""
        done = Done()
        with self._hands:
            for copy, (same, from_medium) in zip(
                copies, self._readings(copies, bench), strict=True
            ):
                self._take_up(copy, same, from_medium, bench, done)
        return done

    def _copies(self, paths: list[str], bench: Bench) -> Iterable[Copy | SourceError]:
        made = None
        if self._deputies is not None:
            try:
                made = self._deputies.copy(paths, sync=self._sync_each)
            except LostError:
                self._go_on()
                _remove_left(paths, bench)
        return made or (self._made(path, bench, sync=self._sync_each) for path in paths)

    def _readings(self, copies: list[Copy], bench: Bench) -> Iterator[tuple[bool, bool]]:
        found = None
        asked = [expected(copy) for copy in copies]
        if self._deputies is not None:
            with suppress(LostError):  # it has changed nothing
                found = self._deputies.read_back(asked)
        for one in found or all_read_back(bench.target, asked, bench.piece):
            self._go_on()
            yield one

    def _go_on(self) -> None:
        if self._stop.is_set():
            raise StoppedError

    def _copy(
        self, path: str, bench: Bench, done: Done, *, sync: bool, instead: bool = False
    ) -> Copy | None:
        return _noted(path, self._made(path, bench, sync=sync, instead=instead), done)

    def _made(
        self, path: str, bench: Bench, *, sync: bool, instead: bool = False
    ) -> Copy | SourceError:
        try:
            return bench.copy(path, self._stop, sync=sync, instead=instead)
        except SourceError as trouble:
            return trouble

    def _take_up(self, copy: Copy, same: bool, from_medium: bool, bench: Bench, done: Done) -> None:
        """Take up a copy that was read back; one that is not as written is made once more."""
        if not same:
            message = "the first copy did not read back as it was written; it was made again"
            done.findings.append(Finding("copied-again", message, copy.path))
            again = self._copy(copy.path, bench, done, sync=True, instead=True)
            if again is None:
                return
            copy = again
            same, from_medium = reads_back(bench.target, expected(copy), bench.piece)
        if not same:
            raise EnvironmentUnusable(
                f"what was written does not read back the same, twice: {self._target}/{copy.path}",
                "The archive's disk, its cable or this computer's memory is not to be trusted. "
                "The source is untouched and nothing half-made is visible.",
            )
        done.confirmed.append((copy, from_medium))


def _noted(path: str, made: Copy | SourceError, done: Done) -> Copy | None:
    if isinstance(made, SourceError):
        done.findings.append(Finding(made.code, made.message, path))
        return None
    if made.read_again:
        message = "it changed while it was read; read once more, it stayed the same"
        done.findings.append(Finding("read-again", message, path))
    return made


def _remove_left(paths: Sequence[str], bench: Bench) -> None:
    """Remove what a lost deputy may have made of ``paths``, whole or half.

    Only what bears exactly its name: where the disk takes two names for one, what is there
    under the other is another file's copy, and stays in the way.
    """
    names: dict[str, set[str]] = {}
    for path in paths:
        above, _, name = path.rpartition("/")
        try:
            fd = bench.target.folder(above)
            if above not in names:
                names[above] = set(os.listdir(fd))
            if name in names[above]:
                os.unlink(name, dir_fd=fd)
        except OSError as error:
            raise unusable(error, f"{bench.target.root}/{path}") from error
