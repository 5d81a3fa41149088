"""Pauses of re-verification, as the log tells them: one for each bag, each tier, the archive."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from archiver.catalogue import schema
from archiver.catalogue.rows import PAUSE, RESUME, EventFacts, PauseRow, pause_of
from archiver.clock import parse_utc
from policies.pauses import Pause, Pauses

_PAUSED = "paused:"  # and what: the row of the table meta that holds the newest pause of it


def take_in(connection: Connection, event: EventFacts) -> None:
    """Take in a "pause", which replaces an earlier one of the same, or a "resume"."""
    if event.type not in (PAUSE, RESUME):
        return
    row = pause_of(event)
    name = _PAUSED + (f"bag:{row.bag}" if row.bag else f"tier:{row.tier}" if row.tier else "")
    connection.execute(delete(schema.meta).where(schema.meta.c.name == name))
    if event.type == PAUSE:
        value = json.dumps(row, ensure_ascii=False)
        connection.execute(insert(schema.meta).values(name=name, value=value))


class PauseRows:
    """The pauses of a catalogue that is open; those that have ended are among them."""

    def __init__(self, reading: Callable[[], AbstractContextManager[Connection]]) -> None:
        self._reading = reading

    def all(self) -> Iterator[PauseRow]:
        """Yield them, the first recorded first."""
        known = select(schema.meta.c.value).where(schema.meta.c.name.startswith(_PAUSED))
        with self._reading() as connection:
            found = [PauseRow(*json.loads(value)) for value in connection.execute(known).scalars()]
        yield from sorted(found, key=lambda row: row.seq)

    def at(self, now: datetime) -> Pauses:
        """Return the pauses in force at ``now``, as far as the catalogue has taken in the log."""
        return Pauses(map(pause_from, self.all()), now)


def pause_from(row: PauseRow) -> Pause:
    """Return what the policies are told of a pause."""
    since, until = parse_utc(row.since), parse_utc(row.until)
    return Pause(row.bag, row.tier, since, until, row.day, row.reason, row.seq, row.by)
