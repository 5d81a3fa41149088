"""One worker process as its parent sees it: tasks go in without blocking, answers come out."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from archiver.audio.decode import LIBRARY as DECODER
from archiver.audio.decode.model import Wish
from archiver.audio.examination import Question
from archiver.audio.tags.limits import Limits
from archiver.errors import EnvironmentUnusable

_READ = 1 << 16
# How much longer than one answer a line may grow before the worker is held to be out of order.
_SLACK = 1 << 16
_START_SECONDS = 60.0
_START = (
    "import sys; sys.argv[2] in sys.path or sys.path.insert(0, sys.argv[2]); "
    "sys.path += sys.argv[3:]; "
    "from archiver.audio.tags.worker import main; main(sys.argv[1])"
)


@dataclass(slots=True)
class Task:
    """One file to be read, and what it gave once it has been."""

    path: str
    sound: bool = False  # read the sound too: its digests and its own checksums
    wish: Wish = field(default_factory=Wish)  # decode it, too
    question: Question | None = None
    answer: dict[str, Any] | None = None
    tried: bool = False  # a worker died over it once

    def to_json(self, number: int) -> str:
        """Return the line a worker reads."""
        asked = None if self.question is None else asdict(self.question)
        words = {"id": number, "path": self.path, "sound": self.sound, "question": asked}
        return json.dumps({**words, **self.wish.to_json()})


class Worker:
    """A started worker and the tasks it has been given but has not answered, oldest first."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.tasks: deque[Task] = deque()
        self.ready = False
        self.leaving = False
        self._given = self._answered = 0
        self._out = bytearray()
        self._in = bytearray()
        self._process = _started(limits)
        assert self._process.stdin is not None and self._process.stdout is not None
        self.stdin, self.stdout = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self.stdin, False)
        os.set_blocking(self.stdout, False)
        self._heard = time.monotonic()

    def give(self, task: Task) -> None:
        """Queue a task; :meth:`write` sends it when the pipe has room."""
        if not self.tasks:
            self._heard = time.monotonic()
        self._out += task.to_json(self._given).encode("ascii") + b"\n"
        self._given += 1
        self.tasks.append(task)

    @property
    def wants_to_write(self) -> bool:
        """Whether there are bytes that the pipe has not yet taken."""
        return bool(self._out)

    @property
    def deadline(self) -> float:
        """When (monotonic seconds) the oldest task, or the start, has taken too long."""
        return self._heard + (self._limits.wall if self.ready else _START_SECONDS)

    def forgive(self, seconds: float) -> None:
        """Allow that much longer: we were busy with something else."""
        self._heard += seconds

    def write(self) -> None:
        """Send what the pipe takes. A dead worker is noticed by :meth:`read`, not here."""
        try:
            del self._out[: os.write(self.stdin, self._out)]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._out.clear()

    def read(self) -> bool:
        """Take in what the worker said. ``False`` when it is dead or out of order.

        Raises :class:`EnvironmentUnusable` when it says that it cannot work at all.
        """
        try:
            data = os.read(self.stdout, _READ)
        except BlockingIOError:
            return True
        if not data:
            return False
        self._heard = time.monotonic()
        self._in += data
        while (end := self._in.find(b"\n")) >= 0:
            line = bytes(self._in[:end])
            del self._in[: end + 1]
            if not self._take(line):
                return False
        return len(self._in) <= self._limits.answer + _SLACK

    def _take(self, line: bytes) -> bool:
        try:
            message = json.loads(line)
        except (ValueError, RecursionError):
            return False
        if not isinstance(message, dict):
            return False
        if not self.ready:
            if "unusable" in message:
                raise EnvironmentUnusable(f"tags cannot be read here: {message['unusable']}")
            self.ready = message.get("ready") is True
            return self.ready
        if not message:
            return True  # a sign of life
        answer = message.get("answer")
        if not self.tasks or message.get("id") != self._answered or not isinstance(answer, dict):
            return False
        self._answered += 1
        self.tasks.popleft().answer = answer
        self.leaving = message.get("last") is True
        return True

    def end(self) -> int:
        """End the process if it has not ended and return its exit code, negative for a signal."""
        self._process.kill()  # does nothing to a process that has been waited for
        code = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        return code


def _started(limits: Limits) -> subprocess.Popen[bytes]:
    """Start the interpreter again, isolated, with pipes to it and nothing else of ours."""
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-B", "-c", _START, limits.to_text(), *_roots()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd="/",
            bufsize=0,
            start_new_session=True,
        )
    except OSError as error:
        raise EnvironmentUnusable(
            f"the process that reads tags cannot be started: {error}",
            "Check that this Python can start processes and has memory for them.",
        ) from error


def _environment() -> dict[str, str]:
    """Return all a worker is given: UTF-8, and where its interpreter's own library lies."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return {"LC_ALL": "C.UTF-8", **kept}


def _roots() -> list[str]:
    """Return the folders the worker needs on its path: this package's first, then libraries'.

    In isolated mode neither the working folder nor ``PYTHONPATH`` counts, so a checkout or a
    ``--target`` folder is named outright.
    """
    roots = [str(Path(__file__).resolve().parents[3])]
    for name in ("mutagen", "blake3", "fastcrc", DECODER):
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            roots.append(str(Path(spec.origin).parent.parent))
    return list(dict.fromkeys(roots))
