"""Finding files by words: the full-text index says where, the tables say what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, select

from archiver.catalogue import fulltext, schema
from archiver.catalogue.query import Query
from archiver.catalogue.rows import FileRow, Place

Reading = Callable[[], AbstractContextManager[Connection]]

_FIRST_PAGE, _PAGE = 100, 2_000
_FILE = [column for column in schema.file.columns if column.name != "bag"]


def find(reading: Reading, query: Query, bag: int | None) -> Iterator[Place]:
    """Yield what answers ``query``, only from the bag with the key ``bag`` where one is given.

    Each page is a transaction of its own; the first is small, for most people read no further.
    """
    if not query.terms:
        return
    for search in fulltext.tiers(query):
        after, limit = (0, 0), _FIRST_PAGE
        while True:
            with reading() as connection:
                found = connection.execute(fulltext.places(search, bag, after, limit)).all()
                rows = _rows(connection, [(row.bag, row.number) for row in found])
            yield from rows
            if len(found) < limit:
                break
            after, limit = (found[-1].bag, found[-1].number), _PAGE


def _rows(connection: Connection, places: list[tuple[int, int]]) -> list[Place]:
    """Return the files at these places (bag key, number), in order; those there are."""
    by_bag: dict[int, list[int]] = {}
    for bag, number in places:
        by_bag.setdefault(bag, []).append(number)
    found: list[Place] = []
    for bag, numbers in by_bag.items():
        asked = (
            select(schema.bag.c.id, *_FILE)
            .join_from(schema.file, schema.bag)
            .where(schema.file.c.bag == bag, schema.file.c.number.in_(numbers))
            .order_by(schema.file.c.number)
        )
        found += map(place_of, connection.execute(asked))
    return found


def place_of(row: Iterable[Any]) -> Place:
    """Return the place in a row of a bag's identifier and a file's columns."""
    bag, *file = row
    return Place(bag, FileRow(*file))
