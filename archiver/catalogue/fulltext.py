"""The full-text index in SQLite (FTS5). No other module knows how it is done.

It is contentless: it holds which words stand where, not the texts; those are in the bags. A
row's number is the bag's key and the file's number in one. Nothing is ever taken out: a bag's
key is not used again, so what was indexed under an old one leads nowhere.

Another database has to offer the same functions: :func:`create`, :func:`add`, :func:`tiers`,
:func:`places`, :func:`terms`, :func:`postings`. (In PostgreSQL: a ``tsvector`` with weights
beside bag and number, a GIN index, ``to_tsquery``.)
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Select, column, select, table, text

from archiver.catalogue.errors import REBUILD, CatalogueDamagedError
from archiver.catalogue.query import FIELDS, Query, Term
from archiver.catalogue.rows import FileRow, Words

_COLUMNS = (*FIELDS, "tags")
_TELLING = "{title creator album isrc name}"
_SHIFT, _MASK = 32, (1 << 32) - 1
_NO_WORDS = Words()
_PAYLOAD = "data/"
_INSERT = f"INSERT INTO search (rowid, {', '.join(_COLUMNS)}) VALUES (?{', ?' * len(_COLUMNS)})"
# columnsize=0: sizes would serve a ranking by rarity, which reads every mention of every word.
_CREATE = (
    f"CREATE VIRTUAL TABLE search USING fts5({', '.join(_COLUMNS)}, content='', columnsize=0, "
    "tokenize=\"unicode61 remove_diacritics 2\")"
)  # fmt: skip
_search = table("search", column("rowid"))
_terms = table("search_terms", column("term"))
_POSTINGS = "SELECT doc, col, offset FROM search_postings WHERE term = ?"


def create(connection: Connection) -> None:
    """Make the index, empty."""
    connection.exec_driver_sql(_CREATE)


def add(connection: Connection, bag: int, files: Sequence[FileRow]) -> None:
    """Take in files of the bag with the key ``bag``, in order of their numbers."""
    connection.exec_driver_sql(_INSERT, [_values(bag, file) for file in files])


def _values(bag: int, file: FileRow) -> tuple[object, ...]:
    """Return the texts of a file; what is no recording is found by its name only."""
    words = file.words or _NO_WORDS
    creators = words.makers or file.creator
    return (
        bag << _SHIFT | file.number,
        file.title,
        creators,
        file.album,
        words.isrcs or file.isrc,
        file.path.removeprefix(_PAYLOAD),
        file.media_format,
        words.tags,
    )


def tiers(query: Query) -> list[str]:
    """Return searches that together find all that ``query`` asks for, the likeliest first.

    First what has all words in its title, then in title, creator, album, code or name together,
    then the rest. No place is found by two of them.
    """
    bound = [_term(term) for term in query.terms if term.field is not None]
    free = [_term(term) for term in query.terms if term.field is None]
    if not free:
        return [" AND ".join(bound)]
    words = "(" + " AND ".join(free) + ")"
    ways = [f"title : {words}", f"{_TELLING} : {words}", f"- format : {words}"]
    found = []
    for number, way in enumerate(ways):
        wanted = " AND ".join([f"({way})", *bound])
        found.append(f"({wanted}) NOT ({ways[number - 1]})" if number else wanted)
    return found


def _term(term: Term) -> str:
    """Return a term as FTS5 reads it: a string in quotation marks, whatever it holds."""
    quoted = '"' + term.text.replace('"', '""') + '"' + (" *" if term.prefix else "")
    if term.isrc:
        return f'({quoted} OR isrc : "{term.isrc}")'
    return f"({term.field} : {quoted})" if term.field else quoted


def places(
    search: str, bag: int | None, after: tuple[int, int], limit: int
) -> Select[tuple[int, int]]:
    """Return the question for ``bag`` (key) and ``number`` of what one of the searches finds.

    In that order, beyond ``after``, at most ``limit``; only in the bag with the key ``bag``.
    """
    row = _search.c.rowid
    asked = select(
        row.bitwise_rshift(_SHIFT).label("bag"), row.bitwise_and(_MASK).label("number")
    ).where(text("search MATCH :search").bindparams(search=search))
    asked = asked.where(row > (after[0] << _SHIFT | after[1]))
    if bag is not None:
        asked = asked.where(row.between(bag << _SHIFT, bag << _SHIFT | _MASK))
    return asked.order_by(row).limit(limit)


def open_vocabulary(connection: Connection) -> None:
    """Make what :func:`terms` and :func:`postings` read; it lasts as long as the connection."""
    for name, kind in (("search_terms", "row"), ("search_postings", "instance")):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS temp.{name}")
        connection.exec_driver_sql(
            f"CREATE VIRTUAL TABLE temp.{name} USING fts5vocab(main, search, {kind})"
        )


def terms(connection: Connection, after: str, limit: int) -> list[str]:
    """Return the indexed words that come after ``after`` in the order of their bytes."""
    asked = select(_terms.c.term).where(_terms.c.term > after).limit(limit)
    return [str(row.term) for row in connection.execute(asked)]


def postings(connection: Connection, term: str) -> Iterator[tuple[int, int, str, int]]:
    """Yield bag key, number, column and place of each mention of a word, found as a search would.

    In this order; drawn lazily. Asked once for every word there is, so the driver is asked
    directly: what SQLAlchemy adds to a statement costs ten times as much as the answer.
    """
    driver = connection.connection.cursor()
    try:
        driver.execute(_POSTINGS, (term,))
        while row := driver.fetchone():
            doc, col, place = row
            yield doc >> _SHIFT, doc & _MASK, col, place
    except sqlite3.DatabaseError as error:
        raise CatalogueDamagedError(f"the full-text index is damaged: {error}", REBUILD) from error
    finally:
        driver.close()
