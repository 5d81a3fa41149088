"""Whether a cadence can be kept, and when it will be broken: arithmetic, no guess.

What must be read by a day is known from what is due; what can be read by then from the budget. If
the first is more than the second the cadence is broken on that day at the latest, whatever the
order of reading (the demand test for earliest-deadline-first scheduling; Baruah, Rosier and
Howell, 1990).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Demand:
    """Bytes that may be read from ``start`` on and are due on ``day``, both inclusive.

    What is overdue is due today.
    """

    day: date
    bytes: int
    start: date = date.min


@dataclass(frozen=True, slots=True)
class Tier:
    """What one tier asks for: bytes held, and days within which each of them must be read."""

    name: str
    bytes: int
    period_days: float

    @property
    def bytes_a_day(self) -> float:
        """What must be read every day, in the long run."""
        return self.bytes / self.period_days


@dataclass(frozen=True, slots=True)
class Forecast:
    """What becomes of the cadence at a pace of so many bytes a day.

    ``breach`` is the first day by which more is due than can be read; ``None`` when all that is
    known to be due can be read in time. ``missing`` are the bytes that will be unread on it.
    ``needed`` is what the cadence asks for every day, in bytes; ``closes`` whether the pace
    reaches it.
    """

    pace: float
    needed: float
    breach: date | None
    missing: int

    @property
    def closes(self) -> bool:
        """Whether the cycle can close at all."""
        return self.pace >= self.needed


def forecast(
    demands: Iterable[Demand], tiers: Iterable[Tier], pace: float, today: date
) -> Forecast:
    """Return what will be, at ``pace`` bytes a day from ``today`` on.

    ``demands`` are at most a few for each day, in any order; a day's budget is spent before it
    ends.
    """
    from_day: dict[date, list[Demand]] = {}
    for demand in demands:
        from_day.setdefault(max(demand.start, today), []).append(demand)
    days = sorted({demand.day for opened in from_day.values() for demand in opened})
    due, breach, missing = dict.fromkeys(days, 0), None, 0
    for first in sorted(from_day, reverse=True):
        for demand in from_day[first]:
            due[demand.day] += demand.bytes
        found = _overrun(due, days, first, pace)
        if found is not None:
            breach, missing = found
            days = days[: bisect_right(days, breach)]  # of interest is only what is not later
    return Forecast(pace, sum(tier.bytes_a_day for tier in tiers), breach, missing)


def _overrun(
    due: Mapping[date, int], days: Sequence[date], first: date, pace: float
) -> tuple[date, int] | None:
    """Return by when more is due than can be read from ``first`` on, and how much more.

    ``due`` is what may be read from ``first`` on or from a later day, by the day it is due.
    """
    start, total = first.toordinal() - 1, 0
    for day in days[bisect_left(days, first) :]:
        total += due[day]
        possible = pace * (day.toordinal() - start)
        if total > possible:
            return day, round(total - possible)
    return None
