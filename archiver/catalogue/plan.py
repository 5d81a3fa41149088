"""Asking the schedule what to check next, and filling in what the policy says of it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    func,
    select,
    tuple_,
    update,
)

from archiver.catalogue import schema, standing, tally
from archiver.catalogue.opening import translated
from archiver.catalogue.rows import CheckRow, RunRow, TierTotal
from archiver.catalogue.scheduling import ASKED, OPEN, known, leave_open, remember

_PAGE = 2_000
_PORTION = 10_000  # dates filled in by one transaction
_RULES = "schedule_rules"  # the row of the table meta that names the rules last filled in by
_TURN = "schedule_turn"  # the row of the table meta that says up to which bag dates were tried

_table, _cell = schema.schedule.c, schema.tally.c
_COLUMNS = (
    schema.bag.c.key, schema.bag.c.id, schema.bag.c.sealed_at, _table.checked_at, _table.deep_at,
    _table.failing, _table.files, _table.bytes, _table.tier, _table.open_at, _table.due_at,
)  # fmt: skip
_ROWS = select(*_COLUMNS).join_from(schema.schedule, schema.bag, _table.bag == schema.bag.c.key)


class Filled(NamedTuple):
    """What a policy says of one bag; times are UTC text."""

    key: int
    tier: str
    open_at: str
    due_at: str


class Plan:
    """The schedule of a catalogue that is open."""

    def __init__(
        self, connection: Connection, reading: Callable[[], AbstractContextManager[Connection]]
    ) -> None:
        self._connection, self._reading = connection, reading

    # What the policy says: filled in by whoever knows it.

    def forget_unless(self, rules: str) -> None:
        """Leave everything open again that was filled in by other rules than ``rules``."""
        with translated(), self._connection.begin():
            if known(self._connection, _RULES) != rules:
                leave_open(self._connection)
                remember(self._connection, _RULES, rules)

    def next_in_turn(self, many: int) -> list[CheckRow]:
        """Return the next ``many`` bags, so that whoever asks often enough comes round to all."""
        in_order = _ROWS.order_by(_table.bag).limit(many)
        with translated(), self._connection.begin():
            last = int(known(self._connection, _TURN) or 0)
            rows = self._rows(self._connection, in_order.where(_table.bag > last))
            from_start = in_order.where(_table.bag <= last).limit(many - len(rows))
            rows += self._rows(self._connection, from_start)
            if rows:
                remember(self._connection, _TURN, str(rows[-1].key))
        return rows

    def asked(self) -> dict[str, str]:
        """Return since when all of a tier is wanted, UTC text; "" stands for every tier."""
        rows = select(schema.meta.c.name, schema.meta.c.value)
        with self._reading() as connection:
            found = connection.execute(rows.where(schema.meta.c.name.startswith(ASKED)))
            return {name.removeprefix(ASKED): value for name, value in found}

    def left_open(self) -> Iterator[list[CheckRow]]:
        """Yield the bags whose due date is to be looked up, some thousand at a time.

        Each portion is to be filled in before the next is drawn.
        """
        statement = _ROWS.where(_table.due_at.is_(None)).limit(_PORTION)
        while page := self._page(statement):
            yield page

    def checked_after(self, moment: str) -> Iterator[list[CheckRow]]:
        """Yield the bags whose last check is of later than ``moment``, some thousand at a time."""
        # Both values, so that the index on failing and time serves.
        statement = _ROWS.where(_table.failing.in_((0, 1)), _table.checked_at > moment)
        statement, last = statement.order_by(_table.bag).limit(_PORTION), 0
        while page := self._page(statement.where(_table.bag > last)):
            yield page
            last = page[-1].key

    def fill_in(self, rows: Iterable[Filled]) -> None:
        """Enter what the policy says of some thousand bags at most."""
        change = (
            update(schema.schedule)
            .where(_table.bag == bindparam("b"))
            .values(tier=bindparam("t"), open_at=bindparam("o"), due_at=bindparam("d"))
        )
        values = [{"b": row.key, "t": row.tier, "o": row.open_at, "d": row.due_at} for row in rows]
        if values:
            keys = [value["b"] for value in values]
            with (
                translated(),
                self._connection.begin(),
                tally.kept(self._connection, _table.bag.in_(keys)),
            ):
                self._connection.execute(change, values)

    # Asking; memory stays flat.

    def waiting(self, now: str, tier: str | None = None) -> Iterator[CheckRow]:
        """Yield the bags that are worth a check at ``now``, the first due first."""
        of_tier = [_cell.tier == tier] if tier else []
        last = select(func.max(_cell.due_day)).where(_cell.open_day <= now[:10], *of_tier)
        with self._reading() as connection:
            day = connection.execute(last).scalar()
        if day:
            # Nothing beyond that day is open yet: a bound for the index, which is in due order.
            wanted = [_table.due_at <= f"{day}T23:59:59Z", _table.open_at <= now]
            yield from self._ordered(_table.due_at, [*wanted, *_on(tier)])

    def failing(self, before: str, tier: str | None = None) -> Iterator[CheckRow]:
        """Yield the failing bags last checked before ``before``, the longest unchecked first."""
        wanted = [_table.failing == 1, _table.checked_at < before]
        return self._ordered(_table.checked_at, [*wanted, *_on(tier)])

    def all(self, tier: str | None = None) -> Iterator[CheckRow]:
        """Yield all bags, the first due first."""
        return self._ordered(_table.due_at, _on(tier))

    def in_order(self, tier: str | None = None) -> Iterator[CheckRow]:
        """Yield all bags, the first due first, in the order of this moment.

        Whatever is checked meanwhile; only their numbers are kept, eight bytes for each.
        """
        asked = select(_table.bag).where(*_on(tier)).order_by(_table.due_at, _table.bag)
        with self._reading() as connection:
            keys = array("q", connection.execute(asked).scalars())
        for first in range(0, len(keys), _PAGE):
            page = keys[first : first + _PAGE].tolist()
            found = {row.key: row for row in self._page(_ROWS.where(_table.bag.in_(page)))}
            yield from (found[key] for key in page if key in found)

    def one(self, bag_id: str) -> CheckRow | None:
        """Return the row of one bag."""
        return next(iter(self._page(_ROWS.where(schema.bag.c.id == bag_id))), None)

    def of_log(self, bag_id: str) -> CheckRow | None:
        """Return what the log alone says of one bag: no number of ours, nothing of the policy."""
        row = self.one(bag_id)
        return row and row._replace(key=0, **OPEN)

    def demands(self) -> list[standing.Demand]:
        """Return what is due day by day: a few rows for each day of the longest period."""
        with self._reading() as connection:
            return standing.demands(connection)

    def totals(self, now: str) -> list[TierTotal]:
        """Return what each tier holds, and how much of it is overdue at ``now``.

        What was not looked up yet is of the tier ``""``, and neither promised nor overdue.
        """
        with self._reading() as connection:
            return standing.totals(connection, now)

    def tally_differences(self) -> list[tuple[tally.Cell, tally.Sums | None, tally.Sums | None]]:
        """Count again; return the totals that are not what the bags come to, and what they do."""
        with self._reading() as connection:
            return list(tally.differences(connection))

    def runs(self, most: int) -> list[RunRow]:
        """Return the newest runs, the newest first."""
        return self._runs(select(*schema.run.columns).order_by(schema.run.c.seq.desc()).limit(most))

    def all_runs(self) -> Iterator[RunRow]:
        """Yield all runs, the oldest first."""
        statement, last = select(*schema.run.columns).order_by(schema.run.c.seq), 0
        while page := self._runs(statement.where(schema.run.c.seq > last).limit(_PAGE)):
            yield from page
            last = page[-1].seq

    def _runs(self, statement: Any) -> list[RunRow]:
        with self._reading() as connection:
            return [RunRow(*row) for row in connection.execute(statement)]

    def _ordered(
        self, order: ColumnElement[Any], wanted: list[ColumnElement[bool]]
    ) -> Iterator[CheckRow]:
        """Yield rows page by page, each page a transaction: a check takes hours."""
        place = list(CheckRow._fields).index(str(order.key))
        statement = _ROWS.where(*wanted).order_by(order, _table.bag).limit(_PAGE)
        page = self._page(statement)
        while page:
            yield from page
            last = page[-1]
            beyond = tuple_(order, _table.bag) > tuple_(last[place], last.key)
            page = self._page(statement.where(beyond))

    def _page(self, statement: Any) -> list[CheckRow]:
        with self._reading() as connection:
            return self._rows(connection, statement)

    @staticmethod
    def _rows(connection: Connection, statement: Any) -> list[CheckRow]:
        return [CheckRow(*row) for row in connection.execute(statement)]


def _on(tier: str | None) -> list[ColumnElement[bool]]:
    return [_table.tier == tier] if tier else []
