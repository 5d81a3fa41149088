"""Runs that would begin while the policy keeps a tier closed: they would read nothing of it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from archiver.archive import Archive
from archiver.archive.policy import policy_in_force
from archiver.reverify.choosing import Hours
from policies.tiers import DEFAULT_TIER
from policies.timetable import Timetable

_AHEAD = timedelta(days=365)


class Misplaced(NamedTuple):
    """Of the ``of`` runs within a year so many begin while a window keeps the tier closed."""

    tier: str
    window: str
    runs: int
    of: int


def misplaced(archive: Archive, timetable: Timetable, now: datetime) -> list[Misplaced]:
    """Return what a timetable would miss; it is in the machine's time, the windows in the policy's.

    Raises what reading the policy raises.
    """
    rules = policy_in_force(archive)[0].fixity
    if not rules.blackouts:
        return []
    hours, tiers = Hours(rules), sorted({DEFAULT_TIER, *rules.tiers})
    found: Counter[tuple[str, str]] = Counter()
    runs, wall = 0, now.astimezone().replace(tzinfo=None)
    end = wall + _AHEAD
    while (wall := timetable.next_after(wall)) < end:
        runs += 1
        for tier in tiers:
            if window := hours.holding(tier, wall.astimezone(UTC)):
                found[tier, window.text] += 1
    return [Misplaced(*what, many, runs) for what, many in sorted(found.items())]
