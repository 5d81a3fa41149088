"""Child processes that read small files, where Python's one lock would make threads wait.

A 20 KB file is hashed in a few microseconds; handing the interpreter's lock from thread to
thread takes longer. So lots of small files go to deputies (:mod:`archiver.deputy`). A reading
deputy only ever reads; one that is lost costs time, because its lot is then read here.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from archiver.deputy import Deputies as _Deputies
from archiver.deputy import Deputy, LostError, attend
from archiver.hashing.jobs import ReadJob, ReadResult, Trouble
from archiver.hashing.reader import Reader
from archiver.tree import Tree

_ANY_NAME = ("utf-8", "surrogatepass")  # a manifest can list names that no file can have


def serve(folder_fd: int, from_medium: bool) -> None:
    """Be a deputy that reads lots of files below the open folder, until nobody asks any more."""
    os.fchdir(folder_fd)
    reader = Reader(Tree("."), from_medium=from_medium)

    def answer(lot: list[tuple[bytes, int, tuple[str, ...]]]) -> list[tuple[object, ...]]:
        jobs = [ReadJob(path.decode(*_ANY_NAME), size, names) for path, size, names in lot]
        return [_pack(reader.read(job, _unwatched)) for job in jobs]

    attend(answer)


def _unwatched(_count: int) -> None:
    """Progress is counted by whoever asked."""


def _pack(result: ReadResult) -> tuple[object, ...]:
    trouble = result.trouble
    told = trouble and (trouble.code, trouble.message, trouble.errno, trouble.offset)
    return result.size, result.digests, told, result.from_medium


def _unpack(lot: Sequence[ReadJob], answer: list[Any]) -> list[ReadResult]:
    return [
        ReadResult(
            job,
            size,
            tuple(digests),
            trouble and Trouble(*trouble),
            from_medium,
        )
        for job, (size, digests, trouble, from_medium) in zip(lot, answer, strict=True)
    ]


class Deputies:
    """Up to ``limit`` deputies for the folder of ``tree``, started as they are needed."""

    def __init__(self, tree: Tree, *, limit: int, from_medium: bool) -> None:
        self._tree = tree.again()
        fd = self._tree.folder("")
        self._deputies = _Deputies(lambda: Deputy(__name__, [fd, from_medium], [fd]), limit)

    def read(self, lot: Sequence[ReadJob]) -> list[ReadResult] | None:
        """Have ``lot`` read by an idle deputy; ``None`` when there is none, or it was lost."""
        try:
            answer = self._deputies.ask(
                [(job.path.encode(*_ANY_NAME), job.size, job.algorithms) for job in lot]
            )
        except LostError:
            return None
        return None if answer is None else _unpack(lot, answer)

    def abandon(self) -> None:
        """End all deputies at once, whatever they are doing, and start no more."""
        self._deputies.abandon()

    def close(self) -> None:
        """Wait until every deputy is gone; nobody may be reading any more."""
        self._deputies.close()
        self._tree.close()
