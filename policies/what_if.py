"""Another cadence or budget, tried on what is held before anybody promises it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

import msgspec

from policies.blackouts import window
from policies.cadence import Cadence, History, ahead_from, due_at, wanted_since
from policies.forecast import Demand, Forecast, Tier
from policies.model import Fixity
from policies.pace import foreseen, pace_of
from policies.pauses import Pauses
from policies.quantities import HOURS_PATTERN, SIZE_PATTERN, TIME_PATTERN
from policies.tiers import DEFAULT_TIER, cadence_of, tier_of

_PERCENT = re.compile(r"[0-9]{1,2}(\.[0-9]+)?")
_DAY = timedelta(days=1)


class WishError(ValueError):
    """A wish that names nothing that can be changed, or a value that is none."""


@dataclass(frozen=True, slots=True)
class TierPlan:
    """What one tier would ask for: days until a bag's first check, and the most between two.

    Both ``None`` where no check is promised.
    """

    name: str
    bags: int
    bytes: int
    first_days: float | None
    longest_days: float | None


@dataclass(frozen=True, slots=True)
class Projection:
    """What would become of what is held under some rules.

    ``needed`` is bytes a day in the long run, ``pace`` bytes a day that can be read (``None``
    where nothing says so, and then there is no ``forecast``). ``round_days`` is how long it takes
    at that pace to read once whatever is to be checked at all. The overdue ones would be overdue
    at once.
    """

    tiers: tuple[TierPlan, ...]
    needed: float
    pace: float | None
    round_days: float | None
    overdue_bags: int
    overdue_bytes: int
    forecast: Forecast | None


def changed(fixity: Fixity, wishes: Mapping[str, str]) -> Fixity:
    """Return the rules with ``wishes`` granted.

    They are ``cadence`` (of every tier), ``cadence.TIER``, ``budget`` (a length of time or a size
    a night, or ``none``), ``jitter`` (per cent), ``blackout`` (of every tier) and
    ``blackout.TIER`` (a window, or ``none``). Raises :class:`WishError`.
    """
    for name, value in wishes.items():
        head, _, tier = name.partition(".")
        if head == "cadence" and re.search(TIME_PATTERN, value):
            fixity = _with_cadence(fixity, tier, value)
        elif head == "blackout" and (value == "none" or _is_window(value)):
            fixity = _with_blackout(fixity, tier, value)
        elif name == "budget" and value == "none":
            fixity = msgspec.structs.replace(fixity, budget_time="", budget_size="")
        elif name == "budget" and re.search(HOURS_PATTERN, value):
            fixity = msgspec.structs.replace(fixity, budget_time=value)
        elif name == "budget" and re.search(SIZE_PATTERN, value):
            fixity = msgspec.structs.replace(fixity, budget_size=value)
        elif name == "jitter" and _PERCENT.fullmatch(value) and float(value) <= 50:
            fixity = msgspec.structs.replace(fixity, jitter=float(value))
        else:
            raise WishError(f"{name}={value}")
    return fixity


def _with_cadence(fixity: Fixity, tier: str, period: str) -> Fixity:
    named = {tier} if tier else {DEFAULT_TIER, *fixity.cadence}
    cadence = {**fixity.cadence, **dict.fromkeys(named, period)}
    return msgspec.structs.replace(fixity, cadence=cadence)


def _is_window(text: str) -> bool:
    try:
        return bool(window(text))
    except ValueError:
        return False


def _with_blackout(fixity: Fixity, tier: str, text: str) -> Fixity:
    windows = () if text == "none" else (text,)
    named = {tier: windows} if tier else {DEFAULT_TIER: windows}
    kept = fixity.blackouts if tier else {}
    return msgspec.structs.replace(fixity, blackouts={**kept, **named})


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds whatever the rules are: the time, pauses in force, what was asked for, the rate.

    ``asked`` tells since when all of a tier ("": of all) is wanted; ``rate`` is bytes a second.
    """

    now: datetime
    zone: tzinfo
    rate: float | None
    pauses: Pauses
    asked: Mapping[str, datetime]


def project(histories: Iterable[History], fixity: Fixity, standing: Standing) -> Projection:
    """Return what would become of the bags under ``fixity``.

    The tier of each history is found anew. Memory depends on the number of days, not of bags.
    """
    now = standing.now
    bags: Counter[str] = Counter()
    held: Counter[str] = Counter()
    due: Counter[tuple[str, date, date]] = Counter()
    cadences: dict[str, Cadence | None] = {}
    overdue_bags = overdue_bytes = 0
    for history in histories:
        tier = tier_of(history.bag, fixity)
        bags[tier] += 1
        held[tier] += history.bytes
        cadence = cadences.setdefault(tier, cadence_of(tier, fixity))
        if cadence is None:
            continue
        opened, moment = _when(history, cadence, tier, standing)
        due[tier, opened, max(moment.date(), now.date())] += history.bytes
        if moment <= now:
            overdue_bags += 1
            overdue_bytes += history.bytes
    tiers = [
        Tier(name, held[name], cadence.period / _DAY)
        for name, cadence in cadences.items()
        if cadence
    ]
    checked = sum(tier.bytes for tier in tiers)
    demands: dict[str, list[Demand]] = {}
    for (tier, opened, day), n_bytes in due.items():
        demands.setdefault(tier, []).append(Demand(day, n_bytes, opened))
    pace = pace_of(fixity, standing.rate, standing.zone, sorted(bags))
    usual = pace.usual if pace else None
    return Projection(
        tuple(_plan(name, bags[name], held[name], cadences[name]) for name in sorted(bags)),
        sum(tier.bytes_a_day for tier in tiers),
        usual,
        checked / usual if usual else None,
        overdue_bags,
        overdue_bytes,
        foreseen(demands, tiers, fixity, standing.rate, standing.zone, now.date()),
    )


def _when(
    history: History, cadence: Cadence, tier: str, standing: Standing
) -> tuple[date, datetime]:
    """Return from which day on a bag may be read, and when it is due."""
    moment, opened = due_at(history, cadence), ahead_from(history, cadence)
    if since := wanted_since(history, tier, standing.asked):
        opened, moment = min(opened, since), min(moment, since)
    day, pause = opened.date(), standing.pauses.of_bag(history.bag, tier)
    if pause is not None:
        day = max(day, pause.until.astimezone(standing.zone).date())
    return day, moment


def _plan(name: str, bags: int, n_bytes: int, cadence: Cadence | None) -> TierPlan:
    if cadence is None:
        return TierPlan(name, bags, n_bytes, None, None)
    longest = cadence.period
    return TierPlan(
        name, bags, n_bytes, min((*cadence.after_sealing, longest)) / _DAY, longest / _DAY
    )
