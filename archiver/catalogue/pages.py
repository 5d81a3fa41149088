"""Reading rows a page at a time, and making ours of the database's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select, tuple_

from archiver.catalogue import schema
from archiver.catalogue.rows import BagRow, EventRow

_next = schema.bag.alias("next_version")
_SUPERSEDED_BY = (
    select(func.min(_next.c.id)).where(_next.c.supersedes == schema.bag.c.id).scalar_subquery()
)
STORED_OF_BAG = [column.name for column in schema.bag.columns if column.name != "key"]
BAG = [
    *(column for column in schema.bag.columns if column.name != "key"),
    _SUPERSEDED_BY.label("superseded_by"),
]
FILE = [column for column in schema.file.columns if column.name != "bag"]
HEX = ("payload_digest", "tag_manifest_digest")
_PAGE = 5_000


def paged(
    reading: Callable[[], AbstractContextManager[Connection]],
    statement: Select[Any],
    *order: ColumnElement[Any],
) -> Iterator[Row[Any]]:
    """Yield the rows in ``order`` (a unique key), a page at a time.

    Each page is a transaction of its own: a slow consumer, say a pager on a terminal, must not
    keep a writer waiting.
    """
    page = statement.order_by(*order).limit(_PAGE)
    names = [column.key for column in order]
    while True:
        with reading() as connection:
            rows = connection.execute(page).all()
        yield from rows
        if len(rows) < _PAGE:
            return
        last = [getattr(rows[-1], str(name)) for name in names]
        beyond = order[0] > last[0] if len(order) == 1 else tuple_(*order) > tuple_(*last)
        page = statement.where(beyond).order_by(*order).limit(_PAGE)


def bag_row(row: Row[Any]) -> BagRow:
    """Return a row of the table ``bag`` as ours."""
    values = dict(row._mapping)
    return BagRow(**values | {name: values[name].hex() for name in HEX})


def event_row(row: Row[Any]) -> EventRow:
    """Return a row of the table ``event`` as ours."""
    values = dict(row._mapping)
    return EventRow(**values | {"digest": values["digest"].hex()})
