"""Worker processes that read tags, kept from one test for the next.

Starting one costs more processor time than most tests need for all else they do, and a worker
has no memory of the files it has answered for: in one large bag it reads thousands of them. So a
reader that is done leaves its workers here, unless something was wrong with them, and the next one
that would start the very same takes them up.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from archiver.audio.tags import TagReader, process
from archiver.audio.tags.process import Worker

_AT_MOST = 4
Kind = tuple[object, ...]
_idle: defaultdict[Kind, list[Worker]] = defaultdict(list)


@contextmanager
def kept_workers() -> Iterator[None]:
    """Within the block readers begin with the workers that earlier ones have left."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TagReader, "__enter__", _take)
        patch.setattr(TagReader, "__exit__", _leave)
        yield
    for workers in _idle.values():
        for worker in workers:
            worker.end()
    _idle.clear()


def _take(reader: TagReader) -> TagReader:
    idle = _idle[_kind(reader)]
    for _ in range(reader._count):
        worker = idle.pop() if idle else Worker(reader._limits)
        worker.forgive(time.monotonic() - worker._heard)
        reader._workers.append(worker)
    reader._listened = time.monotonic()
    return reader


def _leave(reader: TagReader, *_: Any) -> None:
    idle = _idle[_kind(reader)]
    for worker in reader._workers:
        if _is_fit(worker) and len(idle) < _AT_MOST:
            idle.append(worker)
        else:
            worker.end()
    reader._workers = []


def _kind(reader: TagReader) -> Kind:
    """Everything that makes one worker other than another: a test may have changed any of it."""
    how = (sys.executable, subprocess.Popen, process._START, process._started, process._READ)
    environment = tuple(process._environment().items())
    return (reader._limits, *how, *process._roots(), *environment)


def _is_fit(worker: Worker) -> bool:
    """Whether nothing is under way in a worker, in either direction, and it lives."""
    if worker.leaving or worker.tasks or worker._out or worker._in:
        return False
    return worker._process.poll() is None
