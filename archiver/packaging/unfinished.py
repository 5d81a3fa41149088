"""Finishing the record of bags that became visible just before a run died.

Between a bag's becoming visible and its line in the log lies the only moment at which a crash
leaves an effect without an event. The job's folder still says which bag that was.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archiver.errors import ArchiverError, IncompleteError, UsageError
from archiver.events import EventLog
from archiver.findings import Finding
from archiver.packaging.job import Job, Sealing, clear_discarded, jobs
from archiver.packaging.record import Ledger, seal_detail
from archiver.packaging.seal import tag_manifest_digest
from archiver.progress import Progress, Silence
from archiver.state import State

if TYPE_CHECKING:
    from archiver.verify import BagVerification


@dataclass(frozen=True, slots=True)
class Finished:
    """A bag whose record was finished (``SOUND``), or why it could not be.

    ``verification`` is ``None`` where the log had the seal already; ``error`` is there where
    the bag could not be looked at.
    """

    bag_id: str
    state: State
    verification: BagVerification | None = None
    error: ArchiverError | None = None

    @property
    def finding(self) -> Finding | None:
        """What is to be said of the bag by a run that had other business."""
        if self.state is State.SOUND:
            return None
        if self.error is not None:
            return Finding("unsealed-bag-not-checked", self.error.message, self.bag_id)
        code = "unsealed-bag-not-checked" if self.state is State.INCOMPLETE else "unsealed-bag"
        return Finding(code, f"{self.bag_id} became visible just before a run died", self.bag_id)


def finish_interrupted_seals(ledger: Ledger, progress: Progress | None = None) -> list[Finished]:
    """Finish, for each job that died while sealing, what its bag still lacks.

    A bag that is visible is verified in full; sound, it gets its missing event and its place
    in the catalogue. One that is not sound stays where it is and is reported. A job whose bag
    is not visible yet is left to be taken up by the same command.
    """
    clear_discarded(ledger.archive)
    finished = []
    for job in jobs(ledger.archive):
        sealing = job.interrupted_sealing()
        if sealing is None:
            continue
        if os.path.lexists(ledger.archive.bag_path(sealing.bag_id)):
            finished.append(_finish(ledger, job, sealing, progress or Silence()))
        else:
            job.discard()  # somebody took the bag away; nothing is left to be finished
    return finished


def _finish(ledger: Ledger, job: Job, sealing: Sealing, progress: Progress) -> Finished:
    if _is_sealed(ledger, sealing.bag_id):
        job.discard()  # the catalogue was brought up to the log when this run began
        return Finished(sealing.bag_id, State.SOUND)
    finished = adopt(ledger, sealing.bag_id, sealing.read_back, progress)
    if finished.state in (State.SOUND, State.UNSOUND):
        job.discard()  # of an unsound bag nothing more can be learnt here; `recover` names it
    return finished


def adopt(ledger: Ledger, bag_id: str, read_back: dict[str, int], progress: Progress) -> Finished:
    """Verify a visible bag that the log does not know; if it is sound, record its seal."""
    from archiver.verify import Depth, verify_bag  # few runs find a bag that lacks its record

    place = ledger.archive.bag_path(bag_id)
    try:
        found = verify_bag(str(place), depth=Depth.FULL, from_medium=True, progress=progress)
        if found.state is not State.SOUND:
            return Finished(bag_id, found.state, found)
        detail = _seal_detail(place, read_back)
    except (IncompleteError, UsageError) as error:
        return Finished(bag_id, State.INCOMPLETE, error=error)
    ledger.recovered(bag_id, "seal-completed", {"verdict": found.verdict})
    ledger.sealed(bag_id, detail)
    return Finished(bag_id, State.SOUND, found)


def unlogged_bags(ledger: Ledger) -> Iterator[str]:
    """Yield the bags in ``bags/`` that the log has no seal of, by name.

    What lies there and can be no bag of ours, by its name or place, is for
    :func:`archiver.rebuild.check_catalogue` to name.
    """
    log = EventLog(ledger.archive.log, ledger.clock)
    sealed = {event.bag for event in log.read() if event.type == "seal"}
    for shard in sorted(path for path in ledger.archive.bags.iterdir() if path.is_dir()):
        for bag in sorted(shard.iterdir()):
            if bag.name not in sealed and _is_at_home(ledger, bag):
                yield bag.name


def _is_sealed(ledger: Ledger, bag_id: str) -> bool:
    """Tell whether the log has the seal of this very bag, not of an older one of its name."""
    try:
        digest = tag_manifest_digest(ledger.archive.bag_path(bag_id))
    except OSError:
        return False
    return any(
        event.type == "seal"
        and event.bag == bag_id
        and event.detail.get("tag_manifest_digest") == digest
        for event in EventLog(ledger.archive.log, ledger.clock).read()
    )


def _is_at_home(ledger: Ledger, bag: Path) -> bool:
    try:
        return ledger.archive.bag_path(bag.name) == bag and bag.is_dir() and not bag.is_symlink()
    except UsageError:
        return False


def _seal_detail(place: Path, read_back: dict[str, int]) -> dict[str, object]:
    """Return the seal's detail; a valid bag made by another program lacks what it is made of."""
    try:
        return seal_detail(place, read_back)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IncompleteError(
            f"the bag {place.name} lacks records that bags made here have: {str(error)!a}",
            "It was put here by other means. Move it out of the archive, then package it.",
        ) from error
