"""How the schedule stands as a whole, out of its running totals: no bag is counted for it."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from archiver.catalogue import schema
from archiver.catalogue.rows import NEVER, TierTotal

_row, _cell = schema.schedule.c, schema.tally.c


class Demand(NamedTuple):
    """What is due on one day, of what may be read from another day on: days as text, bytes."""

    tier: str
    open_day: str
    due_day: str
    bags: int
    bytes: int


def demands(connection: Connection) -> list[Demand]:
    """Return what is due day by day: a few rows for each day of the longest period."""
    columns = (_cell.tier, _cell.open_day, _cell.due_day, _cell.bags, _cell.bytes)
    found = connection.execute(select(*columns).where(_cell.due_day != ""))
    return [Demand(*row) for row in found]


def totals(connection: Connection, now: str) -> list[TierTotal]:
    """Return what each tier holds, and how much of it is overdue at ``now``.

    Whole days are in the totals; of today only what fell due since midnight is added up.
    """
    today, sums = now[:10], [_cell.bags, _cell.files, _cell.bytes]
    looked_up = _cell.due_day != ""
    promised = looked_up & (_cell.due_day < NEVER[:10])
    past = looked_up & (_cell.due_day < today)
    statement = (
        select(
            _cell.tier,
            *map(func.sum, sums),
            func.sum(_cell.bags).filter(promised),
            *(func.sum(each).filter(past) for each in sums),
            func.sum(_cell.failing),
        )
        .group_by(_cell.tier)
        .order_by(_cell.tier)
    )
    since_midnight = (
        select(_row.tier, func.count(), func.sum(_row.files), func.sum(_row.bytes))
        .where(_row.due_at >= today, _row.due_at <= now)
        .group_by(_row.tier)
    )
    late = {row[0]: row[1:] for row in connection.execute(since_midnight)}
    return [
        _total(row, late.get(row[0], (0, 0, 0)), _oldest(connection, row[0]))
        for row in connection.execute(statement).all()
    ]


def _total(row: Any, late: Any, oldest: str) -> TierTotal:
    tier, bags, files, n_bytes, promised, *past, failing = row
    overdue = [int(before or 0) + int(more) for before, more in zip(past, late, strict=True)]
    held = [int(bags), int(files), int(n_bytes), int(promised or 0)]
    return TierTotal._make([tier, *held, *overdue, int(failing), oldest])


def _oldest(connection: Connection, tier: str) -> str:
    on_tier = _row.tier == tier if tier else _row.tier.is_(None)
    found = connection.execute(select(func.min(_row.checked_at)).where(on_tier)).scalar()
    return str(found or "")
