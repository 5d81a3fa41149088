"""What is due, what is overdue, and whether the policy's cadence can be kept: for people to act."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from archiver.archive import Archive
from archiver.archive.policy import policy_in_force
from archiver.catalogue import Catalogue
from archiver.catalogue.plan import Plan
from archiver.catalogue.rows import NEVER, CheckRow, RunRow, TierTotal, share_within
from archiver.catalogue.standing import Demand as DayDemand
from archiver.clock import utc_text
from archiver.progress import Progress
from archiver.rebuild import catch_up
from archiver.reverify.due_dates import look_up
from archiver.reverify.local_time import zone_of
from archiver.reverify.pausing import late_and_paused
from archiver.reverify.tiers import check_tier
from archiver.state import State
from policies.forecast import Demand, Forecast, Tier
from policies.model import Fixity
from policies.pace import foreseen, pace_of
from policies.pauses import Pause, Pauses
from policies.tiers import cadence_of

RUNS = 30
"""The newest runs, whose rate is taken as the rate of those to come."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """How re-verification stands at a moment.

    ``rate`` is bytes a second as measured in the newest runs, ``pace`` bytes a night as the
    budget, that rate and the blackout windows allow; both ``None`` while nothing was measured and
    no size is given. ``pauses`` are in force; ``paused_bags`` and ``paused_bytes`` are those of the
    overdue ones that they keep from being read. A pause stops the reading and not the clock: what
    it makes late is late.
    """

    now: datetime
    tiers: tuple[TierTotal, ...]
    forecast: Forecast | None
    rate: float | None
    pace: float | None
    last_run: RunRow | None
    promised: bool
    pauses: tuple[Pause, ...] = ()
    paused_bags: int = 0
    paused_bytes: int = 0

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


def outlook(
    archive: Archive,
    now: datetime,
    fixity: Fixity | None = None,
    progress: Progress | None = None,
) -> Outlook:
    """Return how things stand at ``now`` under the archive's policy, or under ``fixity``.

    Due dates are looked up first, which writes the catalogue. Raises
    :class:`archiver.errors.BusyError`, and what opening the catalogue and reading the policy
    raise.
    """
    rules = policy_in_force(archive)[0].fixity if fixity is None else fixity
    with brought_up_to_date(archive, rules, now, progress=progress) as catalogue:
        plan = catalogue.plan
        tiers, demands = plan.totals(utc_text(now)), plan.demands()
        runs, pauses = plan.runs(RUNS), catalogue.pauses.at(now)
        single = _of_paused_bags(plan, pauses)
        paused = late_and_paused(plan, tiers, pauses, now)
    rate, zone = measured_rate(runs), zone_of(rules)
    pace = pace_of(rules, rate, zone, [tier.tier for tier in tiers])
    wanted = _wanted(demands, single, pauses, zone, now.date())
    told = foreseen(wanted, _promised(tiers, rules), rules, rate, zone, now.date())
    return Outlook(
        now,
        tuple(tiers),
        told,
        rate,
        pace.usual if pace else None,
        runs[0] if runs else None,
        bool(rules.cadence),
        pauses.all,
        *paused,
    )


def brought_up_to_date(
    archive: Archive,
    rules: Fixity,
    now: datetime,
    *,
    afresh: bool = False,
    progress: Progress | None = None,
) -> Catalogue:
    """Return the catalogue, every event taken in and every due date looked up, for reading.

    See :func:`archiver.reverify.due_dates.look_up` for ``afresh``.
    """
    with (
        archive.writer_lock("schedule", now),
        Catalogue.open(archive.catalogue_url, writing=True) as catalogue,
    ):
        catch_up(archive, catalogue)
        look_up(catalogue, rules, afresh=now if afresh else None, progress=progress)
    return Catalogue.open(archive.catalogue_url)


def due_bags(archive: Archive, now: datetime, tier: str | None = None) -> Iterator[CheckRow]:
    """Yield the bags that are due at ``now``, the first due first; the dates are looked up."""
    rules = policy_in_force(archive)[0].fixity
    check_tier(tier, rules)
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


def _of_paused_bags(plan: Plan, pauses: Pauses) -> list[tuple[CheckRow, Pause]]:
    """Return the bags that are paused one by one, each with the pause that ends last."""
    rows = [plan.one(str(one.bag)) for one in pauses.bags]
    held = [(row, pauses.of_bag(row.id, str(row.tier))) for row in rows if row and row.due_at]
    return [(row, pause) for row, pause in held if pause is not None]


def _wanted(
    demands: list[DayDemand],
    single: list[tuple[CheckRow, Pause]],
    pauses: Pauses,
    zone: tzinfo,
    today: date,
) -> dict[str, list[Demand]]:
    """Return what is due by tier; what is paused cannot be begun before its pause has ended."""
    apart: Counter[tuple[str, str, str]] = Counter()
    wanted: dict[str, list[Demand]] = {}

    def want(tier: str, days: tuple[str, str], n_bytes: int, pause: Pause | None) -> None:
        opened, due = (date.fromisoformat(day) for day in days)
        if pause is not None:
            opened = max(opened, pause.until.astimezone(zone).date())
        wanted.setdefault(tier, []).append(Demand(max(due, today), n_bytes, opened))

    for row, pause in single:
        days = str(row.open_at)[:10], str(row.due_at)[:10]
        if days[1] < NEVER[:10]:
            apart[str(row.tier), *days] += row.bytes
            want(str(row.tier), days, row.bytes, pause)
    for one in demands:
        if one.due_day < NEVER[:10]:
            rest = one.bytes - apart[one.tier, one.open_day, one.due_day]
            want(one.tier, (one.open_day, one.due_day), rest, pauses.of_tier(one.tier))
    return wanted


def _promised(tiers: list[TierTotal], rules: Fixity) -> list[Tier]:
    """Return what each tier that is to be checked holds, and how often that is to be read."""
    cadences = ((total, cadence_of(total.tier, rules)) for total in tiers)
    return [
        Tier(total.tier, total.bytes, cadence.period / timedelta(days=1))
        for total, cadence in cadences
        if cadence is not None
    ]
