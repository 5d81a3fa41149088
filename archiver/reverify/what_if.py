"""The archive's own policy beside others, before one of them is chosen. Nothing is changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from archiver.archive import Archive
from archiver.archive.policy import policy_in_force
from archiver.clock import parse_utc
from archiver.errors import UsageError
from archiver.reverify.due_dates import history_of
from archiver.reverify.local_time import zone_of
from archiver.reverify.outlook import RUNS, brought_up_to_date, measured_rate
from policies.pauses import Pause
from policies.what_if import Projection, Standing, WishError, changed, project


@dataclass(frozen=True, slots=True)
class Alternative:
    """One set of rules and what would become of the archive under it; ``name`` is as wished."""

    name: str
    projection: Projection


@dataclass(frozen=True, slots=True)
class Comparison:
    """Alternatives, the policy in force first; ``rate`` is bytes a second as measured."""

    now: datetime
    rate: float | None
    alternatives: tuple[Alternative, ...]
    pauses: tuple[Pause, ...] = ()


IN_FORCE = "the policy in force"


def compare_rules(
    archive: Archive, now: datetime, wishes: Iterable[tuple[str, Mapping[str, str]]]
) -> Comparison:
    """Return what would become of the archive under its policy, and with each wish granted.

    Raises :class:`UsageError` for a wish that is none, :class:`archiver.errors.BusyError`, and what
    opening the catalogue and reading the policy raise.
    """
    rules = policy_in_force(archive)[0].fixity
    named = [(IN_FORCE, rules)]
    for name, wish in wishes:
        try:
            named.append((name, changed(rules, wish)))
        except WishError as error:
            raise UsageError(
                f"{error} is nothing that can be tried",
                "Try cadence=90d, cadence.TIER=1y, budget=4h, budget=2TB, budget=none, jitter=10, "
                "blackout=mon-fri 07:00-19:00, blackout.TIER=none.",
            ) from error
    with brought_up_to_date(archive, rules, now) as catalogue:
        plan, pauses = catalogue.plan, catalogue.pauses.at(now)
        rate = measured_rate(plan.runs(RUNS))
        asked = {tier: parse_utc(since) for tier, since in plan.asked().items()}
        standing = Standing(now, zone_of(rules), rate, pauses, asked)
        found = [
            Alternative(name, project(map(history_of, plan.all()), other, standing))
            for name, other in named
        ]
    return Comparison(now, rate, tuple(found), pauses.all)
