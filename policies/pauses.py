"""Re-verification that a person has paused: for a reason, and never without an end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from policies.model import Fixity
from policies.quantities import days


class Pause(NamedTuple):
    """One pause: of one bag, of a tier, or of the whole archive where both are ``None``.

    It holds from ``since`` until just before ``until``, which is the beginning of ``day`` where the
    policy says, and then ends by itself. ``seq`` is the number of the event that recorded it,
    ``by`` the person or account.
    """

    bag: str | None
    tier: str | None
    since: datetime
    until: datetime
    day: str
    reason: str
    seq: int
    by: str


class Pauses:
    """The pauses in force at a moment."""

    def __init__(self, known: Iterable[Pause], now: datetime) -> None:
        self.all = tuple(
            sorted((one for one in known if one.since <= now < one.until), key=lambda one: one.seq)
        )
        self._whole = next((one for one in self.all if not (one.bag or one.tier)), None)
        self._tiers = {one.tier: one for one in self.all if one.tier}
        self._bags = {one.bag: one for one in self.all if one.bag}

    def of_tier(self, tier: str) -> Pause | None:
        """Return the pause that ends last of those that hold for all of a tier."""
        return _last(self._whole, self._tiers.get(tier))

    def of_bag(self, bag: str, tier: str) -> Pause | None:
        """Return the pause that ends last of those that hold for a bag."""
        return _last(self.of_tier(tier), self._bags.get(bag))

    @property
    def bags(self) -> tuple[Pause, ...]:
        """The pauses of single bags."""
        return tuple(self._bags.values())


def longest_pause(fixity: Fixity) -> timedelta:
    """Return how long a pause may be: one that nobody has to renew is forgotten."""
    return timedelta(days=days(fixity.longest_pause))


def _last(*pauses: Pause | None) -> Pause | None:
    return max((one for one in pauses if one), key=lambda one: one.until, default=None)
