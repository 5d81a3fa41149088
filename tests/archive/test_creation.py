"""Making an archive, and opening what was made."""

from __future__ import annotations

import os
import shutil
import tomllib
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archiver import durable
from archiver.archive import Archive, UnknownFormatError, create_archive, creation, open_archive
from archiver.catalogue import Catalogue
from archiver.clock import fixed_clock
from archiver.durable import Lock
from archiver.errors import BusyError, EnvironmentUnusable, NoArchiveError, UsageError
from archiver.events import Agent, EventLog

CLOCK = fixed_clock(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
POLICY = b"# the policy\n"
AGENT = Agent("audio-archiver", "1", "ann")


def make(place: Path) -> Archive:
    return create_archive(place, POLICY, CLOCK, agent=AGENT)


def picture(root: Path) -> dict[str, bytes | None]:
    """Everything in a folder, by path."""
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else None
        for path in root.rglob("*")
    }


def test_a_new_archive_has_everything_in_its_place(tmp_path: Path) -> None:
    archive = make(tmp_path / "archive")
    assert sorted(os.listdir(archive.root)) == [
        ".lock",
        ".quarantine",
        ".staging",
        "README.txt",
        "archive.toml",
        "bags",
        "catalogue.sqlite",
        "log",
        "policy.toml",
    ]
    declared = tomllib.loads((archive.root / "archive.toml").read_text())
    assert declared == {
        "format": "audio-archiver/archive",
        "version": 1,
        "id": archive.identity,
        "created": "2026-01-02T03:04:05Z",
        "catalogue": "catalogue.sqlite",
    }
    assert uuid.UUID(archive.identity).version == 4
    assert archive.policy_path.read_bytes() == POLICY
    assert b"sha512sum -c manifest-sha512.txt" in (archive.root / "README.txt").read_bytes()


def test_what_was_made_is_opened_as_the_same(tmp_path: Path) -> None:
    made = make(tmp_path / "archive")
    assert open_archive(tmp_path / "archive") == made
    assert open_archive(str(tmp_path / "archive")).format_version == 1


def test_its_first_event_is_in_log_and_catalogue(tmp_path: Path) -> None:
    archive = make(tmp_path / "archive")
    (event,) = EventLog(archive.log, CLOCK).read()
    assert (event.type, event.outcome, event.bag, event.agent) == ("init", "created", None, AGENT)
    assert event.detail == {"archive": archive.identity, "archive_version": 1}
    with Catalogue.open(archive.catalogue_url) as catalogue:
        assert [row.digest for row in catalogue.events()] == [event.digest]


@pytest.mark.parametrize(
    "name", ["plain", "with blank", "ä%20?#&\n", "'; DROP TABLE bag; --", "日本", "file:x?mode=ro"]
)
def test_an_archive_may_lie_anywhere(name: str, tmp_path: Path) -> None:
    archive = make(tmp_path / name)
    assert archive.catalogue_path.is_file()
    with Catalogue.open(archive.catalogue_url) as catalogue:
        assert catalogue.totals().bags == 0
    assert os.listdir(tmp_path) == [name]


