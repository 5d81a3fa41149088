"""The catalogue: writing and asking. SQL that every database understands."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    exists,
    func,
    insert,
    select,
)

from archiver.catalogue import (
    cases,
    drills,
    fulltext,
    pages,
    pauses,
    plan,
    schema,
    searching,
    sqlite,
    taking_in,
    twins,
)
from archiver.catalogue.errors import REBUILD, CatalogueDamagedError
from archiver.catalogue.opening import open_engine, translated
from archiver.catalogue.query import Query
from archiver.catalogue.rows import (
    BagRow,
    EventFacts,
    EventRow,
    FileRow,
    Place,
    Totals,
    Twins,
)
from archiver.catalogue.vocabulary import Vocabulary
from archiver.closing import Closing


class Catalogue(Closing):
    """An index over the archive's bags and events.

    One object has one connection and belongs to one thread. Every method raises
    :class:`archiver.catalogue.CatalogueDamagedError` when the file holds what it cannot hold,
    :class:`archiver.errors.BusyError` when another connection holds it too long, and
    :class:`archiver.errors.EnvironmentUnusable` when the machine will not let us.
    """

    def __init__(self, engine: Engine, connection: Connection) -> None:
        self._engine = engine
        self._connection = connection

    @classmethod
    def create(cls, url: str, archive_id: str, *, scratch: bool = False) -> Catalogue:
        """Make a new, empty catalogue for the archive ``archive_id`` and open it for writing.

        Raises ``FileExistsError`` when there is one. ``scratch`` gives up durability for speed.
        """
        path = sqlite.path_of(url)
        if path.exists():
            raise FileExistsError(f"there is a catalogue already: {path}")
        engine = sqlite.engine_for(path, writing=True, scratch=scratch)
        with translated():
            connection = engine.connect()
            with connection.begin():
                schema.create_all(connection)
                fulltext.create(connection)
                values = {"schema_version": str(schema.SCHEMA_VERSION), "archive": archive_id}
                rows = [{"name": name, "value": value} for name, value in values.items()]
                connection.execute(insert(schema.meta), rows)
        return cls(engine, connection)

    @classmethod
    def open(cls, url: str, *, writing: bool = False) -> Catalogue:
        """Open the catalogue, for reading only unless ``writing``.

        Raises :class:`archiver.catalogue.CatalogueMissingError`,
        :class:`archiver.catalogue.CatalogueOutdatedError` and what every method raises.
        """
        engine, connection = open_engine(url, writing=writing)
        return cls(engine, connection)

    @staticmethod
    def discard(url: str) -> None:
        """Remove the catalogue at ``url``, if there is one. Raises ``OSError``."""
        sqlite.remove(sqlite.path_of(url))

    @staticmethod
    def swap_in(aside: str, url: str) -> None:
        """Put the finished, closed catalogue ``aside`` in the place of ``url``, durably.

        Readers see the old one or the new one. Nobody else may be writing. Raises ``OSError``.
        """
        sqlite.swap_in(sqlite.path_of(aside), sqlite.path_of(url))

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()
        self._engine.dispose()

    # -- writing -----------------------------------------------------------------------------

    def record_bag(
        self, row: BagRow, files: Iterable[FileRow], event: EventFacts | None = None
    ) -> None:
        """Take a bag, its files and, where given, the event that sealed it, into the catalogue.

        All in one transaction, so the catalogue never holds half a bag. ``files`` is taken as
        it comes; memory stays flat. What the catalogue held under the same id is replaced.
        """
        with translated(), self._connection.begin():
            taking_in.bag(self._connection, row, files, event)

    def index_event(self, event: EventFacts) -> None:
        """Take an event in and, if it tells of a bag's soundness, note that with the bag.

        An event that is there already is replaced.
        """
        with translated(), self._connection.begin():
            taking_in.event(self._connection, event)

    # -- asking ------------------------------------------------------------------------------

    def bags(self) -> Iterator[BagRow]:
        """Yield all bags in the order they were sealed, then by id."""
        statement = select(*pages.BAG)
        for row in pages.paged(self._reading, statement, schema.bag.c.sealed_at, schema.bag.c.id):
            yield pages.bag_row(row)

    def bag_ids(self) -> Iterator[str]:
        """Yield the identifiers of all bags in code-point order."""
        for row in pages.paged(self._reading, select(schema.bag.c.id), schema.bag.c.id):
            yield row.id

    def ids_beginning(self, text: str, limit: int) -> list[str]:
        """Return the first ``limit`` identifiers that begin with ``text``, in code-point order."""
        name = schema.bag.c.id
        found = select(name).where(name >= text, name < f"{text}\U0010ffff")
        with self._reading() as connection:
            return list(connection.execute(found.order_by(name).limit(limit)).scalars())

    def bag(self, bag_id: str) -> BagRow | None:
        """Return a bag's row."""
        return next(self._bags_where(schema.bag.c.id == bag_id), None)

    def files(self, bag_id: str) -> Iterator[FileRow]:
        """Yield a bag's files by path in code-point order; memory stays flat."""
        key = self._key(bag_id)
        if key is None:
            return
        statement = select(*pages.FILE).where(schema.file.c.bag == key)
        for row in pages.paged(self._reading, statement, schema.file.c.number):
            yield FileRow._make((*row, None))

    def find_by_payload(self, payload_digest: str) -> list[BagRow]:
        """Return the bags whose payload has this digest (hex): same files, same bytes."""
        digest = bytes.fromhex(payload_digest)
        return list(self._bags_where(schema.bag.c.payload_digest == digest))

    def find_by_oxum(self, files: int, n_bytes: int) -> list[BagRow]:
        """Return the bags with that many files and bytes: the candidates for being the same."""
        bag = schema.bag.c
        return list(self._bags_where((bag.payload_files == files) & (bag.payload_bytes == n_bytes)))

    def find_words(self, query: Query) -> Iterator[Place]:
        """Yield the files that answer ``query``, the likeliest first; drawn a page at a time.

        First those with all words in their title, then in title, creator, album, code or path,
        then the rest; each in the order the bags were sealed, and by path.
        """
        key = self._key(query.bag) if query.bag is not None else None
        if query.bag is None or key is not None:
            yield from searching.find(self._reading, query, key)

    def twins(self, level: str, bag_id: str | None = None) -> Iterator[Twins]:
        """Yield what the archive holds more than once at ``level``, the dearest first.

        The levels are those of :mod:`archiver.catalogue.twins`. Only what is in the bag named,
        too, if one is. A group's members are to be drawn before the next group.
        """
        key = self._key(bag_id) if bag_id is not None else None
        if bag_id is None or key is not None:
            yield from twins.find(self._reading, level, key)

    def same_payloads(self) -> Iterator[list[str]]:
        """Yield the identifiers of bags that hold the same payload, group by group."""
        with self._reading() as connection:
            groups = twins.same_payloads(connection)
        yield from groups

    def events(self, bag_id: str | None = None) -> Iterator[EventRow]:
        """Yield all events, or those of one bag, oldest first."""
        statement = select(*schema.event.columns)
        if bag_id is not None:
            statement = statement.where(schema.event.c.bag == bag_id)
        for row in pages.paged(self._reading, statement, schema.event.c.seq):
            yield pages.event_row(row)

    def last_event(self) -> EventRow | None:
        """Return the newest event taken in."""
        newest = select(*schema.event.columns).order_by(schema.event.c.seq.desc()).limit(1)
        with self._reading() as connection:
            row = connection.execute(newest).first()
            return pages.event_row(row) if row else None

    def totals(self) -> Totals:
        """Return what the bags add up to, from the running totals."""
        cell, verified = schema.tally.c, schema.bag.c.last_verified_at
        sums = select(*(func.sum(each) for each in (cell.bags, cell.files, cell.bytes)))
        never = select(func.count()).select_from(schema.bag).where(verified.is_(None))
        with self._reading() as connection:
            bags, files, n_bytes = (int(each or 0) for each in connection.execute(sums).one())
            unverified = connection.execute(never).scalar_one()
            oldest = connection.execute(select(func.min(verified))).scalar()
        return Totals(bags, files, n_bytes, unverified, oldest)

    @property
    def plan(self) -> plan.Plan:
        """When each bag was checked and is due; see :mod:`archiver.catalogue.plan`."""
        return plan.Plan(self._connection, self._reading)

    @property
    def cases(self) -> cases.Cases:
        """What was found and is not settled; see :mod:`archiver.catalogue.cases`."""
        return cases.Cases(self._reading)

    @property
    def pauses(self) -> pauses.PauseRows:
        """What a person has paused; see :mod:`archiver.catalogue.pauses`."""
        return pauses.PauseRows(self._reading)

    def last_drill(self) -> drills.DrillRow | None:
        """Return the newest fire drill; ``None`` when there never was one."""
        with self._reading() as connection:
            return drills.last(connection)

    def count_orphans(self) -> int:
        """Return how many files belong to no bag; in a sound catalogue none."""
        belongs = exists().where(schema.bag.c.key == schema.file.c.bag)
        return int(self._first(select(func.count()).select_from(schema.file).where(~belongs)))

    def meta(self) -> dict[str, str]:
        """Return the table ``meta``."""
        with self._reading() as connection:
            rows = connection.execute(select(schema.meta.c.name, schema.meta.c.value)).all()
            return {row.name: row.value for row in rows}

    def indexed(self) -> Vocabulary:
        """Return the full-text index, word by word, for comparing it with another."""
        return Vocabulary(self._reading)

    def self_check(self) -> list[str]:
        """Return what the database itself finds wrong with its file."""
        with self._reading() as connection:
            return sqlite.self_check(connection)

    def _bags_where(self, condition: ColumnElement[bool]) -> Iterator[BagRow]:
        with self._reading() as connection:
            rows = connection.execute(select(*pages.BAG).where(condition).order_by(schema.bag.c.id))
            found = [pages.bag_row(row) for row in rows]
        yield from found

    def _key(self, bag_id: str) -> int | None:
        key: int | None = self._first(select(schema.bag.c.key).where(schema.bag.c.id == bag_id))
        return key

    def _first(self, statement: Select[Any]) -> Any:
        with self._reading() as connection:
            return connection.execute(statement).scalar()

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with translated(), self._connection.begin():
                yield self._connection
        except ValueError as error:  # a value of a kind that was never stored there
            raise CatalogueDamagedError(f"the catalogue is damaged: {error}", REBUILD) from error
