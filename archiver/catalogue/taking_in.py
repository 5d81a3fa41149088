"""Taking a bag or an event into the catalogue, within a transaction that the caller began."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.sql.compiler import SQLCompiler

from archiver.catalogue import cases, drills, fulltext, pages, pauses, scheduling, schema
from archiver.catalogue.rows import (
    DRILL,
    DUE_NOW,
    REVERIFY,
    SEAL,
    VERIFY,
    BagRow,
    EventFacts,
    EventRow,
    FileRow,
    verdict_of,
)

_BATCH = 5_000
_STORED = ("bag", *(column.name for column in pages.FILE))


def bag(
    connection: Connection, row: BagRow, files: Iterable[FileRow], sealing: EventFacts | None
) -> None:
    """Take in a bag, its files as they come and, where given, the event that sealed it.

    What there was under the same id is replaced.
    """
    _forget(connection, row.id)
    values = {name: getattr(row, name) for name in pages.STORED_OF_BAG}
    values |= {name: bytes.fromhex(values[name]) for name in pages.HEX}
    inserted = connection.execute(insert(schema.bag).values(values))
    assert inserted.inserted_primary_key is not None
    (key,) = inserted.inserted_primary_key
    remaining, insertion = iter(files), _insertion_of_files(connection)
    while batch := list(islice(remaining, _BATCH)):
        rows = [(key, *file[:-1]) for file in batch]  # its words are for the index alone
        connection.exec_driver_sql(insertion, rows)
        fulltext.add(connection, key, batch)
    scheduling.enter(connection, key, row)
    if sealing is not None:
        event(connection, sealing)


def event(connection: Connection, fact: EventFacts) -> None:
    """Take in an event and, if it tells of a bag's soundness, note that with the bag.

    An event that is there already is replaced.
    """
    known = schema.event.c
    connection.execute(delete(schema.event).where(known.seq == fact.seq))
    values = {name: getattr(fact, name) for name in EventRow.__slots__}
    values["digest"] = bytes.fromhex(fact.digest)
    connection.execute(insert(schema.event).values(values))
    if fact.type == REVERIFY:
        scheduling.note_run(connection, fact)
    if fact.type == DUE_NOW:
        scheduling.note_asking(connection, fact)
    if fact.type == DRILL:
        drills.note(connection, fact)
    cases.take_in(connection, fact)
    pauses.take_in(connection, fact)
    verdict = verdict_of(fact)
    if verdict is None:
        return
    if fact.type == VERIFY:
        scheduling.note_check(connection, fact)
    newest = select(func.max(known.seq)).where(
        known.bag == fact.bag, known.type.in_((SEAL, VERIFY))
    )
    if connection.execute(newest).scalar_one() == fact.seq:
        change = update(schema.bag).where(schema.bag.c.id == fact.bag)
        told = {"last_verified_at": fact.time, "last_verdict": verdict}
        connection.execute(change.values(told))


def _insertion_of_files(connection: Connection) -> str:
    """Return the statement that inserts a file, for rows of values in :data:`_STORED`'s order.

    Compiled once and given to the driver: what SQLAlchemy does for each row costs three times
    what the database does for it.
    """
    compiled = insert(schema.file).compile(connection, column_keys=list(_STORED))
    assert isinstance(compiled, SQLCompiler)
    assert compiled.positiontup == list(_STORED)
    return str(compiled)


def _forget(connection: Connection, bag_id: str) -> None:
    known = select(schema.bag.c.key).where(schema.bag.c.id == bag_id)
    key = connection.execute(known).scalar()
    if key is None:
        return
    connection.execute(delete(schema.file).where(schema.file.c.bag == key))
    scheduling.strike_out(connection, key)
    connection.execute(delete(schema.bag).where(schema.bag.c.key == key))
