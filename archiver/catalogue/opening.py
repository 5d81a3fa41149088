"""Opening a catalogue that exists, and saying in our words what the database says in its own."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DBAPIError

from archiver.catalogue import schema, sqlite
from archiver.catalogue.errors import (
    REBUILD,
    CatalogueDamagedError,
    CatalogueMissingError,
    CatalogueOutdatedError,
)
from archiver.errors import BusyError, EnvironmentUnusable


def open_engine(url: str, *, writing: bool) -> tuple[Engine, Connection]:
    """Open the existing catalogue at ``url`` and check that it is of our schema.

    Raises :class:`CatalogueMissingError`, :class:`CatalogueOutdatedError`,
    :class:`CatalogueDamagedError`, :class:`BusyError`, :class:`EnvironmentUnusable`.
    """
    path = sqlite.path_of(url)
    if not path.exists():
        raise CatalogueMissingError(f"there is no catalogue at {path}", REBUILD)
    with translated():
        try:
            return _open(path, writing=writing)
        except DBAPIError as error:
            if writing or not sqlite.needs_rollback(error):
                raise
        _roll_back(path)
        return _open(path, writing=writing)


def _open(path: Path, *, writing: bool) -> tuple[Engine, Connection]:
    engine = sqlite.engine_for(path, writing=writing)
    connection = engine.connect()
    try:
        _check_version(path, connection)
    except BaseException:
        connection.close()
        raise
    return engine, connection


def _check_version(path: Path, connection: Connection) -> None:
    statement = select(schema.meta.c.value).where(schema.meta.c.name == "schema_version")
    with connection.begin():
        version = connection.execute(statement).scalar()
    if version != str(schema.SCHEMA_VERSION):
        raise CatalogueOutdatedError(
            f"the catalogue {path} is of schema version {version!r}; this program uses version "
            f"{schema.SCHEMA_VERSION}",
            REBUILD,
        )


def _roll_back(path: Path) -> None:
    try:
        sqlite.roll_back(path)
    except sqlite3.Error as error:
        if not os.access(path, os.R_OK):
            raise EnvironmentUnusable(
                f"the catalogue {path} cannot be read by this user",
                "Check its permissions. No command but archiver rebuild makes it anew.",
            ) from error
        raise EnvironmentUnusable(
            f"a run died while writing the catalogue {path}, and it cannot be set right: {error}",
            "Run any command once as a user who may write there.",
        ) from error


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn the database's errors into ours."""
    try:
        yield
    except DBAPIError as error:
        if sqlite.is_busy(error):
            raise BusyError(
                "another run holds the catalogue", "Wait for it to end and try again."
            ) from error
        if sqlite.is_unusable_place(error):
            raise EnvironmentUnusable(
                f"the catalogue cannot be used: {error.orig}",
                "Check the space, the permissions and the medium.",
            ) from error
        raise CatalogueDamagedError(f"the catalogue is damaged: {error.orig}", REBUILD) from error
    except UnicodeDecodeError as error:  # in a value, or in the words of the database's complaint
        raise CatalogueDamagedError(f"the catalogue is damaged: {error}", REBUILD) from error
