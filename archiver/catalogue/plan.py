"""The schedule: when each bag was last checked, and when the policy wants it checked again.

What rests on the log is written as events come in; what rests on the policy besides is left open
until somebody who knows the policy fills it in, and is left open again when either changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    delete,
    func,
    insert,
    select,
    tuple_,
    update,
)

from archiver.catalogue import schema
from archiver.catalogue.opening import translated
from archiver.catalogue.rows import BagRow, CheckRow, EventFacts, RunRow, check_of, run_of

_PAGE = 2_000
_OPEN: dict[str, Any] = {"tier": None, "open_at": None, "due_at": None}
_ASKED = "due_now:"  # and a tier, or nothing for all: the row of meta that says since when
_RULES = "schedule_rules"  # the row of the table meta that names the rules last filled in by

_table = schema.schedule.c
_COLUMNS = (
    schema.bag.c.key, schema.bag.c.id, schema.bag.c.sealed_at, _table.checked_at, _table.deep_at,
    _table.failing, _table.bytes, _table.tier, _table.open_at, _table.due_at,
)  # fmt: skip
_ROWS = select(*_COLUMNS).join_from(schema.schedule, schema.bag, _table.bag == schema.bag.c.key)


class Filled(NamedTuple):
    """What a policy says of one bag; times are UTC text."""

    key: int
    tier: str
    open_at: str
    due_at: str


class Demand(NamedTuple):
    """What is due on one day, of what may be read from another day on: days as text, bytes."""

    tier: str
    open_day: str
    due_day: str
    bags: int
    bytes: int


class TierTotal(NamedTuple):
    """What a tier holds: bags, bytes, and of those what is overdue and what is failing."""

    tier: str
    bags: int
    bytes: int
    overdue_bags: int
    overdue_bytes: int
    failing: int
    oldest_checked_at: str


def enter(connection: Connection, key: int, row: BagRow) -> None:
    """Enter a bag that was just sealed; its sealing read every byte back."""
    values = {"checked_at": row.sealed_at, "deep_at": row.sealed_at, "failing": 0}
    statement = insert(schema.schedule).values(bag=key, bytes=row.payload_bytes, **values, **_OPEN)
    connection.execute(statement)


def note_check(connection: Connection, event: EventFacts) -> None:
    """Take in what a "verify" event says of its bag."""
    if told := check_of(event):
        key = select(schema.bag.c.key).where(schema.bag.c.id == event.bag).scalar_subquery()
        change = update(schema.schedule).where(_table.bag == key)
        connection.execute(change.values(**told, **_OPEN))


def note_run(connection: Connection, event: EventFacts) -> None:
    """Take in a "reverify" event: a run that ended."""
    connection.execute(delete(schema.run).where(schema.run.c.seq == event.seq))
    connection.execute(insert(schema.run).values(run_of(event)._asdict()))


def note_asking(connection: Connection, event: EventFacts) -> None:
    """Take in a "due-now" event: all of a tier, or of the archive, is wanted."""
    name = _ASKED + str(event.detail.get("tier") or "")
    known = schema.meta.c.name == name
    connection.execute(delete(schema.meta).where(known))
    connection.execute(insert(schema.meta).values(name=name, value=event.time))
    connection.execute(update(schema.schedule).values(**_OPEN))


class Plan:
    """The schedule of a catalogue that is open."""

    def __init__(
        self, connection: Connection, reading: Callable[[], AbstractContextManager[Connection]]
    ) -> None:
        self._connection, self._reading = connection, reading

    # What the policy says: filled in by whoever knows it.

    def forget_unless(self, rules: str, *, afresh: bool = False) -> None:
        """Leave everything open again that was filled in by other rules than ``rules``.

        ``afresh`` leaves it open in any case.
        """
        known = select(schema.meta.c.value).where(schema.meta.c.name == _RULES)
        with translated(), self._connection.begin():
            if self._connection.execute(known).scalar() == rules and not afresh:
                return
            self._connection.execute(update(schema.schedule).values(**_OPEN))
            self._connection.execute(delete(schema.meta).where(schema.meta.c.name == _RULES))
            self._connection.execute(insert(schema.meta).values(name=_RULES, value=rules))

    def asked(self) -> dict[str, str]:
        """Return since when all of a tier is wanted, UTC text; "" stands for every tier."""
        rows = select(schema.meta.c.name, schema.meta.c.value)
        with self._reading() as connection:
            found = connection.execute(rows.where(schema.meta.c.name.startswith(_ASKED)))
            return {name.removeprefix(_ASKED): value for name, value in found}

    def left_open(self) -> Iterator[list[CheckRow]]:
        """Yield the bags whose due date is to be looked up, some thousand at a time.

        Each portion is to be filled in before the next is drawn.
        """
        statement = _ROWS.where(_table.due_at.is_(None)).limit(_PAGE)
        while page := self._page(statement):
            yield page

    def fill_in(self, rows: Iterable[Filled]) -> None:
        """Enter what the policy says."""
        change = (
            update(schema.schedule)
            .where(_table.bag == bindparam("b"))
            .values(tier=bindparam("t"), open_at=bindparam("o"), due_at=bindparam("d"))
        )
        values = [{"b": row.key, "t": row.tier, "o": row.open_at, "d": row.due_at} for row in rows]
        if values:
            with translated(), self._connection.begin():
                self._connection.execute(change, values)

    # Asking; memory stays flat.

    def waiting(self, now: str, tier: str | None = None) -> Iterator[CheckRow]:
        """Yield the bags that are worth a check at ``now``, the first due first."""
        wanted = [_table.open_at <= now, *([_table.tier == tier] if tier else [])]
        return self._ordered(_table.due_at, wanted)

    def failing(self, before: str, tier: str | None = None) -> Iterator[CheckRow]:
        """Yield the failing bags last checked before ``before``, the longest unchecked first."""
        wanted = [_table.failing == 1, _table.checked_at < before]
        return self._ordered(_table.checked_at, [*wanted, *([_table.tier == tier] if tier else [])])

    def all(self, tier: str | None = None) -> Iterator[CheckRow]:
        """Yield all bags, the first due first."""
        return self._ordered(_table.due_at, [_table.tier == tier] if tier else [])

    def one(self, bag_id: str) -> CheckRow | None:
        """Return the row of one bag."""
        return next(iter(self._page(_ROWS.where(schema.bag.c.id == bag_id))), None)

    def of_log(self, bag_id: str) -> CheckRow | None:
        """Return what the log alone says of one bag: no number of ours, nothing of the policy."""
        row = self.one(bag_id)
        return row and row._replace(key=0, **_OPEN)

    def demands(self) -> list[Demand]:
        """Return what is due day by day: a few rows for each day of the longest period."""
        days = (func.substr(_table.open_at, 1, 10), func.substr(_table.due_at, 1, 10))
        statement = (
            select(_table.tier, *days, func.count(), func.sum(_table.bytes))
            .where(_table.due_at.is_not(None))
            .group_by(_table.tier, *days)
        )
        with self._reading() as connection:
            return [Demand(*row) for row in connection.execute(statement)]

    def totals(self, now: str) -> list[TierTotal]:
        """Return what each tier holds, and how much of it is overdue at ``now``."""
        overdue = _table.due_at <= now
        statement = (
            select(
                _table.tier,
                func.count(),
                func.sum(_table.bytes),
                func.count().filter(overdue),
                func.coalesce(func.sum(_table.bytes).filter(overdue), 0),
                func.sum(_table.failing),
                func.min(_table.checked_at),
            )
            .group_by(_table.tier)
            .order_by(_table.tier)
        )
        with self._reading() as connection:
            return [TierTotal(*row) for row in connection.execute(statement)]

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
            return [CheckRow(*row) for row in connection.execute(statement)]
