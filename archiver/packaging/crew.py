"""Threads that work while one thread keeps the book."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Generic, Protocol, TypeVar


class Bench(Protocol):
    """The tools of one thread."""

    def close(self) -> None:
        """Put them away."""


B = TypeVar("B", bound=Bench)
R = TypeVar("R")

_LOOK_SECONDS = 0.01  # how often what is done meanwhile is looked at


class Crew(Generic[B]):
    """A few threads, each with its own bench, fed a few tasks ahead of need."""

    def __init__(
        self,
        workers: int,
        new_bench: Callable[[], B],
        meanwhile: Callable[[], object],
    ) -> None:
        """Let ``workers`` threads stand by; ``meanwhile`` is what this thread does between."""
        self._workers = workers
        self._meanwhile = meanwhile
        self._new_bench = new_bench
        self._local = threading.local()
        self._benches: list[B] = []
        self._guard = threading.Lock()
        self.stop = threading.Event()

    def __enter__(self) -> Crew[B]:
        self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="stage")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            self.stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
        for bench in self._benches:
            bench.close()

    def work(
        self,
        tasks: Iterator[Callable[[B], R]],
        take_in: Callable[[R], None],
        ahead: int | None = None,
    ) -> None:
        """Run every task on some thread; hand each result to ``take_in`` in this thread.

        So many tasks are under way or waiting for a thread at once; by default twice the
        threads, so that none is ever idle.
        ``tasks`` is drawn from in this thread too, between results, so both may use what only
        one thread may. The first error of a task is raised here.
        """
        running: set[Future[R]] = set()
        for task in tasks:
            running.add(self._pool.submit(self._run, task))
            while len(running) >= (ahead or 2 * self._workers):
                running = self._next(running, take_in)
        while running:
            running = self._next(running, take_in)

    def _run(self, task: Callable[[B], R]) -> R:
        bench: B | None = getattr(self._local, "bench", None)
        if bench is None:
            bench = self._local.bench = self._new_bench()
            with self._guard:
                self._benches.append(bench)
        return task(bench)

    def _next(self, running: set[Future[R]], take_in: Callable[[R], None]) -> set[Future[R]]:
        finished, rest = self._finished(running)
        for future in finished:
            take_in(future.result())
        return rest

    def _finished(self, running: set[Future[R]]) -> tuple[set[Future[R]], set[Future[R]]]:
        """Wait until some are finished; return them and the others."""
        while True:
            self._meanwhile()
            finished, rest = wait(running, _LOOK_SECONDS, return_when=FIRST_COMPLETED)
            if finished:
                return finished, rest
