"""The pool of workers: many paths in, their records out in the same order, memory flat."""

from __future__ import annotations

import select
import signal
import time
from collections import deque
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Any, TypeVar

import archiver.audio.codes  # noqa: F401 - registers what this room can find
from archiver.audio.decode.model import Wish
from archiver.audio.examination import AudioExamination, Question
from archiver.audio.record import failed
from archiver.audio.source import identify, open_source
from archiver.audio.tags.limits import Limits
from archiver.audio.tags.process import Task, Worker
from archiver.errors import EnvironmentUnusable

Key = TypeVar("Key")

_NO_WISH = Wish()

_FORGIVEN_SECONDS = 1.0  # what is not worth the bookkeeping
_AHEAD = 16  # tasks a worker holds at once: enough to hide the pipe, few enough to stay small


class TagReader:
    """A few worker processes that look at audio files, one file after another.

    Use as a context manager; the workers start at once, without waiting, and work while the
    caller does something else. Not for several threads at once.
    """

    def __init__(self, workers: int = 1, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._count = workers
        self._workers: list[Worker] = []
        self._listened = 0.0

    def __enter__(self) -> TagReader:
        self._workers = [Worker(self._limits) for _ in range(self._count)]
        self._listened = time.monotonic()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.end()
        self._workers = []

    def read(self, path: str) -> dict[str, Any]:
        """Return the record (schema ``audio/1``) of one file; see :meth:`read_many`."""
        return next(self.read_many([(None, path)]))[1]

    def read_many(self, paths: Iterable[tuple[Key, str]]) -> Iterator[tuple[Key, dict[str, Any]]]:
        """Yield ``(key, record)`` for each ``(key, path)``, in order, without reading the sound.

        ``paths`` is drawn from lazily, a few ahead of what is yielded. Whatever is wrong with a
        file stands in its record under ``"problem"``: a code of :mod:`archiver.audio.codes` and
        words. Raises :class:`EnvironmentUnusable` when workers cannot be run at all.
        """
        for key, answer in self._answers((key, Task(path)) for key, path in paths):
            yield key, answer["record"]

    def examine(self, path: str, wish: Wish = _NO_WISH) -> AudioExamination:
        """Return everything about one file; see :meth:`examine_many`."""
        return next(self.examine_many([(None, path)], wish))[1]

    def examine_many(
        self, paths: Iterable[tuple[Key, str]], wish: Wish = _NO_WISH
    ) -> Iterator[tuple[Key, AudioExamination]]:
        """Yield ``(key, examination)`` for each ``(key, path)``, in order.

        As :meth:`read_many`, and each file's sound is read once for its essence digests and its
        own checksums; where ``wish`` asks for it, it is decoded besides.
        """
        yield from self.examine_each((key, path, wish) for key, path in paths)

    def examine_each(
        self, files: Iterable[tuple[Key, str, Wish]]
    ) -> Iterator[tuple[Key, AudioExamination]]:
        """Do as :meth:`examine_many` for ``(key, path, wish)``: a wish of its own for each file."""
        tasks = ((key, Task(path, True, wish)) for key, path, wish in files)
        yield from self._examinations(tasks)

    def question_many(
        self, paths: Iterable[tuple[Key, str, Question]]
    ) -> Iterator[tuple[Key, AudioExamination]]:
        """Yield ``(key, examination)`` for each ``(key, path, question)``, in order.

        As :meth:`examine_many`, with the answers to the questions under ``places``.
        """
        tasks = ((key, Task(path, True, question=question)) for key, path, question in paths)
        yield from self._examinations(tasks)

    def _examinations(
        self, tasks: Iterable[tuple[Key, Task]]
    ) -> Iterator[tuple[Key, AudioExamination]]:
        for key, answer in self._answers(tasks):
            yield key, AudioExamination.of(answer)

    def _answers(self, tasks: Iterable[tuple[Key, Task]]) -> Iterator[tuple[Key, dict[str, Any]]]:
        upcoming = iter(tasks)
        window: deque[tuple[Key, Task]] = deque()
        more = True
        while more or window:
            while window and window[0][1].answer is not None:
                key, task = window.popleft()
                assert task.answer is not None
                yield key, task.answer
            if more and len(window) < _AHEAD * self._count:
                pair = next(upcoming, None)
                if pair is None:
                    more = False
                    continue
                window.append(pair)
                self._give(pair[1])
                self.turn(wait=False)
            elif window:
                self.turn(wait=True)

    # The same by single steps, for whoever has other things to do meanwhile.

    @property
    def has_room(self) -> bool:
        """Whether another file may be begun; each one more would only be held in memory."""
        return any(len(worker.tasks) < _AHEAD for worker in self._workers)

    def begin(self, path: str, wish: Wish = _NO_WISH) -> Task:
        """Ask for the examination of one file; :meth:`turn` brings its answer, sooner or later.

        Everything begun must have been answered before anything else is asked.
        """
        task = Task(path, True, wish)
        self._give(task)
        return task

    def _give(self, task: Task) -> None:
        min(self._workers, key=lambda worker: len(worker.tasks)).give(task)

    def turn(self, wait: bool) -> None:
        """Take in what the workers have answered; with ``wait`` do not return before one did.

        Moves bytes in both directions, and replaces workers that died or took too long. Raises
        :class:`EnvironmentUnusable` when workers cannot be run at all.
        """
        self._forgive(time.monotonic() - self._listened)
        poll = select.poll()
        for worker in self._workers:
            poll.register(worker.stdout, select.POLLIN)
            if worker.wants_to_write:
                poll.register(worker.stdin, select.POLLOUT)
        seconds = min((w.deadline for w in self._workers if w.tasks), default=0) - time.monotonic()
        events = dict(poll.poll(max(0.0, seconds * 1000) if wait else 0))
        for place, worker in enumerate(self._workers):
            if worker.stdin in events:
                worker.write()
            if worker.stdout in events:
                if not worker.read():
                    self._replace(place, too_long=False)
            elif worker.tasks and time.monotonic() > worker.deadline:
                self._replace(place, too_long=True)

        self._listened = time.monotonic()

    def _forgive(self, unheard: float) -> None:
        """Do not count the seconds in which nobody listened as the workers' own."""
        if unheard > _FORGIVEN_SECONDS:
            for worker in self._workers:
                worker.forgive(unheard)

    def _replace(self, place: int, too_long: bool) -> None:
        """Put a fresh worker in place of one that ended, and give it the unanswered tasks."""
        worker = self._workers[place]
        code = worker.end()
        if not worker.ready:
            raise EnvironmentUnusable(
                f"the process that reads tags does not start ({_ending(code, False)})",
                "Check that this Python can start processes and has memory for them.",
            )
        if worker.tasks and not worker.leaving:
            first = worker.tasks[0]
            # A worker may have been killed from outside (by the kernel for want of memory, say):
            # the file gets a second try unless it is known to have used up its own allowance.
            if first.wish.decode:  # what can be known without decoding shall still be known
                first.wish = Wish(given_up=_ending(code, too_long))
            elif first.tried or too_long or code == -signal.SIGXCPU:
                first.answer = _fatal(first.path, _ending(code, too_long))
                worker.tasks.popleft()
            first.tried = True
        self._workers[place] = fresh = Worker(self._limits)
        for task in worker.tasks:
            fresh.give(task)


def _ending(code: int, too_long: bool) -> str:
    if too_long:
        return "the reader took too long"
    if code == -signal.SIGXCPU:
        return "the reader used up its processor time"
    return f"the reader died of signal {-code}" if code < 0 else f"the reader left with code {code}"


def _fatal(path: str, words: str) -> dict[str, Any]:
    """Return the answer for a file that no reader survives: what it is, and what happened."""
    format_id = None
    try:
        source = open_source(path)
    except OSError:
        pass
    else:
        format_id = identify(source)[0]
        source.close()
    return failed(format_id, "tags-unreadable", words)
