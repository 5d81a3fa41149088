"""The days and hours a policy means: those of its own time zone, whatever the machine's is."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from archiver.errors import UsageError
from policies.model import Fixity


def zone_of(fixity: Fixity) -> tzinfo:
    """Return the policy's time zone. Raises :class:`UsageError` where it is not known here."""
    try:
        return ZoneInfo(fixity.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UsageError(
            f"the policy's time zone {fixity.time_zone!r} is not known on this machine",
            "See fixity.time-zone; names are like Europe/Zurich or UTC.",
        ) from None


def beginning_of(day: date, zone: tzinfo) -> datetime:
    """Return the moment at which a day begins there."""
    return datetime(day.year, day.month, day.day, tzinfo=zone)