def test_an_archive_may_lie_in_a_folder_whose_name_is_not_utf_8(tmp_path: Path) -> None:
    archive = make(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe")))
    with Catalogue.open(archive.catalogue_url) as catalogue:
        assert catalogue.totals().bags == 0


def test_missing_folders_above_are_made(tmp_path: Path) -> None:
    assert make(tmp_path / "a" / "b" / "c").root == tmp_path / "a" / "b" / "c"


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    assert make(tmp_path).root == tmp_path


def test_a_folder_with_anything_in_it_is_refused_and_not_touched(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear reader")
    with pytest.raises(UsageError, match="not empty"):
        make(tmp_path)
    assert os.listdir(tmp_path) == ["letter.txt"]


def test_an_archive_is_not_made_over_an_archive(tmp_path: Path) -> None:
    make(tmp_path)
    before = picture(tmp_path)
    with pytest.raises(UsageError, match="an archive already") as caught:
        make(tmp_path)
    assert "archiver status" in caught.value.advice
    assert picture(tmp_path) == before


def test_a_file_is_no_place_for_an_archive(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="not a folder"):
        make(tmp_path / "file")


def test_where_it_cannot_be_written_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(creation, "replace_file", full)
    with pytest.raises(EnvironmentUnusable, match="No space left"):
        make(tmp_path / "archive")
    with pytest.raises(NoArchiveError, match="cut off"):
        open_archive(tmp_path / "archive")


def test_while_another_run_makes_it_one_does_not(tmp_path: Path) -> None:
    with Lock(tmp_path / ".lock", "init", CLOCK()), pytest.raises(BusyError):
        make(tmp_path)


class Killed(BaseException):
    """Stands for the process dying."""


def _dying_before(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the durable step number ``step`` the one before which the process dies."""
    done = 0
    names = ("write_new_file", "replace_file", "sync_folder", "put_in_place", "append_durably")

    def mortal(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            nonlocal done
            done += 1
            if done > step:
                raise Killed
            return real(*args, **more)

        return call

    from archiver.catalogue import sqlite
    from archiver.events import head, log

    for module in (creation, log, head, sqlite):
        for name in names:
            if hasattr(module, name):
                monkeypatch.setattr(module, name, mortal(getattr(durable, name)))


def test_a_making_cut_off_at_any_durable_step_is_no_archive_and_is_finished_by_the_next(
    tmp_path: Path,
) -> None:
    wanted = make(tmp_path / "undisturbed").root
    for step in range(100):
        place = tmp_path / f"cut-{step}"
        with pytest.MonkeyPatch.context() as patch:
            _dying_before(step, patch)
            try:
                make(place)
            except Killed:
                pass
            else:
                break
        if place.exists():
            with pytest.raises(NoArchiveError):
                open_archive(place)
        archive = make(place)
        assert sorted(picture(place)) == sorted(picture(wanted))
        assert EventLog(archive.log, CLOCK).check() == []
        assert len(list(EventLog(archive.log, CLOCK).read())) == 1
        shutil.rmtree(place)
    assert step > 8  # it was cut off at each of them


def test_what_a_cut_off_making_began_with_is_what_it_ends_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        _dying_before(4, patch)
        with pytest.raises(Killed):
            make(tmp_path)
    begun = tomllib.loads((tmp_path / ".archive.toml.new").read_text())
    assert make(tmp_path).identity == begun["id"]


def test_a_torn_beginning_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / ".archive.toml.new").write_bytes(b'format = "audio-arch')
    assert open_archive(make(tmp_path).root)


def test_a_torn_beginning_beside_anything_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".archive.toml.new").write_bytes(b'format = "audio-arch')
    (tmp_path / "letter.txt").touch()
    with pytest.raises(UnknownFormatError):
        make(tmp_path)


def test_where_there_is_no_archive_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path, tmp_path / "missing", tmp_path / "file"):
        with pytest.raises(NoArchiveError, match="no archive") as caught:
            open_archive(place)
        assert "archiver init" in caught.value.advice


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("version = 1", "version = 2", "version 2"),
        ("version = 1", "version = true", "version True"),
        ("version = 1", "", "version None"),
        ("audio-archiver/archive", "music/box", "format"),
        ('id = "', 'id = "x', "no id"),
        ("2026-01-02T", "2026-01-02 ", "when"),
        ("catalogue.sqlite", "../catalogue.sqlite", "where the catalogue is"),
        ("catalogue.sqlite", "/etc/passwd", "where the catalogue is"),
        ('catalogue = "', 'catalogue = 7 #"', "where the catalogue is"),
        ("version = 1", "version = = 1", "TOML"),
    ],
)
def test_a_declaration_that_is_unknown_or_damaged_is_not_guessed_at(
    old: str, new: str, message: str, tmp_path: Path
) -> None:
    declaration = make(tmp_path).root / "archive.toml"
    text = declaration.read_text()
    assert old in text
    declaration.write_text(text.replace(old, new))
    with pytest.raises(UnknownFormatError, match=message) as caught:
        open_archive(tmp_path)
    assert caught.value.advice


def test_the_identity_given_is_taken(tmp_path: Path) -> None:
    identity = str(uuid.uuid4())
    assert create_archive(tmp_path, POLICY, CLOCK, identity).identity == identity


def test_two_archives_made_alike_by_one_clock_are_byte_for_byte_alike(tmp_path: Path) -> None:
    identity = str(uuid.uuid4())
    for name in ("one", "two"):
        create_archive(tmp_path / name, POLICY, CLOCK, identity, agent=AGENT)
    one, two = (picture(tmp_path / name) for name in ("one", "two"))
    for each in (one, two):
        del each[".lock"]  # names the process
    assert one == two
