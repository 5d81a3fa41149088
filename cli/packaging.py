"""Packaging several sources one after the other: one bad source does not stop the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from archiver.archive import Archive
from archiver.errors import ArchiverError, BusyError
from archiver.package import package
from archiver.packaging.admit import Surveyed
from archiver.packaging.outcome import SourceOutcome
from archiver.packaging.request import PackageRequest
from archiver.preview import Preview, preview
from archiver.state import State, worst
from cli import wiring
from cli.keys import log_key
from cli.render.failures import failure_lines, failure_record
from cli.render.packaging import (
    closing_lines,
    outcome_lines,
    outcome_records,
    preview_lines,
    preview_records,
)
from cli.render.voice import Voice
from cli.requests import Failure, Planned


@dataclass(frozen=True, slots=True)
class Run:
    """The real thing."""

    voice: Voice
    archive: Archive
    workers: int | None
    lock_wait: float
    every: bool
    surveyed: Surveyed | None = None

    def run(self, planned: Iterable[Planned]) -> State:
        """Package what was planned, say how each source ended, and return the gravest ending.

        Raises :class:`BusyError`: then no source can be worked on.
        """
        endings: list[SourceOutcome | Failure] = []
        for item in planned:
            ending = self._package(item) if isinstance(item, PackageRequest) else item
            say_ending(self.voice, ending, self.every)
            endings.append(ending)
        state = worst(ending.state for ending in endings)
        root = str(self.archive.root)
        self.voice.tell([], closing_lines(endings, root), trouble=state is not State.SOUND)
        return state

    def _package(self, request: PackageRequest) -> SourceOutcome | Failure:
        try:
            with self.voice.progress() as progress:
                return package(
                    self.archive,
                    request,
                    clock=wiring.clock(),
                    agent=wiring.agent(),
                    workers=wiring.workers(self.workers),
                    progress=progress,
                    lock_wait=self.lock_wait,
                    surveyed=self.surveyed,
                    key=log_key(self.archive),
                )
        except BusyError:
            raise
        except ArchiverError as error:
            return Failure(request.source, error)


def say_ending(voice: Voice, ending: SourceOutcome | Failure, every: bool) -> None:
    """Say how one source ended."""
    trouble = ending.state is not State.SOUND
    if isinstance(ending, Failure):
        source, error = ending.source, ending.error
        voice.tell([failure_record(source, error)], failure_lines(source, error), trouble)
    else:
        voice.tell(outcome_records(ending), outcome_lines(ending, every), trouble)


@contextmanager
def first_to_come_in(
    voice: Voice, planned: Iterable[Planned], policy: bytes
) -> Iterator[Surveyed | list[SourceOutcome | Failure]]:
    """Yield the survey of the first source that may come in, or how each ends if none can.

    So an archive is made for something to be kept, and never for a refusal alone.
    """
    endings: list[SourceOutcome | Failure] = []
    with ExitStack() as kept:
        for item in planned:
            if not isinstance(item, PackageRequest):
                endings.append(item)
                continue
            found = _looked_at(voice, item, policy, kept)
            if isinstance(found, Surveyed):
                yield found
                return
            endings.append(found)
        yield endings


def _looked_at(
    voice: Voice, request: PackageRequest, policy: bytes, kept: ExitStack
) -> Surveyed | SourceOutcome | Failure:
    """Return the survey of a source that may come in, open as long as what is ``kept``."""
    try:
        with ExitStack() as opened:
            with voice.progress() as progress:
                seen = opened.enter_context(
                    preview(request, policy, archive=None, progress=progress, clock=wiring.clock())
                )
            if seen.state is State.SOUND:
                kept.push(opened.pop_all())
                return seen.surveyed
            return SourceOutcome(
                request.source, seen.state, remarks=seen.remarks, reasons=seen.reasons
            )
    except ArchiverError as error:
        return Failure(request.source, error)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The dry run: every decision, and nothing written."""

    voice: Voice
    archive: Archive | None
    policy: bytes
    every: bool

    def run(self, planned: Iterable[Planned]) -> State:
        """Say what would become of each source, and return the gravest ending."""
        return worst([self._rehearse(item) for item in planned])

    def _rehearse(self, item: Planned) -> State:
        if isinstance(item, SourceOutcome):
            self.voice.answer(outcome_records(item), outcome_lines(item, self.every))
            return item.state
        if isinstance(item, Failure):
            return self._failed(item)
        try:
            with (
                self.voice.progress() as progress,
                preview(
                    item,
                    self.policy,
                    archive=self.archive,
                    progress=progress,
                    clock=wiring.clock(),
                ) as seen,
            ):
                return self._say(seen)
        except ArchiverError as error:
            return self._failed(Failure(item.source, error))

    def _say(self, seen: Preview) -> State:
        self.voice.answer(preview_records(seen), preview_lines(seen, self.every))
        return seen.state

    def _failed(self, item: Failure) -> State:
        source, error = item.source, item.error
        self.voice.tell([failure_record(source, error)], failure_lines(source, error), True)
        return item.state
