"""The newest fire drill, as a catalogue remembers it: one row of the table ``meta``."""

from __future__ import annotations

import json
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select

from archiver.catalogue import schema
from archiver.catalogue.rows import EventFacts

_NAME = "last_drill"
_PART = "partial"  # of a drill of which part was left out on purpose none is reminded


class DrillRow(NamedTuple):
    """A fire drill: number of its event, UTC text, how it ended."""

    seq: int
    time: str
    outcome: str


def note(connection: Connection, event: EventFacts) -> None:
    """Take in a "drill" event, unless it was part of one only, or a newer one is known."""
    known = last(connection)
    if event.outcome == _PART or (known is not None and known.seq > event.seq):
        return
    connection.execute(delete(schema.meta).where(schema.meta.c.name == _NAME))
    value = json.dumps([event.seq, event.time, event.outcome])
    connection.execute(insert(schema.meta).values(name=_NAME, value=value))


def last(connection: Connection) -> DrillRow | None:
    """Return the newest drill; ``None`` when there never was one."""
    found = connection.execute(select(schema.meta.c.value).where(schema.meta.c.name == _NAME))
    value = found.scalar()
    return None if value is None else DrillRow(*json.loads(value))
