"""What an archive holds more than once: the same file, the same sound, the same recording.

Grouped by the database along its indexes; the groups wait in a temporary table of its own, and
neither they nor their members are ever all in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    delete,
    distinct,
    func,
    insert,
    select,
    tuple_,
)

from archiver.catalogue import schema
from archiver.catalogue.rows import Place, Twins
from archiver.catalogue.searching import Reading, place_of

_PAGE = 1_000
_file, _bag = schema.file.c, schema.bag.c
_FILE = [column for column in schema.file.columns if column.name != "bag"]


@dataclass(frozen=True, slots=True)
class Level:
    """One way of being the same.

    ``by`` is the column that files share, ``apart`` the finer one in which some of them must
    differ: what a finer level has told is not told again. ``None`` where there is none finer.
    """

    by: Column[Any]
    apart: ColumnElement[Any] | None


LEVELS = {
    "file": Level(_file.blake3, None),
    "stream": Level(_file.stream, _file.blake3),
    "pcm": Level(_file.pcm_md5, _file.stream),
    "isrc": Level(_file.isrc, func.coalesce(_file.pcm_md5, _file.stream, _file.blake3)),
}

_groups = Table(
    "twins",
    MetaData(),
    Column("rank", Integer, primary_key=True),
    Column("value", schema.OptionalDigest),
    Column("code", Text),
    Column("files", BigInteger),
    Column("bags", BigInteger),
    Column("bytes", BigInteger),
    prefixes=["TEMPORARY"],
)


def find(reading: Reading, level: str, bag: int | None) -> Iterator[Twins]:
    """Yield the groups of a level, those that take the most room first.

    Only those with a member in the bag with the key ``bag``, where one is given.
    """
    rule = LEVELS[level]
    value = _groups.c.code if level == "isrc" else _groups.c.value
    columns = (value.name, "files", "bags", "bytes")
    with reading() as connection:
        _groups.create(connection, checkfirst=True)
        connection.execute(delete(_groups))
        connection.execute(insert(_groups).from_select(columns, _grouped(rule, bag)))
    last = 0
    while True:
        with reading() as connection:
            page = connection.execute(
                select(_groups).where(_groups.c.rank > last).order_by(_groups.c.rank).limit(_PAGE)
            ).all()
        for row in page:
            shared = row.code if level == "isrc" else row.value
            yield Twins(
                by=rule.by.name,
                value=shared if level == "isrc" else shared.hex(),
                files=row.files,
                bags=row.bags,
                bytes=row.bytes,
                members=_members(reading, rule.by, shared),
            )
        if len(page) < _PAGE:
            return
        last = page[-1].rank


def _grouped(rule: Level, bag: int | None) -> Select[Any]:
    """Return the groups: first by the index alone what occurs twice, then what that comes to."""
    twice = select(rule.by).group_by(rule.by).having(func.count() > 1)
    if bag is not None:
        twice = twice.where(rule.by.in_(select(rule.by).where(_file.bag == bag)))
    twice = twice.where(rule.by.is_not(None))
    room = func.sum(_file.size) - func.max(_file.size)
    groups = (
        select(rule.by, func.count(), func.count(distinct(_file.bag)), room)
        .where(rule.by.in_(twice))
        .group_by(rule.by)
        .having(func.max(_file.size) > 0)  # that two files are empty tells nothing
        .order_by(room.desc(), rule.by)
    )
    return groups if rule.apart is None else groups.having(func.count(distinct(rule.apart)) > 1)


def _members(reading: Reading, by: Column[Any], value: object) -> Callable[[], Iterator[Place]]:
    def read() -> Iterator[Place]:
        asked = (
            select(schema.file.c.bag, _bag.id, *_FILE)
            .join_from(schema.file, schema.bag)
            .where(by == value)
            .order_by(_file.bag, _file.number)
            .limit(_PAGE)
        )
        page = asked
        while True:
            with reading() as connection:
                rows = connection.execute(page).all()
            for _, *rest in rows:
                yield place_of(rest)
            if len(rows) < _PAGE:
                return
            key, _, number, *_ = rows[-1]
            page = asked.where(tuple_(_file.bag, _file.number) > tuple_(key, number))

    return read


def same_payloads(connection: Connection) -> list[list[str]]:
    """Return the identifiers of bags whose payloads are the same, group by group."""
    twice = select(_bag.payload_digest).group_by(_bag.payload_digest).having(func.count() > 1)
    asked = (
        select(_bag.payload_digest, _bag.id)
        .where(_bag.payload_digest.in_(twice), _bag.payload_files > 0)
        .order_by(_bag.payload_digest, _bag.key)
    )
    groups: dict[bytes, list[str]] = {}
    for digest, name in connection.execute(asked):
        groups.setdefault(digest, []).append(name)
    return list(groups.values())
