"""How often a fire drill is held."""

from __future__ import annotations

from datetime import datetime, timedelta

from policies.quantities import days


def due_from(since: datetime, every: str) -> datetime | None:
    """Return when the next drill is due after one at ``since``; ``None`` where none is asked for.

    ``every`` is the policy's length of time, empty for never.
    """
    return since + timedelta(days=days(every)) if every else None
