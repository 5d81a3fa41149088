"""A catalogue that is missing, of another version, damaged or busy is said to be just that."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from archiver.archive import sqlite_url
from archiver.catalogue import (
    Catalogue,
    CatalogueDamagedError,
    CatalogueMissingError,
    CatalogueOutdatedError,
    sqlite,
)
from archiver.errors import BusyError, EnvironmentUnusable
from tests.catalogue.test_catalogue import FILES, ROW, told


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """The file of a catalogue with one bag."""
    with Catalogue.create(sqlite_url(tmp_path / "c.sqlite"), "identity") as made:
        made.record_bag(ROW, FILES, told(1, "seal", "b1"))
    return tmp_path / "c.sqlite"


def alter(place: Path, statement: str, *values: object) -> None:
    """Change the catalogue behind our back."""
    with sqlite3.connect(place) as connection:
        connection.execute(statement, values)
    connection.close()


def test_a_missing_catalogue_is_not_made_by_looking_for_it(tmp_path: Path) -> None:
    for writing in (False, True):
        with pytest.raises(CatalogueMissingError) as caught:
            Catalogue.open(sqlite_url(tmp_path / "c.sqlite"), writing=writing)
        assert "archiver rebuild" in caught.value.advice
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("version", ["0", "1", "2", "99", "", "3.0"])
def test_a_catalogue_of_another_version_is_not_guessed_at(version: str, place: Path) -> None:
    alter(place, "UPDATE meta SET value = ? WHERE name = 'schema_version'", version)
    for writing in (False, True):
        with pytest.raises(CatalogueOutdatedError) as caught:
            Catalogue.open(sqlite_url(place), writing=writing)
        assert "archiver rebuild" in caught.value.advice


@pytest.mark.parametrize("content", [b"", b"no database at all, but long enough to look at" * 50])
def test_a_file_that_is_no_catalogue_is_called_damaged(content: bytes, place: Path) -> None:
    place.write_bytes(content)
    with pytest.raises(CatalogueDamagedError) as caught:
        Catalogue.open(sqlite_url(place))
    assert "archiver rebuild" in caught.value.advice


@pytest.mark.parametrize("value", [1000, 10**12, "text", None, 1.5])
def test_a_digest_that_is_no_bytes_is_damage(value: object, place: Path) -> None:
    with sqlite3.connect(place) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '') WHERE type = 'table'"
        )
    connection.close()
    alter(place, "UPDATE file SET blake3 = ? WHERE path = 'data/A'", value)
    with (
        Catalogue.open(sqlite_url(place)) as catalogue,
        pytest.raises(CatalogueDamagedError, match="digest"),
    ):
        list(catalogue.files("b1"))


def test_text_that_is_not_utf_8_is_damage(place: Path) -> None:
    alter(place, "UPDATE bag SET basis = CAST(x'ff' AS TEXT)")
    with Catalogue.open(sqlite_url(place)) as catalogue, pytest.raises(CatalogueDamagedError):
        list(catalogue.bags())


def test_a_reader_cannot_write(place: Path) -> None:
    with Catalogue.open(sqlite_url(place)) as catalogue, pytest.raises(EnvironmentUnusable):
        catalogue.index_event(told(2, "verify", "b1"))


def test_a_catalogue_held_by_another_writer_is_busy(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_BUSY_SECONDS", 0.0)
    holder = sqlite3.connect(place, isolation_level=None)
    with Catalogue.open(sqlite_url(place), writing=True) as catalogue:
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError):
            catalogue.index_event(told(2, "verify", "b1"))
        holder.execute("ROLLBACK")
        catalogue.index_event(told(2, "verify", "b1"))
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(BusyError):
        Catalogue.open(sqlite_url(place), writing=True)
    holder.close()


def test_every_commit_is_made_with_the_settings_that_survive_a_power_cut(place: Path) -> None:
    with Catalogue.open(sqlite_url(place), writing=True) as catalogue:
        asked = {
            name: catalogue._connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "mmap_size")
        }
    assert asked == {"journal_mode": "delete", "synchronous": 3, "foreign_keys": 1, "mmap_size": 0}


DYING = """
import os, signal, sys
from archiver.catalogue import Catalogue, FileRow
from tests.catalogue.test_catalogue import ROW
from dataclasses import replace
def files():
    for n in range(50_000):
        yield FileRow(n, f"data/{n:09d}" + "x" * 900, n, n, os.urandom(32), None)
    os.kill(os.getpid(), signal.SIGKILL)
Catalogue.open(sys.argv[1], writing=True).record_bag(replace(ROW, id="b2"), files())
"""


def test_what_a_killed_writer_began_is_undone_by_the_next_reader(place: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DYING, sqlite_url(place)],
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.returncode == -signal.SIGKILL
    assert place.with_name("c.sqlite-journal").stat().st_size > 0, "the writer died too early"
    with Catalogue.open(sqlite_url(place)) as catalogue:
        assert list(catalogue.bag_ids()) == ["b1"]
        assert list(catalogue.files("b1")) == FILES
        assert catalogue.self_check() == []


def test_a_new_catalogue_is_not_spoilt_by_the_journal_of_the_old_one(place: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", DYING, sqlite_url(place)],
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    aside = place.with_name(".c.sqlite.new")
    with Catalogue.create(sqlite_url(aside), "identity", scratch=True) as made:
        made.record_bag(ROW, FILES[:1])
    Catalogue.swap_in(sqlite_url(aside), sqlite_url(place))
    assert sorted(os.listdir(place.parent)) == ["c.sqlite"]
    with Catalogue.open(sqlite_url(place)) as catalogue:
        assert list(catalogue.files("b1")) == FILES[:1]
        assert catalogue.self_check() == []


def test_a_catalogue_is_not_made_over_another(place: Path) -> None:
    with pytest.raises(FileExistsError):
        Catalogue.create(sqlite_url(place), "identity")


@pytest.mark.parametrize("url", ["postgresql://x/y", "sqlite://", "sqlite:///:memory:", "c.sqlite"])
def test_only_files_of_sqlite_are_known_so_far(url: str) -> None:
    with pytest.raises(ValueError, match="SQLite"):
        Catalogue.open(url)


def test_a_plain_url_names_the_same_file(place: Path) -> None:
    with Catalogue.open(f"sqlite:///{place}") as catalogue:
        assert list(catalogue.bag_ids()) == ["b1"]


def test_making_rows_needs_no_database_library() -> None:
    code = (
        "import sys, archiver.archive, archiver.events, archiver.catalogue as c; c.file_rows_from; "
    )
    code += "sys.exit('sqlalchemy' in sys.modules)"
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    assert subprocess.run([sys.executable, "-c", code], check=False, env=env).returncode == 0
