"""Everything that is true of SQLite only: connections, pragmas, its files, its self-check.

The settings are those that kept every acknowledged commit in power-cut trials: a rollback
journal (``DELETE``) with ``synchronous=EXTRA``. No WAL: SQLite before 3.51.3 can corrupt a WAL
database when two connections write and checkpoint at once, and WAL does not work on network
file systems. No memory mapping: an I/O error would kill the process.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from archiver.durable import put_in_place, sync_file, sync_folder

_BUSY_SECONDS = 30.0
_CACHE_KIB = 32 << 10  # the index over digests is filled at random places
_SIDE_FILES = ("-journal", "-wal", "-shm")
# What an opened-for-reading database says when a dead writer left a journal to roll back.
_NEEDS_ROLLBACK = {sqlite3.SQLITE_READONLY_ROLLBACK, sqlite3.SQLITE_CANTOPEN}


def path_of(url: str) -> Path:
    """Return the file that a SQLite URL names. Raises ``ValueError`` for any other URL.

    ``sqlite:///file:PATH?uri=true`` may hold any path, percent-encoded; ``sqlite:///PATH`` one
    without question marks, as it is.
    """
    # By hand: SQLAlchemy 2.1 undoes the escapes of a URL's path as UTF-8, 2.0 leaves them.
    place, _, _ = url.partition("?")
    scheme, found, path = place.partition(":///")
    if not found or scheme.partition("+")[0] != "sqlite" or path in ("", ":memory:"):
        raise ValueError(f"not the URL of a SQLite file: {url}")
    if path.startswith("file:"):
        path = os.fsdecode(unquote_to_bytes(path.removeprefix("file:")))
    return Path(path)


def engine_for(path: Path, *, writing: bool, scratch: bool = False) -> Engine:
    """Return an engine on the existing or, when ``writing``, new file ``path``.

    ``scratch`` gives up durability for speed: for a file that is synced as a whole when it is
    finished, or thrown away. Transactions of a writing engine begin ``IMMEDIATE``.
    """
    mode = "rwc" if writing else "ro"
    place = f"file:{quote(os.fsencode(path))}?mode={mode}"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            place, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        for pragma in _pragmas(writing, scratch):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool)
    begin = "BEGIN IMMEDIATE" if writing else "BEGIN"

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _pragmas(writing: bool, scratch: bool) -> list[str]:
    pragmas = ["foreign_keys=ON", "mmap_size=0", f"cache_size=-{_CACHE_KIB}"]
    if writing:
        pragmas += (
            ["journal_mode=MEMORY", "synchronous=OFF"]
            if scratch
            else ["journal_mode=DELETE", "synchronous=EXTRA"]
        )
    return pragmas


def needs_rollback(error: DBAPIError) -> bool:
    """Whether reading failed only because a dead writer's journal must be rolled back first."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code in _NEEDS_ROLLBACK


def roll_back(path: Path) -> None:
    """Undo what a dead writer began. Raises ``sqlite3.Error`` where that is not possible."""
    connection = sqlite3.connect(f"file:{quote(os.fsencode(path))}?mode=rw", uri=True)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    finally:
        connection.close()


def is_busy(error: DBAPIError) -> bool:
    """Whether another connection holds the database."""
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def is_unusable_place(error: DBAPIError) -> bool:
    """Whether the machine is to blame, not the file's content: full, read-only, I/O error."""
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    return code in (
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_CANTOPEN,
    )


def self_check(connection: Connection) -> list[str]:
    """Return what SQLite itself finds wrong with its pages and indexes (not with the content)."""
    answers = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(20)")]
    counted = connection.exec_driver_sql(
        "SELECT coalesce((SELECT max(key) FROM bag), 0)"
        " <= coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'bag'), 0)"
    )
    if not counted.scalar_one():
        answers.append("the counter of bags is behind them")
    return [answer for answer in answers if answer != "ok"]


def remove(path: Path) -> None:
    """Remove the database and what belongs to it.

    The database goes first and durably: a journal without its database harms nobody, a
    database without its journal may be half a transaction.
    """
    path.unlink(missing_ok=True)
    sync_folder(path.parent)
    for suffix in _SIDE_FILES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def swap_in(aside: Path, final: Path) -> None:
    """Put the finished, closed database ``aside`` in the place of ``final``, durably.

    Nobody may be writing to either. A journal that a dead writer left beside ``final`` would
    be rolled back *into* the new file, so then the old one is removed first.
    """
    fd = os.open(aside, os.O_RDONLY | os.O_CLOEXEC)
    try:
        sync_file(fd)
    finally:
        os.close(fd)
    if any(final.with_name(final.name + suffix).exists() for suffix in _SIDE_FILES):
        remove(final)
        sync_folder(final.parent)
    put_in_place(aside, final)
