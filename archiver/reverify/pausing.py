"""Pausing re-verification of a bag, a tier or everything, and taking it up again: by a person.

A pause is an event of the log, so a rebuild brings it back; it ends by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from archiver.archive import Archive
from archiver.archive.policy import policy_in_force
from archiver.catalogue import Catalogue
from archiver.catalogue.plan import Plan
from archiver.catalogue.rows import PAUSE, RESUME, TierTotal
from archiver.clock import Clock, utc_text
from archiver.errors import UnknownBagError, UsageError
from archiver.events import Agent, Event, EventLog
from archiver.rebuild import catch_up
from archiver.reverify.local_time import beginning_of, zone_of
from archiver.reverify.tiers import check_tier
from policies.model import Fixity
from policies.pauses import Pauses, longest_pause


@dataclass(frozen=True, slots=True)
class Scope:
    """What a pause is about: one bag, one tier, or everything."""

    bag: str | None = None
    tier: str | None = None

    @property
    def in_words(self) -> str:
        """The scope as a person says it."""
        if self.bag:
            return f"the bag {self.bag}"
        return f"tier {self.tier}" if self.tier else "the whole archive"


def pause(
    archive: Archive, scope: Scope, until: date, reason: str, clock: Clock, agent: Agent
) -> Event:
    """Pause re-verification until the day ``until`` begins where the policy says; say why.

    A later pause of the same replaces an earlier one. Raises :class:`UsageError` for a bag or tier
    that is not known, a reason without words, an end that is past or further off than the policy
    allows; :class:`archiver.errors.BusyError`; and what appending to the log raises.
    """
    if not reason.strip():
        raise UsageError("a reason needs words", 'Say why, like "the shelf is being moved".')
    rules = policy_in_force(archive)[0].fixity
    end = beginning_of(until, zone_of(rules))
    _check_end(until, end, clock(), rules)
    check_tier(scope.tier, rules)
    detail = {
        "tier": scope.tier,
        "until": utc_text(end),
        "day": str(until),
        "reason": reason.strip(),
    }
    with (
        archive.writer_lock("pause", clock()),
        Catalogue.open(archive.catalogue_url, writing=True) as catalogue,
    ):
        catch_up(archive, catalogue)
        if scope.bag is not None and catalogue.plan.one(scope.bag) is None:
            raise UnknownBagError(scope.bag)
        log = EventLog(archive.log, clock)
        event = log.append(PAUSE, bag=scope.bag, outcome="paused", detail=detail, agent=agent)
        catch_up(archive, catalogue)
    return event


def resume(archive: Archive, scope: Scope, reason: str, clock: Clock, agent: Agent) -> Event:
    """End the pause of just this before its time; ``reason`` may be empty.

    Raises :class:`UsageError` where just this is not paused, and as :func:`pause` does.
    """
    with (
        archive.writer_lock("resume", clock()),
        Catalogue.open(archive.catalogue_url, writing=True) as catalogue,
    ):
        catch_up(archive, catalogue)
        known = catalogue.pauses.at(clock()).all
        if scope not in [Scope(one.bag, one.tier) for one in known]:
            others = ", ".join(Scope(one.bag, one.tier).in_words for one in known)
            raise UsageError(
                f"{scope.in_words} is not paused",
                f"Paused are: {others}." if others else "Nothing is paused.",
            )
        detail = {"tier": scope.tier, "reason": reason.strip()}
        log = EventLog(archive.log, clock)
        event = log.append(RESUME, bag=scope.bag, outcome="resumed", detail=detail, agent=agent)
        catch_up(archive, catalogue)
    return event


def late_and_paused(
    plan: Plan, tiers: list[TierTotal], pauses: Pauses, now: datetime
) -> tuple[int, int]:
    """Return how many of the overdue bags are paused, and their bytes."""
    held = [tier for tier in tiers if pauses.of_tier(tier.tier)]
    bags = sum(tier.overdue_bags for tier in held)
    n_bytes = sum(tier.overdue_bytes for tier in held)
    for one in pauses.bags:
        row = plan.one(str(one.bag))
        if row is None or row.due_at is None or row.due_at > utc_text(now):
            continue
        if not pauses.of_tier(str(row.tier)):
            bags, n_bytes = bags + 1, n_bytes + row.bytes
    return bags, n_bytes


def _check_end(until: date, end: datetime, now: datetime, rules: Fixity) -> None:
    if end <= now:
        raise UsageError(
            f"{until} has begun already ({rules.time_zone})",
            "Name the day on which reading begins again.",
        )
    if end - now > longest_pause(rules):
        raise UsageError(
            f"{until} is too far off: the policy lets nothing be paused for more than "
            f"{rules.longest_pause} (fixity.longest-pause)",
            "Choose a nearer day and renew the pause then: one that nobody renews is forgotten.",
        )
