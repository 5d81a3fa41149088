"""How re-verification stands and what is due, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.catalogue.rows import CheckRow
from archiver.reverify.outlook import Outlook
from cli.render.json_lines import Record
from cli.render.pauses import pause_fields, pause_lines
from cli.render.text import Line, Tone, count, duration, share, size, table

_NEVER = "9999"


def due_records(row: CheckRow) -> Iterator[Record]:
    """Yield the JSON record of one bag that is due."""
    yield {"type": "due", **bag_fields(row)}


def due_lines(row: CheckRow) -> Iterator[Line]:
    """Yield one bag that is due."""
    failing = ", failing" if row.failing else ""
    what = f"{row.id}: {size(row.bytes)}, due {day_of(row.due_at)}"
    yield Line(f"{what}, last checked {row.checked_at[:10]}{failing}")


def outlook_record(found: Outlook) -> Record:
    """Return the JSON record of how things stand."""
    told = found.forecast
    return {
        "type": "outlook",
        "state": found.state.value,
        "as_of": f"{found.now:%Y-%m-%dT%H:%M:%SZ}",
        "overdue_bags": found.overdue_bags,
        "overdue_files": found.overdue_files,
        "overdue_bytes": found.overdue_bytes,
        "overdue_hours": found.overdue_hours,
        "within_policy": found.within_policy,
        "rate": found.rate,
        "pace": found.pace,
        "needed": told.needed if told else None,
        "closes": told.closes if told else None,
        "breach": told.breach.isoformat() if told and told.breach else None,
        "pauses": pause_fields(found.pauses),
        "paused_bags": found.paused_bags,
        "paused_bytes": found.paused_bytes,
        "tiers": [tier._asdict() for tier in found.tiers],
        "last_run": found.last_run._asdict() if found.last_run else None,
    }


def outlook_lines(found: Outlook) -> Iterator[Line]:
    """Yield how things stand, and what will become of them."""
    if not found.promised:
        yield Line("the policy promises no cadence, so nothing is ever due", Tone.WARNING)
        yield Line("  Give it one in [fixity.cadence]; `archiver policy show library` has some.")
        return
    header = ("tier", "bags", "size", "longest unchecked", "overdue", "failing")
    rows = [
        (
            tier.tier,
            f"{tier.bags:,}",
            size(tier.bytes),
            tier.oldest_checked_at[:10],
            f"{tier.overdue_bags:,} ({size(tier.overdue_bytes)})" if tier.overdue_bags else "-",
            f"{tier.failing:,}" if tier.failing else "-",
        )
        for tier in found.tiers
    ]
    yield from table(header, rows, "bags,size")
    if found.within_policy is not None:
        yield Line(f"within policy: {share(found.within_policy)} of the bags{_debt(found)}")
    yield from pause_lines(found.pauses)
    if found.paused_bags:
        bags = count(found.paused_bags, "overdue bag is", "overdue bags are")
        yield Line(f"  {bags} paused, and late all the same", Tone.WARNING)
    yield from _forecast_lines(found)


def _debt(found: Outlook) -> str:
    """Say what reading the overdue comes to."""
    if not found.overdue_bags:
        return ""
    what = f"{count(found.overdue_files, 'file')}, {size(found.overdue_bytes)}"
    hours = found.overdue_hours
    return f"; overdue: {what}" + (f", {duration(hours * 3600)} of reading" if hours else "")


def _forecast_lines(found: Outlook) -> Iterator[Line]:
    told, rate = found.forecast, found.rate
    if told is None:
        yield Line("no run has been measured yet, so there is no forecast")
        return
    pace = f"{size(round(told.pace))} a night"
    if rate is not None:
        pace += f" (measured: {size(round(rate))}/s)"
    yield Line(f"the cadence needs {size(round(told.needed))} a day; {pace} can be read")
    if told.breach is not None:
        late = size(told.missing)
        yield Line(f"it will be broken on {told.breach}: {late} will be unread by then", Tone.BAD)
    elif not told.closes:
        yield Line("it cannot be kept in the long run", Tone.BAD)
    elif not found.overdue_bags:
        yield Line("it is being kept", Tone.GOOD)


def bag_fields(row: CheckRow) -> dict[str, object]:
    """Return what a record says of a bag in the schedule."""
    return {
        "bag": row.id,
        "tier": row.tier,
        "bytes": row.bytes,
        "checked_at": row.checked_at,
        "due_at": row.due_at,
        "failing": bool(row.failing),
    }


def day_of(moment: str | None) -> str:
    """Return the day of a moment, or "never"."""
    return "never" if moment is None or moment.startswith(_NEVER) else moment[:10]
