"""The only place that knows what time it is. Everything else is handed a clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return the present moment in UTC, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def fixed_clock(moment: datetime) -> Clock:
    """Return a clock that has stopped at ``moment`` (for reproducible bags and tests)."""
    stopped = moment.astimezone(UTC).replace(microsecond=0)
    return lambda: stopped


def utc_text(moment: datetime) -> str:
    """Return ``moment`` as ``2026-11-22T20:00:00Z`` (ISO 8601, UTC, whole seconds)."""
    return f"{moment.astimezone(UTC).isoformat()[:19]}Z"


def parse_utc(text: str) -> datetime:
    """Read what :func:`utc_text` wrote. Raises ``ValueError`` on anything else."""
    if len(text) == 20 and text[4::3] == "--T::Z":
        return datetime.fromisoformat(text)  # ten times as fast, and there may be millions
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def utc_text_ns(nanoseconds: int) -> str:
    """Return a file time (ns since 1970) as ISO 8601 UTC with nine decimals, losing nothing.

    A time that no calendar here reaches (before year 1, after 9999) is written as seconds:
    ``@253402300800.000000000``.
    """
    seconds, fraction = divmod(nanoseconds, 1_000_000_000)
    try:
        whole = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return f"@{seconds}.{fraction:09d}"
    return f"{whole.isoformat()[:19]}.{fraction:09d}Z"


def parse_utc_ns(text: str) -> int:
    """Read what :func:`utc_text_ns` wrote. Raises ``ValueError`` on anything else."""
    whole, point, fraction = text.removesuffix("Z").partition(".")
    if not point or len(fraction) != 9 or not fraction.isascii() or not fraction.isdigit():
        raise ValueError(f"no file time: {text!a}")
    if whole.startswith("@") and not text.endswith("Z"):
        return int(whole[1:]) * 1_000_000_000 + int(fraction)
    if not text.endswith("Z"):
        raise ValueError(f"no file time: {text!a}")
    moment = datetime.fromisoformat(f"{whole}+00:00")
    return round(moment.timestamp()) * 1_000_000_000 + int(fraction)
