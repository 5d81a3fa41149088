"""Sets of rules side by side, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from archiver.reverify.what_if import Alternative, Comparison
from cli.render.json_lines import Record
from cli.render.pauses import pause_fields, pause_lines
from cli.render.text import Line, Tone, size, table
from policies.what_if import Projection


def comparison_records(found: Comparison) -> Iterator[Record]:
    """Yield a JSON record for each set of rules."""
    for one in found.alternatives:
        told = one.projection
        future = told.forecast
        yield {
            "type": "plan",
            "rules": one.name,
            "as_of": f"{found.now:%Y-%m-%dT%H:%M:%SZ}",
            "rate": found.rate,
            "needed": told.needed,
            "pace": told.pace,
            "round_days": told.round_days,
            "closes": future.closes if future else None,
            "breach": future.breach.isoformat() if future and future.breach else None,
            "missing": future.missing if future else None,
            "overdue_bags": told.overdue_bags,
            "overdue_bytes": told.overdue_bytes,
            "tiers": [asdict(tier) for tier in told.tiers],
            "pauses": pause_fields(found.pauses),
        }


def comparison_lines(found: Comparison) -> Iterator[Line]:
    """Yield the sets of rules as a table, and what they ask of each tier."""
    header = (
        "rules", "needed a day", "can be read", "all read in", "closes", "broken on",
        "first check", "longest gap",
    )  # fmt: skip
    yield from table(header, [_row(one) for one in found.alternatives], "needed a day,can be read")
    if any(one.projection.pace is None for one in found.alternatives):
        yield Line("no run has been measured and no size is given: what can be read is unknown")
    yield from pause_lines(found.pauses)
    for one in found.alternatives:
        late = one.projection.overdue_bags
        if late:
            yield Line(
                f"{one.name}: {late:,} overdue at once ({size(one.projection.overdue_bytes)})",
                Tone.WARNING,
            )


def _row(one: Alternative) -> tuple[str, ...]:
    told = one.projection
    future = told.forecast
    return (
        one.name,
        size(round(told.needed)),
        "?" if told.pace is None else size(round(told.pace)),
        "?" if told.round_days is None else _days(told.round_days),
        "?" if future is None else "yes" if future.closes else "no",
        "?" if future is None else str(future.breach or "-"),
        *_intervals(told),
    )


def _intervals(told: Projection) -> tuple[str, str]:
    firsts = [tier.first_days for tier in told.tiers if tier.first_days is not None]
    longest = [tier.longest_days for tier in told.tiers if tier.longest_days is not None]
    return (_days(min(firsts)) if firsts else "-", _days(max(longest)) if longest else "-")


def _days(days: float) -> str:
    return "under a day" if days < 1 else f"{days:,.0f} days" if round(days) != 1 else "1 day"
