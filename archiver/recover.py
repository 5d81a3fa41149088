"""Recovering: taking up, or sweeping away, what a crash left unfinished."""

from __future__ import annotations

import os
from dataclasses import dataclass

from archiver.archive import Archive
from archiver.catalogue import Catalogue
from archiver.clock import Clock
from archiver.errors import ArchiverError, EnvironmentUnusable, IncompleteError, UsageError
from archiver.events import Agent
from archiver.events.signing import SigningKey
from archiver.findings import Finding, state_of
from archiver.package import package_locked
from archiver.packaging.job import Job, jobs
from archiver.packaging.outcome import SourceOutcome
from archiver.packaging.record import Ledger
from archiver.packaging.unfinished import (
    Finished,
    adopt,
    finish_interrupted_seals,
    unlogged_bags,
)
from archiver.progress import Progress, Silence
from archiver.rebuild import catch_up
from archiver.state import State, worst
from archiver.verify import BagVerification


@dataclass(frozen=True, slots=True)
class Recovered:
    """One thing that was found unfinished, and what became of it.

    ``action``: ``sealed`` (the missing event was added), ``damaged`` (a visible bag that is
    not sound: ``verification`` says how), ``unchecked`` (a visible bag that could not be looked
    at whole: ``verification`` or ``error`` says why), ``packaged`` (staged work was taken up;
    ``outcome`` says how it went), ``failed`` (it could not be: ``error`` says why), ``swept``
    (staged work was removed), ``left`` (its source is not there; it was left for ``--sweep`` or
    for when the source is back).
    """

    action: str
    state: State
    bag_id: str | None = None
    source: str | None = None
    verification: BagVerification | None = None
    outcome: SourceOutcome | None = None
    error: ArchiverError | None = None


@dataclass(frozen=True, slots=True)
class RecoverOutcome:
    """Everything that was found unfinished; empty when there was nothing.

    ``findings``: what was amiss with events that the catalogue had missed.
    """

    items: tuple[Recovered, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def state(self) -> State:
        """The gravest ending among the items and findings."""
        return worst((*(item.state for item in self.items), state_of(self.findings)))


def recover(
    archive: Archive,
    *,
    sweep: bool,
    clock: Clock,
    agent: Agent,
    workers: int,
    progress: Progress | None = None,
    lock_wait: float = 0.0,
    key: SigningKey | None = None,
) -> RecoverOutcome:
    """Finish what crashes left: bags without their event, and staged work.

    Staged work is taken up from where it stopped, or with ``sweep`` removed; ``key`` signs as in
    :func:`archiver.package.package`. Raises
    :class:`~archiver.errors.BusyError` and :class:`~archiver.errors.EnvironmentUnusable`.
    """
    progress = progress or Silence()
    with (
        archive.writer_lock("recover", clock(), lock_wait),
        Catalogue.open(archive.catalogue_url, writing=True) as catalogue,
    ):
        ledger = Ledger(archive, catalogue, clock, agent, key)
        behind = catch_up(archive, catalogue)
        items = [_about_bag(finished) for finished in finish_interrupted_seals(ledger, progress)]
        known = {item.bag_id for item in items}
        items += [
            _about_bag(adopt(ledger, bag_id, {}, progress))
            for bag_id in unlogged_bags(ledger)
            if bag_id not in known
        ]
        items += [
            _sweep(ledger, job) if sweep else _take_up(ledger, job, workers, progress)
            for job in list(jobs(archive))
        ]
    return RecoverOutcome(tuple(items), behind)


def _about_bag(finished: Finished) -> Recovered:
    action = {State.SOUND: "sealed", State.UNSOUND: "damaged"}.get(finished.state, "unchecked")
    return Recovered(
        action,
        finished.state,
        bag_id=finished.bag_id,
        verification=finished.verification,
        error=finished.error,
    )


def _take_up(ledger: Ledger, job: Job, workers: int, progress: Progress) -> Recovered:
    request = job.request()
    if request is None:
        return _sweep(ledger, job)
    if not os.path.isdir(request.source):
        return Recovered("left", State.INCOMPLETE, source=request.source)
    try:
        outcome = package_locked(ledger, request, workers, progress)
    except (UsageError, IncompleteError, EnvironmentUnusable) as error:
        return Recovered("failed", error.state, source=request.source, error=error)
    return Recovered("packaged", outcome.state, outcome.bag_id, request.source, outcome=outcome)


def _sweep(ledger: Ledger, job: Job) -> Recovered:
    request = job.request()
    source = request.source if request else None
    if not job.discard():
        error = EnvironmentUnusable(
            f"the staged work in {job.folder} cannot be removed",
            "Look after permissions and medium of the archive, then sweep again.",
        )
        return Recovered("failed", error.state, source=source, error=error)
    ledger.recovered(None, "staging-swept", {"job": job.folder.name})
    return Recovered("swept", State.SOUND, source=source)
