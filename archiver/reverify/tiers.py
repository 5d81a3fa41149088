"""The storage tiers that a command may name."""

from __future__ import annotations

from archiver.errors import UsageError
from policies.model import Fixity
from policies.tiers import DEFAULT_TIER


def check_tier(tier: str | None, fixity: Fixity) -> None:
    """Raise :class:`UsageError` for a tier that the policy does not know."""
    if tier is not None and tier not in {DEFAULT_TIER, *fixity.tiers, *fixity.cadence}:
        raise UsageError(f"the policy knows no tier {tier!r}", "See [fixity.tiers] in policy.toml.")
