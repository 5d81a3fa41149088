"""Deputies that stage small files: they copy, and read back what was synced since.

A small file costs a fraction of a millisecond, too little to hand Python's one lock from
thread to thread. What a deputy did not answer for is not done: a copy is believed only when
its facts are on our worksheet. So that none is at work in a folder that the next run has
taken up, a deputy asks before each file whether we are still there.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any, cast

from archiver.deputy import Deputies, Deputy, attend, orphaned
from archiver.errors import EnvironmentUnusable
from archiver.packaging.copying import Bench, Copy, SourceError, StoppedError
from archiver.packaging.readback import Expected, all_read_back
from archiver.progress import Silence
from archiver.survey.entry import Staged
from archiver.survey.rows import fit
from archiver.tree import Tree

MODULE = __name__


def serve(
    owner: int, source: tuple[int, str], target: tuple[int, str], algorithms: Sequence[str]
) -> None:
    """Be a deputy of the process ``owner``; both folders are open, and named for messages."""
    bench = Bench(Tree.at(*source), Tree.at(*target), algorithms, Silence())
    attend(_Hand(owner, bench).answer)


class _Hand:
    """What a deputy does when it is asked."""

    def __init__(self, owner: int, bench: Bench) -> None:
        self._owner = owner
        self._bench = bench

    def answer(self, question: list[Any]) -> list[Any]:
        """Copy or read back a lot of files, and tell of each what came of it."""
        deed, *matter = question
        work = self._copied if deed == "copy" else self._read_back
        try:
            return ["done", *work(*matter)]
        except EnvironmentUnusable as error:
            return ["unusable", error.message, error.advice]
        except StoppedError:
            os._exit(0)

    def is_set(self) -> bool:
        """Whether to stop: whoever asked is gone."""
        return orphaned(self._owner)

    def _copied(self, sync: bool, paths: list[str]) -> Iterator[list[Any]]:
        for path in paths:
            try:
                copy = self._bench.copy(path, self, sync=sync)
            except SourceError as trouble:
                yield [trouble.code, trouble.message]
            else:
                _, size, *numbers, digests, blocks, audio, _ = copy.staged
                facts = size, *map(fit, numbers)
                yield [*facts, digests, blocks, audio, copy.read_again]

    def _read_back(self, copies: list[tuple[str, int, bytes]]) -> Iterator[tuple[bool, bool]]:
        told = map(Expected._make, copies)
        yield from all_read_back(self._bench.target, told, self._bench.piece)


class StagingDeputies:
    """Up to ``limit`` deputies that stage files from ``source`` to ``target``.

    Both methods return ``None`` when no deputy is to be had, and raise
    :class:`~archiver.deputy.LostError` when one was lost over it and
    :class:`~archiver.errors.EnvironmentUnusable` when the archive's side fails.
    """

    def __init__(self, source: Tree, target: Tree, algorithms: Sequence[str], limit: int) -> None:
        self._trees = source.again(), target.again()
        fds = [tree.folder("") for tree in self._trees]
        folders = [(fd, tree.root) for fd, tree in zip(fds, self._trees, strict=True)]
        arguments = os.getpid(), *folders, tuple(algorithms)
        self._deputies = Deputies(lambda: Deputy(MODULE, arguments, fds), limit)

    def copy(self, paths: Sequence[str], *, sync: bool) -> list[Copy | SourceError] | None:
        """Have the files copied, as :meth:`archiver.packaging.copying.Bench.copy` does."""
        answer = self._ask(["copy", sync, paths])
        if answer is None:
            return None
        return [_made(path, told) for path, told in zip(paths, answer, strict=True)]

    def read_back(self, copies: Sequence[Expected]) -> list[tuple[bool, bool]] | None:
        """Have the copies read back, as :func:`archiver.packaging.readback.reads_back` does."""
        answer = self._ask(["read back", copies])
        return None if answer is None else [(same, medium) for same, medium in answer]

    def _ask(self, question: list[Any]) -> list[Any] | None:
        answer = self._deputies.ask(question)
        if answer is None:
            return None
        state, *told = answer
        if state == "unusable":
            raise EnvironmentUnusable(*told)
        return cast("list[Any]", told)

    def abandon(self) -> None:
        """End all deputies at once, whatever they are doing, and start no more."""
        self._deputies.abandon()

    def close(self) -> None:
        """Wait until every deputy is gone; nobody may be asking any more."""
        self._deputies.close()
        for tree in self._trees:
            tree.close()


def _made(path: str, told: list[Any]) -> Copy | SourceError:
    if len(told) == 2:
        code, message = told
        return SourceError(code, path, message)
    size, mtime_ns, ctime_ns, ino, digests, blocks, audio, read_again = told
    numbers = int(mtime_ns), int(ctime_ns), int(ino)
    return Copy(Staged(path, size, *numbers, tuple(digests), blocks, audio), read_again)
