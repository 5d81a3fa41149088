"""When the last fire drill was, and when the policy wants the next one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archiver.archive import Archive
from archiver.archive.policy import policy_in_force
from archiver.catalogue import Catalogue
from archiver.catalogue.drills import DrillRow
from archiver.clock import Clock, parse_utc
from policies.drills import due_from


@dataclass(frozen=True, slots=True)
class DrillStanding:
    """The newest drill; ``due_at`` is ``None`` where the policy asks for none."""

    last: DrillRow | None
    due_at: datetime | None
    overdue: bool


def drill_standing(archive: Archive, clock: Clock) -> DrillStanding:
    """Return how drills stand. Raises what opening the catalogue and reading the policy raise."""
    with Catalogue.open(archive.catalogue_url) as catalogue:
        last = catalogue.last_drill()
    since = parse_utc(last.time) if last else parse_utc(archive.declaration.created)
    due_at = due_from(since, policy_in_force(archive)[0].fixity.drill)
    return DrillStanding(last, due_at, due_at is not None and due_at <= clock())
