"""Which storage tier a bag is on, and how often its policy wants it checked."""

from __future__ import annotations

from datetime import timedelta
from fnmatch import fnmatchcase

from policies.cadence import Cadence
from policies.model import Fixity
from policies.quantities import days

DEFAULT_TIER = "default"


def tier_of(bag_id: str, fixity: Fixity) -> str:
    """Return the first tier one of whose patterns fits the bag's identifier."""
    for tier, patterns in fixity.tiers.items():
        if any(fnmatchcase(bag_id, pattern) for pattern in patterns):
            return tier
    return DEFAULT_TIER


def cadence_of(tier: str, fixity: Fixity) -> Cadence | None:
    """Return how often bags of the tier are checked; ``None`` where the policy promises nothing."""
    period = fixity.cadence.get(tier) or fixity.cadence.get(DEFAULT_TIER)
    if period is None:
        return None
    waits = tuple(sorted(timedelta(days=days(wait)) for wait in fixity.after_sealing))
    return Cadence(timedelta(days=days(period)), waits, fixity.jitter / 100)
