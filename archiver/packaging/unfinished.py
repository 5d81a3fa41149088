"""Finishing the record of bags that became visible just before a run died.

Between a bag's becoming visible and its line in the log lies the only moment at which a crash
leaves an effect without an event. The job's folder still says which bag that was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archiver.events import Event, EventLog
from archiver.packaging.job import Job, Sealing, jobs
from archiver.packaging.record import Ledger, seal_detail
from archiver.progress import Progress, Silence
from archiver.state import State
from archiver.verify import BagVerification, Depth, verify_bag


@dataclass(frozen=True, slots=True)
class Finished:
    """A bag whose record was finished, or (``verification`` unsound) could not be."""

    bag_id: str
    verification: BagVerification | None = None


def finish_interrupted_seals(ledger: Ledger, progress: Progress | None = None) -> list[Finished]:
    """Finish, for each job that died while sealing, what its bag still lacks.

    A bag that is visible is verified in full; sound, it gets its missing event and its place
    in the catalogue. One that is not sound stays where it is and is reported. A job whose bag
    is not visible yet is left to be taken up by the same command.
    """
    finished = []
    for job in jobs(ledger.archive):
        sealing = job.sealing()
        if sealing is not None and not job.bag.exists():
            finished.append(_finish(ledger, job, sealing, progress or Silence()))
    return finished


def _finish(ledger: Ledger, job: Job, sealing: Sealing, progress: Progress) -> Finished:
    bag_id = sealing.bag_id
    event = seal_event(ledger, bag_id)
    if event is not None:
        ledger.enter(bag_id, event)
        job.discard()
        return Finished(bag_id)
    verification = adopt(ledger, bag_id, sealing.read_back, progress)
    if verification.state is State.SOUND:
        job.discard()
    return Finished(bag_id, verification)


def adopt(
    ledger: Ledger, bag_id: str, read_back: dict[str, int], progress: Progress
) -> BagVerification:
    """Verify a visible bag that the log does not know; if it is sound, record its seal."""
    place = ledger.archive.bag_path(bag_id)
    verification = verify_bag(str(place), depth=Depth.FULL, from_medium=True, progress=progress)
    if verification.state is State.SOUND:
        ledger.recovered(bag_id, "seal-completed", {"verdict": verification.verdict})
        ledger.sealed(bag_id, seal_detail(place, read_back))
    return verification


def seal_event(ledger: Ledger, bag_id: str) -> Event | None:
    """Return the event in the log that sealed the bag."""
    for event in EventLog(ledger.archive.log, ledger.clock).read():
        if event.type == "seal" and event.bag == bag_id:
            return event
    return None


def unlogged_bags(ledger: Ledger) -> Iterator[str]:
    """Yield the bags in ``bags/`` that the log has no seal of, by name."""
    log = EventLog(ledger.archive.log, ledger.clock)
    sealed = {event.bag for event in log.read() if event.type == "seal"}
    for shard in sorted(path for path in ledger.archive.bags.iterdir() if path.is_dir()):
        for bag in sorted(shard.iterdir()):
            if bag.name not in sealed:
                yield bag.name
