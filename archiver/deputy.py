"""Deputies: child processes of our own, for work in which Python's one lock is in the way.

A deputy is an interpreter started fresh (never forked off a process that has threads), spoken
to in MessagePack over a pipe, because digests are bytes: each message comes after its length, in
four bytes. It ends when its pipe ends, so none outlives us for longer than the work in its hands
takes; work that changes anything asks :func:`orphaned` as it goes.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from typing import IO, Any

# The search path is handed over made absolute, and everything is imported before the deputy
# enters any folder: nothing that lies there can ever be imported.
_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    "from importlib import import_module;"
    "import_module(sys.argv[2]).serve(*json.loads(sys.argv[3]))"
)


_LENGTH = 4


class LostError(Exception):
    """A deputy ended before it had answered; it is known to be gone."""


class Deputy:
    """One child process and the pipes to it."""

    def __init__(self, module: str, arguments: Sequence[object], fds: Sequence[int] = ()) -> None:
        """Start a process that calls ``serve(*arguments)`` of ``module``.

        The arguments are JSON-ready; the descriptors keep their numbers. Raises ``OSError``.
        """
        import subprocess  # most runs need no deputy, and all of them import this module

        search_path = json.dumps([os.path.abspath(place) for place in sys.path])
        # Isolated, it would not hear of the environment that made our names text.
        names = ("-X", f"utf8={sys.flags.utf8_mode}")
        told = (search_path, module, json.dumps(arguments))
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", *names, "-c", _PROGRAM, *told],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=tuple(fds),
        )

    def ask(self, question: object) -> Any:
        """Return the answer. Raises ``OSError`` or ``ValueError`` when the deputy is lost."""
        asked, told = self.process.stdin, self.process.stdout
        assert asked is not None and told is not None
        _send(asked, question)
        answer = _receive(told)
        if answer is None:
            raise ValueError("the pipe ended")
        return _unpacked(answer)

    def close(self) -> None:
        """End the process, wait until it is gone, and close the pipes."""
        self.process.kill()
        self.process.communicate()


class Deputies:
    """Up to ``limit`` deputies, started as they are needed. For several threads at once."""

    def __init__(self, start: Callable[[], Deputy], limit: int) -> None:
        self._start = start
        self._limit = limit
        self._lock = threading.Lock()
        self._all: list[Deputy] = []
        self._idle: list[Deputy] = []

    def ask(self, question: object) -> Any | None:
        """Have an idle deputy answer; ``None`` when there is none, nor one to be had.

        Raises :class:`LostError` when it ended, or was ended, before it had answered.
        """
        try:
            deputy = self._borrow()
        except OSError:
            return None
        if deputy is None:
            return None
        try:
            answer = deputy.ask(question)
        except (OSError, ValueError) as error:
            deputy.process.kill()
            deputy.process.wait()
            raise LostError from error
        with self._lock:
            self._idle.append(deputy)
        return answer

    def _borrow(self) -> Deputy | None:
        with self._lock:
            if self._idle:
                return self._idle.pop()
            if len(self._all) >= self._limit:
                return None
            deputy = self._start()
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
        """Wait until every deputy is gone; nobody may be asking any more."""
        for deputy in self._all:
            deputy.close()


def attend(answer: Callable[[Any], object]) -> None:
    """Be a deputy: answer each message of standard input by one, until the input ends."""
    # Whoever asks hears Ctrl-C too, and decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()  # what was imported stays; no need to look through it again and again
    try:
        while (question := _receive(sys.stdin.buffer)) is not None:
            _send(sys.stdout.buffer, answer(_unpacked(question)))
    except BrokenPipeError:
        os._exit(0)  # whoever asked is gone; nothing is left to flush


def _send(pipe: IO[bytes], message: object) -> None:
    from msgspec import msgpack

    packed = msgpack.encode(message)
    pipe.write(len(packed).to_bytes(_LENGTH, "big"))
    pipe.write(packed)
    pipe.flush()


def _unpacked(message: bytes) -> Any:
    from msgspec import msgpack

    return msgpack.decode(message)


def _receive(pipe: IO[bytes]) -> bytes | None:
    """Return the next message; ``None`` when the pipe ends before it is whole."""
    length = int.from_bytes(pipe.read(_LENGTH), "big")
    packed = pipe.read(length)
    return packed if packed and len(packed) == length else None


def orphaned(owner: int) -> bool:
    """Tell, in a deputy, whether the process ``owner`` that started it is gone."""
    return os.getppid() != owner


def cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
