"""Incidents as cases: which there are, and which checks nobody has put into one yet.

Everything here is made from the log. A check that found something waits in ``unfiled`` until an
event of a case names it, so a run that dies in between leaves no finding without a case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, Select, delete, exists, func, insert, select, update

from archiver.catalogue import schema
from archiver.catalogue.rows import VERIFY, CaseRow, EventFacts, UnfiledRow

OPENED, NOTED, CLOSED = "incident-opened", "incident-noted", "incident-closed"
_PAGE = 1_000
_SOUND = "sound"
_case, _unfiled = schema.incident.c, schema.unfiled.c


def take_in(connection: Connection, event: EventFacts) -> None:
    """Take in what an event says about cases; most events say nothing."""
    if event.type == VERIFY and event.bag is not None:
        _check(connection, event, event.bag)
    elif event.type == OPENED and event.bag is not None:
        _opened(connection, event)
    elif event.type in (NOTED, CLOSED):
        _continued(connection, event)


def _check(connection: Connection, event: EventFacts, bag: str) -> None:
    """Let a check wait for its case: one that found something, or the first sound one after it."""
    state = str(event.detail.get("state", event.outcome))
    if state == _SOUND and not _in_doubt(connection, bag):
        return
    connection.execute(delete(schema.unfiled).where(_unfiled.seq == event.seq))
    row = UnfiledRow(event.seq, event.time, bag, state)
    connection.execute(insert(schema.unfiled).values(row._asdict()))


def _in_doubt(connection: Connection, bag: str) -> bool:
    """Whether the bag's case, as far as the log has come, last heard of something unsound."""
    newest = select(_unfiled.state).where(_unfiled.bag == bag).order_by(_unfiled.seq.desc())
    waiting = connection.execute(newest.limit(1)).scalar()
    if waiting is not None:
        return bool(waiting != _SOUND)
    open_and_bad = (_case.bag == bag) & _case.closed_at.is_(None) & (_case.last_state != _SOUND)
    return bool(connection.execute(select(exists().where(open_and_bad))).scalar())


def _opened(connection: Connection, event: EventFacts) -> None:
    connection.execute(delete(schema.incident).where(_case.id == event.seq))
    row = CaseRow(
        event.seq, str(event.bag), event.time, event.outcome, event.time, event.outcome,
        1, 0, None, None,
    )  # fmt: skip
    connection.execute(insert(schema.incident).values(row._asdict()))
    _file(connection, event)


def _continued(connection: Connection, event: EventFacts) -> None:
    number = event.detail.get("incident")
    if type(number) is not int:
        return
    told: dict[str, Any] = {"last_at": event.time}
    if event.type == CLOSED:
        told |= {"closed_at": event.time, "reason": str(event.detail.get("reason"))}
    elif "check" in event.detail:
        told |= {"last_state": event.outcome, "checks": _case.checks + 1}
    else:
        told |= {"notes": _case.notes + 1}
    connection.execute(update(schema.incident).where(_case.id == number).values(told))
    _file(connection, event)
    if event.type == CLOSED:  # nobody is left to be told that the bag was sound again
        done = (_unfiled.bag == event.bag) & (_unfiled.state == _SOUND)
        connection.execute(delete(schema.unfiled).where(done))


def _file(connection: Connection, event: EventFacts) -> None:
    check = event.detail.get("check")
    if type(check) is int:
        connection.execute(delete(schema.unfiled).where(_unfiled.seq == check))


class Cases:
    """The cases of a catalogue that is open."""

    def __init__(self, reading: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._reading = reading

    def all(self) -> Iterator[CaseRow]:
        """Yield all cases, the oldest first; memory stays flat."""
        return self._paged(select(*schema.incident.columns))

    def still_open(self) -> Iterator[CaseRow]:
        """Yield the cases nobody has closed, the oldest first; memory stays flat."""
        return self._paged(select(*schema.incident.columns).where(_case.closed_at.is_(None)))

    def one(self, number: int) -> CaseRow | None:
        """Return one case."""
        return next(iter(self._cases(select(*schema.incident.columns), _case.id == number)), None)

    def of_bag(self, bag: str) -> CaseRow | None:
        """Return the open case of a bag, the newest should there be several."""
        statement = select(*schema.incident.columns).order_by(_case.id.desc())
        wanted = (_case.bag == bag) & _case.closed_at.is_(None)
        return next(iter(self._cases(statement, wanted)), None)

    def unfiled(self) -> list[UnfiledRow]:
        """Return the oldest checks that wait for a case, some thousand at most."""
        statement = select(*schema.unfiled.columns).order_by(_unfiled.seq).limit(_PAGE)
        with self._reading() as connection:
            return [UnfiledRow(*row) for row in connection.execute(statement)]

    def how_many_open(self) -> int:
        """Return how many cases are open, findings that wait for one counting too."""
        cases = select(func.count()).select_from(schema.incident).where(_case.closed_at.is_(None))
        has_case = exists().where((_case.bag == _unfiled.bag) & _case.closed_at.is_(None))
        waiting = select(func.count(_unfiled.bag.distinct())).where(
            (_unfiled.state != _SOUND) & ~has_case
        )
        with self._reading() as connection:
            first, second = connection.execute(cases), connection.execute(waiting)
            return int(first.scalar_one()) + int(second.scalar_one())

    def _paged(self, statement: Select[Any]) -> Iterator[CaseRow]:
        page, last = statement.order_by(_case.id).limit(_PAGE), 0
        while rows := self._cases(page, _case.id > last):
            yield from rows
            last = rows[-1].id

    def _cases(self, statement: Select[Any], wanted: Any) -> list[CaseRow]:
        with self._reading() as connection:
            return [CaseRow(*row) for row in connection.execute(statement.where(wanted))]
