"""Child processes that read small files, where Python's one lock would make threads wait.

A 20 KB file is hashed in a few microseconds; handing the interpreter's lock from thread to
thread takes longer. So lots of small files go to *deputies*: interpreters of their own,
started fresh (never forked off a process that has threads), spoken to in lines of JSON over
a pipe. A deputy ends when its pipe ends, so none outlives us. It only ever reads; one that
is lost costs time, because its lot is then read here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence

from archiver.hashing.jobs import ReadJob, ReadResult, Trouble
from archiver.hashing.reader import Reader
from archiver.tree import Tree

# The search path is handed over made absolute, and everything is imported before the deputy
# enters the folder it reads: nothing that lies there can ever be imported.
_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    "from archiver.hashing.deputies import serve; serve(int(sys.argv[2]), sys.argv[3] == 'medium')"
)


def serve(folder_fd: int, from_medium: bool) -> None:
    """Be a deputy: answer each line of standard input by one line, until the input ends."""
    os.fchdir(folder_fd)
    reader = Reader(Tree("."), from_medium=from_medium)
    try:
        for line in sys.stdin.buffer:
            jobs = [ReadJob(path, size, names) for path, size, names in json.loads(line)]
            answer = [_pack(reader.read(job, _unwatched)) for job in jobs]
            sys.stdout.buffer.write(json.dumps(answer, separators=(",", ":")).encode() + b"\n")
            sys.stdout.buffer.flush()
    except BrokenPipeError:
        os._exit(0)  # whoever asked is gone; nothing is left to flush


def _unwatched(_count: int) -> None:
    """Progress is counted by whoever asked."""


def _pack(result: ReadResult) -> list[object]:
    trouble = result.trouble
    told = trouble and [trouble.code, trouble.message, trouble.errno, trouble.offset]
    return [result.size, [one.hex() for one in result.digests], told, result.from_medium]


class _Deputy:
    """One child process and the pipes to it."""

    def __init__(self, folder_fd: int, from_medium: bool) -> None:
        search_path = json.dumps([os.path.abspath(place) for place in sys.path])
        mode = "medium" if from_medium else "cache"
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _PROGRAM, search_path, str(folder_fd), mode],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(folder_fd,),
        )

    def read(self, lot: Sequence[ReadJob]) -> list[ReadResult]:
        """Have the lot read. Raises ``OSError`` or ``ValueError`` when the deputy is lost."""
        asked, told = self.process.stdin, self.process.stdout
        assert asked is not None and told is not None
        request = [(job.path, job.size, job.algorithms) for job in lot]
        asked.write(json.dumps(request, separators=(",", ":")).encode() + b"\n")
        asked.flush()
        answer = json.loads(told.readline())  # ValueError when the pipe ended in between
        return [
            ReadResult(
                job,
                size,
                tuple([bytes.fromhex(one) for one in digests]),
                trouble and Trouble(*trouble),
                from_medium,
            )
            for job, (size, digests, trouble, from_medium) in zip(lot, answer, strict=True)
        ]

    def close(self) -> None:
        """End the process, wait until it is gone, and close the pipes."""
        self.process.kill()
        self.process.communicate()


class Deputies:
    """Up to ``limit`` deputies for the folder of ``tree``, started as they are needed."""

    def __init__(self, tree: Tree, *, limit: int, from_medium: bool) -> None:
        self._tree = tree.again()
        self._limit = limit
        self._from_medium = from_medium
        self._lock = threading.Lock()
        self._all: list[_Deputy] = []
        self._idle: list[_Deputy] = []

    def read(self, lot: Sequence[ReadJob]) -> list[ReadResult] | None:
        """Have ``lot`` read by an idle deputy; ``None`` when there is none, or it was lost."""
        try:
            deputy = self._borrow()
            if deputy is None:
                return None
            results = deputy.read(lot)
        except (OSError, ValueError):
            return None
        with self._lock:
            self._idle.append(deputy)
        return results

    def _borrow(self) -> _Deputy | None:
        with self._lock:
            if self._idle:
                return self._idle.pop()
            if len(self._all) >= self._limit:
                return None
            deputy = _Deputy(self._tree.folder(""), self._from_medium)
            self._all.append(deputy)
            return deputy

    def abandon(self) -> None:
        """End all deputies at once, whatever they are doing, and start no more."""
        with self._lock:
            self._limit = 0
            self._idle.clear()
            for deputy in self._all:
                deputy.process.kill()

    def close(self) -> None:
        """Wait until every deputy is gone; nobody may be reading any more."""
        for deputy in self._all:
            deputy.close()
        self._tree.close()
