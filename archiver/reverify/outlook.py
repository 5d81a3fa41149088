"""What is due, what is overdue, and whether the policy's cadence can be kept: for people to act."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from archiver.archive import Archive
from archiver.archive.policy import policy_in_force
from archiver.catalogue import Catalogue
from archiver.catalogue.rows import NEVER, CheckRow, RunRow, TierTotal, share_within
from archiver.catalogue.standing import Demand as DayDemand
from archiver.clock import utc_text
from archiver.rebuild import catch_up
from archiver.reverify.due_dates import look_up
from archiver.state import State
from policies.forecast import Demand, Forecast, Tier, forecast
from policies.model import Fixity
from policies.quantities import minutes, size_in_bytes
from policies.tiers import cadence_of

RUNS = 30
"""The newest runs, whose rate is taken as the rate of those to come."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """How re-verification stands at a moment.

    ``rate`` is bytes a second as measured in the newest runs, ``pace`` bytes a night as the
    budget and that rate allow; both ``None`` while nothing was measured and no size is given.
    """

    now: datetime
    tiers: tuple[TierTotal, ...]
    forecast: Forecast | None
    rate: float | None
    pace: float | None
    last_run: RunRow | None
    promised: bool

    @property
    def overdue_bytes(self) -> int:
        """The debt: bytes that should have been read by now."""
        return sum(tier.overdue_bytes for tier in self.tiers)

    @property
    def overdue_bags(self) -> int:
        """How many bags should have been read by now."""
        return sum(tier.overdue_bags for tier in self.tiers)

    @property
    def overdue_files(self) -> int:
        """How many files should have been read by now."""
        return sum(tier.overdue_files for tier in self.tiers)

    @property
    def overdue_hours(self) -> float | None:
        """How long reading what is overdue takes at the measured rate."""
        return None if self.rate is None else self.overdue_bytes / self.rate / 3600

    @property
    def within_policy(self) -> float | None:
        """The share of the bags that are ever to be checked and are not overdue, 0 to 1."""
        return share_within(self.tiers)

    @property
    def state(self) -> State:
        """LATE when something is overdue, or the cadence cannot be kept."""
        breaks = self.forecast is not None and (
            self.forecast.breach is not None or not self.forecast.closes
        )
        return State.LATE if self.overdue_bags or breaks else State.SOUND


def outlook(archive: Archive, now: datetime, fixity: Fixity | None = None) -> Outlook:
    """Return how things stand at ``now`` under the archive's policy, or under ``fixity``.

    Due dates are looked up first, which writes the catalogue. Raises
    :class:`archiver.errors.BusyError`, and what opening the catalogue and reading the policy
    raise.
    """
    rules = policy_in_force(archive)[0].fixity if fixity is None else fixity
    with brought_up_to_date(archive, rules, now) as catalogue:
        plan = catalogue.plan
        tiers, demands = plan.totals(utc_text(now)), plan.demands()
        runs = plan.runs(RUNS)
    rate = measured_rate(runs)
    pace = pace_of(rules, rate)
    told = None if pace is None else _forecast(demands, tiers, rules, pace, now.date())
    return Outlook(
        now, tuple(tiers), told, rate, pace, runs[0] if runs else None, bool(rules.cadence)
    )


def brought_up_to_date(
    archive: Archive, rules: Fixity, now: datetime, *, afresh: bool = False
) -> Catalogue:
    """Return the catalogue, every event taken in and every due date looked up, for reading.

    See :func:`archiver.reverify.due_dates.look_up` for ``afresh``.
    """
    with (
        archive.writer_lock("schedule", now),
        Catalogue.open(archive.catalogue_url, writing=True) as catalogue,
    ):
        catch_up(archive, catalogue)
        look_up(catalogue, rules, afresh=afresh)
    return Catalogue.open(archive.catalogue_url)


def due_bags(archive: Archive, now: datetime, tier: str | None = None) -> Iterator[CheckRow]:
    """Yield the bags that are due at ``now``, the first due first; the dates are looked up."""
    rules = policy_in_force(archive)[0].fixity
    with brought_up_to_date(archive, rules, now) as catalogue:
        moment = utc_text(now)
        for row in catalogue.plan.waiting(moment, tier):
            if row.due_at is None or row.due_at > moment:
                return
            yield row


def measured_rate(runs: Iterable[RunRow]) -> float | None:
    """Return the median rate of runs, bytes a second; ``None`` when none read anything."""
    rates = [run.bytes / run.seconds for run in runs if run.seconds and run.bytes]
    return statistics.median(rates) if rates else None


def pace_of(fixity: Fixity, rate: float | None) -> float | None:
    """Return how many bytes a night's run can read: its budget, and what its time allows."""
    paces = [float(size_in_bytes(fixity.budget_size))] if fixity.budget_size else []
    if rate is not None:
        nightly = minutes(fixity.budget_time) if fixity.budget_time else 24 * 60
        paces.append(rate * nightly * 60)
    return min(paces) if paces else None


def _forecast(
    demands: list[DayDemand], tiers: list[TierTotal], rules: Fixity, pace: float, today: date
) -> Forecast:
    wanted = [
        Demand(
            max(date.fromisoformat(one.due_day), today),
            one.bytes,
            date.fromisoformat(one.open_day),
        )
        for one in demands
        if one.due_day < NEVER[:10]
    ]
    held = []
    for total in tiers:
        cadence = cadence_of(total.tier, rules)
        if cadence is not None:
            held.append(Tier(total.tier, total.bytes, cadence.period / timedelta(days=1)))
    return forecast(wanted, held, pace, today)
