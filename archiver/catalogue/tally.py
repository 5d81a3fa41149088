"""Running totals of the schedule, so that no question about all bags has to count them.

For each tier, day from which a check is worth its while, and day by which it is due: how many bags,
files and bytes, and how many of the bags are failing. What nobody has looked up yet is in the cell
whose tier and days are empty. Every change of the schedule changes the totals in the same
transaction, and :func:`differences` counts again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Text,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    update,
)

from archiver.catalogue import schema

_table, _row = schema.tally.c, schema.schedule.c
_KEY = ("tier", "open_day", "due_day")
_SUMS = ("bags", "files", "bytes", "failing")


class Cell(NamedTuple):
    """Where a bag counts: tier, and two days as text; all empty while nobody has looked them up."""

    tier: str
    open_day: str
    due_day: str


class Sums(NamedTuple):
    """What is counted."""

    bags: int
    files: int
    bytes: int
    failing: int


_NOTHING = Sums(0, 0, 0, 0)


def _counted(*wanted: ColumnElement[bool]) -> Any:
    """Return the question what the rows of the schedule come to, cell by cell."""
    key = (
        func.coalesce(_row.tier, ""),
        func.coalesce(func.substr(_row.open_at, 1, 10), ""),
        func.coalesce(func.substr(_row.due_at, 1, 10), ""),
    )
    sums = (func.count(), func.sum(_row.files), func.sum(_row.bytes), func.sum(_row.failing))
    return select(*key, *sums).where(*wanted).group_by(*key)


@contextlib.contextmanager
def kept(connection: Connection, *rows: ColumnElement[bool]) -> Iterator[None]:
    """Keep the totals right while rows of the schedule are changed, added or taken away.

    ``rows`` are the conditions that the rows fulfil before and after; they should be few.
    """
    before = _cells(connection, *rows)
    yield
    changes = _cells(connection, *rows)
    for cell, old in before.items():
        new = changes.pop(cell, _NOTHING)
        changes[cell] = Sums(*(now - was for now, was in zip(new, old, strict=True)))
    _add(connection, {cell: change for cell, change in changes.items() if change != _NOTHING})


def recount(connection: Connection) -> None:
    """Count all rows of the schedule: after a change of so many that it is no dearer."""
    connection.execute(delete(schema.tally))
    connection.execute(insert(schema.tally).from_select([*_KEY, *_SUMS], _counted()))


def differences(connection: Connection) -> Iterator[tuple[Cell, Sums | None, Sums | None]]:
    """Yield the cells that are not what the rows come to: what they do, and what is kept."""
    expected = _cells(connection)
    kept_here = connection.execute(select(*(_table[name] for name in (*_KEY, *_SUMS))))
    found = {_cell_of(row): _sums_of(row) for row in kept_here}
    for cell in sorted({*expected, *found}):
        if expected.get(cell) != found.get(cell):
            yield cell, expected.get(cell), found.get(cell)


def _cells(connection: Connection, *rows: ColumnElement[bool]) -> dict[Cell, Sums]:
    answer = connection.execute(_counted(*rows))
    return {_cell_of(row): _sums_of(row) for row in answer}


def _cell_of(row: Sequence[Any]) -> Cell:
    return Cell(*row[:3])


def _sums_of(row: Sequence[Any]) -> Sums:
    return Sums(*map(int, row[3:]))


def _add(connection: Connection, changes: dict[Cell, Sums]) -> None:
    """Add to the cells; one that is not there yet is made, one that comes to nothing goes."""
    if not changes:
        return
    here = and_(*(_table[name] == bindparam(f"at_{name}", type_=Text) for name in _KEY))
    new = select(
        *(bindparam(f"at_{name}", type_=Text).label(name) for name in _KEY),
        *(literal_column("0").label(name) for name in _SUMS),
    ).where(~select(schema.tally).where(here).exists())
    added = {_table[name]: _table[name] + bindparam(f"by_{name}") for name in _SUMS}
    cells = [{f"at_{name}": value for name, value in cell._asdict().items()} for cell in changes]
    values = [
        place | {f"by_{name}": value for name, value in change._asdict().items()}
        for place, change in zip(cells, changes.values(), strict=True)
    ]
    connection.execute(insert(schema.tally).from_select([*_KEY, *_SUMS], new), cells)
    connection.execute(update(schema.tally).where(here).values(added), values)
    connection.execute(delete(schema.tally).where(here, _table.bags == 0), cells)
