"""What a run came to: each bag that was checked, and the whole."""

from __future__ import annotations

from dataclasses import dataclass

from archiver.findings import Finding
from archiver.reverify.choosing import Closed
from archiver.state import State
from archiver.verify import BagVerification, Depth
from policies.pauses import Pause
from policies.sampling import Sample

NOT_BEGUN = "not-begun"


@dataclass(frozen=True, slots=True)
class Checked:
    """One bag that was checked. ``resumed``: files that an interrupted run had read already.

    ``device`` is the number of the file system it lies on, "" where that cannot be told.
    """

    bag: str
    sealed: str
    depth: Depth
    found: BagVerification
    seconds: float
    recorded: bool
    resumed: int = 0
    device: str = ""


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run came to.

    ``stopped`` says in a word why it ended: done, time, offline, blackout (a window of the policy
    began, or held for some tiers), not-begun (it held for all: nothing was read or recorded).
    ``due`` counts the bags that are still due, ``paused`` those of them that a person has paused.
    ``incidents`` are the cases nobody has closed: a night that finds nothing settles none of them.
    ``closed`` are the tiers left alone; ``sample`` is there when one was asked for.
    """

    state: State
    bags: int
    bytes: int
    seconds: float
    findings: tuple[Finding, ...]
    stopped: str
    due: int
    sample: Sample | None = None
    paused: int = 0
    pauses: tuple[Pause, ...] = ()
    closed: tuple[Closed, ...] = ()
    incidents: int = 0

    @property
    def begun(self) -> bool:
        """Whether there was a run at all."""
        return self.stopped != NOT_BEGUN
