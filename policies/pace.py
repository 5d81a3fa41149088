"""How much can be read on each day: what the budget and the measured rate allow, less blackouts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from functools import reduce
from operator import and_

from policies.blackouts import MINUTES, Blackouts, blackouts_of
from policies.forecast import Demand, Forecast, Tier, forecast
from policies.model import Fixity
from policies.quantities import minutes, size_in_bytes

_WEEK = [date(2001, 1, 1) + timedelta(days=n) for n in range(7)]


@dataclass(frozen=True, slots=True)
class Pace:
    """Bytes that one run a night can read of some tiers.

    ``rate`` is bytes a second, ``size`` the most that one run may read; one of them is there.
    ``nightly`` is how many minutes a run may take. An open hour counts whenever it comes: whether
    runs begin in time to use it is for the schedule.
    """

    tiers: tuple[Blackouts, ...]
    rate: float | None
    size: float | None
    nightly: int

    @property
    def usual(self) -> float:
        """Bytes a day in the long run."""
        return sum(self._with(self._closed(day, usual=True)) for day in _WEEK) / len(_WEEK)

    def on(self, day: date) -> float:
        """Return the bytes that can be read on a day."""
        return self._with(self._closed(day))

    def _closed(self, day: date, *, usual: bool = False) -> int:
        """Return how many minutes of a day are closed for all of the tiers."""
        masks = [one.closed(day, usual=usual) for one in self.tiers]
        return reduce(and_, masks).bit_count() if masks else 0

    def _with(self, closed: int) -> float:
        left = min(self.nightly, MINUTES - closed)
        paces = [] if self.rate is None else [self.rate * 60 * left]
        if self.size is not None:
            paces.append(self.size if left else 0.0)
        return min(paces)


def pace_of(
    fixity: Fixity, rate: float | None, zone: tzinfo, tiers: Iterable[str] = ()
) -> Pace | None:
    """Return how much of ``tiers`` can be read; ``None`` while nothing was measured or said."""
    size = float(size_in_bytes(fixity.budget_size)) if fixity.budget_size else None
    if rate is None and size is None:
        return None
    nightly = minutes(fixity.budget_time) if fixity.budget_time else MINUTES
    windows = tuple(blackouts_of(tier, fixity, zone) for tier in tiers)
    return Pace(windows, rate, size, min(nightly, MINUTES))


def foreseen(
    demands: Mapping[str, list[Demand]],
    tiers: list[Tier],
    fixity: Fixity,
    rate: float | None,
    zone: tzinfo,
    today: date,
) -> Forecast | None:
    """Return what becomes of the cadence, all tiers together and each by itself.

    A tier may be closed while another is open, so more can be due of it alone than its own hours
    allow. What comes first counts. ``None`` where nothing says how much can be read.
    """
    together = pace_of(fixity, rate, zone, [tier.name for tier in tiers])
    if together is None:
        return None
    every = [one for some in demands.values() for one in some]
    told = forecast(every, tiers, together.usual, today, together.on)
    for tier in tiers if fixity.blackouts else []:
        own = pace_of(fixity, rate, zone, [tier.name])
        assert own is not None  # it is known for all of them
        alone = forecast(demands.get(tier.name, []), [tier], own.usual, today, own.on)
        told = told.and_also(alone)
    return told
