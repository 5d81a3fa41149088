"""Whether a cadence can be kept, and when it will be broken: arithmetic, no guess.

What must be read by a day is known from what is due; what can be read by then from the budget. If
the first is more than the second the cadence is broken on that day at the latest, whatever the
order of reading (the demand test for earliest-deadline-first scheduling; Baruah, Rosier and
Howell, 1990).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate


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
    part_closes: bool = True

    @property
    def closes(self) -> bool:
        """Whether the cycle can close at all, that of every part included."""
        return self.pace >= self.needed and self.part_closes

    def and_also(self, part: Forecast) -> Forecast:
        """Return this, and what is foreseen of a part of it that has hours of its own."""
        breach, missing = self.breach, self.missing
        if part.breach is not None and (breach is None or part.breach < breach):
            breach, missing = part.breach, part.missing
        closes = self.part_closes and part.closes
        return replace(self, breach=breach, missing=missing, part_closes=closes)


def forecast(
    demands: Iterable[Demand],
    tiers: Iterable[Tier],
    pace: float,
    today: date,
    on: Callable[[date], float] | None = None,
) -> Forecast:
    """Return what will be, at ``pace`` bytes a day from ``today`` on.

    ``on`` says what can be read on each day where that differs; ``pace`` is then the mean of a
    long time. ``demands`` are at most a few for each day, in any order; a day's budget is spent
    before it ends. What cannot be begun before the day on which it is due is broken on that day.
    """
    from_day: dict[date, list[Demand]] = {}
    hopeless: dict[date, int] = {}
    for demand in demands:
        start = max(demand.start, today)
        if start > demand.day:
            hopeless[demand.day] = hopeless.get(demand.day, 0) + demand.bytes
        else:
            from_day.setdefault(start, []).append(demand)
    days = sorted({demand.day for opened in from_day.values() for demand in opened})
    due = dict.fromkeys(days, 0)
    breach = min(hopeless, default=None)
    missing = hopeless[breach] if breach is not None else 0
    if breach is not None:
        days = [day for day in days if day < breach]
    able = _able(pace, on, today, max(days, default=today))
    for first in sorted(from_day, reverse=True):
        for demand in from_day[first]:
            due[demand.day] += demand.bytes
        found = _overrun(due, days, first, able)
        if found is not None:
            breach, missing = found
            days = days[: bisect_right(days, breach)]  # of interest is only what is not later
    return Forecast(pace, sum(tier.bytes_a_day for tier in tiers), breach, missing)


def _overrun(
    due: Mapping[date, int], days: Sequence[date], first: date, able: Callable[[int], float]
) -> tuple[date, int] | None:
    """Return by when more is due than can be read from ``first`` on, and how much more.

    ``due`` is what may be read from ``first`` on or from a later day, by the day it is due;
    ``able`` what can be read until the end of a day, by its ordinal.
    """
    later = days[bisect_left(days, first) :]
    before, total = able(first.toordinal() - 1) if later else 0.0, 0
    for day in later:
        total += due[day]
        possible = able(day.toordinal()) - before
        if total > possible:
            return day, round(total - possible)
    return None


def _able(
    pace: float, on: Callable[[date], float] | None, today: date, last: date
) -> Callable[[int], float]:
    """Return what says how much can be read from ``today`` until the end of a day."""
    start = today.toordinal() - 1
    if on is None:
        return lambda day: pace * (day - start)
    days = (date.fromordinal(start + 1 + n) for n in range(last.toordinal() - start))
    until = [0.0, *accumulate(map(on, days))]
    return lambda day: until[day - start]
