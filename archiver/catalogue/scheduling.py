"""Keeping the schedule: what the log says of when each bag was checked, and of runs.

What rests on the log is written as events come in; what rests on the policy besides is left open
until somebody who knows the policy fills it in, and is left open again when either changes.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, ScalarSelect, delete, insert, select, update

from archiver.catalogue import schema, tally
from archiver.catalogue.rows import BagRow, EventFacts, check_of, run_of

OPEN: dict[str, Any] = {"tier": None, "open_at": None, "due_at": None}
ASKED = "due_now:"
"""And a tier, or nothing for all: the row of the table ``meta`` that says since when."""

_table = schema.schedule.c


def enter(connection: Connection, key: int, row: BagRow) -> None:
    """Enter a bag that was just sealed; its sealing read every byte back."""
    times = {"checked_at": row.sealed_at, "deep_at": row.sealed_at, "failing": 0}
    size = {"files": row.payload_files, "bytes": row.payload_bytes}
    with tally.kept(connection, _table.bag == key):
        connection.execute(insert(schema.schedule).values(bag=key, **size, **times, **OPEN))


def strike_out(connection: Connection, key: int) -> None:
    """Take a bag out."""
    here = _table.bag == key
    with tally.kept(connection, here):
        connection.execute(delete(schema.schedule).where(here))


def note_check(connection: Connection, event: EventFacts) -> None:
    """Take in what a "verify" event says of its bag."""
    if told := check_of(event):
        here = _table.bag == _key_of(event.bag)
        with tally.kept(connection, here):
            connection.execute(update(schema.schedule).where(here).values(**told, **OPEN))


def _key_of(bag_id: str | None) -> ScalarSelect[int]:
    return select(schema.bag.c.key).where(schema.bag.c.id == bag_id).scalar_subquery()


def note_run(connection: Connection, event: EventFacts) -> None:
    """Take in a "reverify" event: a run that ended."""
    connection.execute(delete(schema.run).where(schema.run.c.seq == event.seq))
    connection.execute(insert(schema.run).values(run_of(event)._asdict()))


def note_asking(connection: Connection, event: EventFacts) -> None:
    """Take in a "due-now" event: all of a tier, or of the archive, is wanted."""
    remember(connection, ASKED + str(event.detail.get("tier") or ""), event.time)
    leave_open(connection)


def leave_open(connection: Connection) -> None:
    """Leave open what the policy says of every bag."""
    connection.execute(update(schema.schedule).values(**OPEN))
    tally.recount(connection)


def known(connection: Connection, name: str) -> str | None:
    """Return a value of the table ``meta``."""
    statement = select(schema.meta.c.value).where(schema.meta.c.name == name)
    return connection.execute(statement).scalar()


def remember(connection: Connection, name: str, value: str) -> None:
    """Keep a value in the table ``meta``."""
    connection.execute(delete(schema.meta).where(schema.meta.c.name == name))
    connection.execute(insert(schema.meta).values(name=name, value=value))
