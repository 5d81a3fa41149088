"""What cannot be looked at, and what changes under our eyes: reasons, never exceptions."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archiver.survey import surveyor
from archiver.survey.walk import chunks
from tests.survey.scene import run_survey

_HOUSE = Path(__file__).resolve().parents[2]
# Everything is imported before the privileges are dropped: Python itself may lie in a home.
_AS_NOBODY = """
import json, os, sys
from tests.survey.scene import run_survey
if os.geteuid() == 0:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
found = run_survey(*sys.argv[1:])
entries = {path: [entry.standing, *entry.codes] for path, entry in found.entries.items()}
print(json.dumps([found.source_codes, entries]))
"""


@pytest.fixture
def source() -> Iterator[Path]:
    """A folder that users without privileges can reach (pytest's own is closed to them)."""
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o777)
        root = Path(place) / "source"
        (root / "Album").mkdir(parents=True)
        (root / "Album" / "01.flac").write_bytes(b"sound")
        yield root


def survey_as_nobody(
    root: Path, place: Path | None = None
) -> tuple[list[str], dict[str, list[str]]]:
    """Survey ``root`` without privileges; return the source's codes, standings with codes."""
    done = subprocess.run(
        [sys.executable, "-c", _AS_NOBODY, root, (place or root.parent) / "sheet"],
        capture_output=True,
        text=True,
        check=False,
        cwd=_HOUSE,
    )
    assert done.returncode == 0, done.stderr
    source_codes, entries = json.loads(done.stdout)
    return source_codes, entries


def test_all_that_may_be_read_is_admitted_without_privileges_too(source: Path) -> None:
    assert survey_as_nobody(source) == ([], {"Album": ["recorded"], "Album/01.flac": ["in"]})


def test_a_file_that_may_not_be_read_refuses_the_source(source: Path) -> None:
    os.chmod(source / "Album/01.flac", 0o000)
    _, entries = survey_as_nobody(source)
    assert entries["Album/01.flac"] == ["refused", "unreadable-file"]


@pytest.mark.parametrize("mode", [0o000, 0o311])
def test_a_folder_that_may_not_be_listed_refuses_the_source(source: Path, mode: int) -> None:
    os.chmod(source / "Album", mode)
    (source / "seen").write_bytes(b"x")
    assert survey_as_nobody(source) == (
        [],
        {"Album": ["refused", "unreadable-folder"], "seen": ["in"]},
    )


def test_in_a_folder_that_may_not_be_searched_every_entry_is_an_offender(source: Path) -> None:
    (source / "Album/scans").mkdir()
    os.chmod(source / "Album", 0o644)
    _, entries = survey_as_nobody(source)
    assert entries["Album/01.flac"] == ["refused", "unreadable-file"]
    assert entries["Album/scans"] == ["refused", "unreadable-folder"]


@pytest.mark.parametrize("mode", [0o000, 0o311])
def test_a_source_that_may_not_be_listed_is_refused(source: Path, mode: int) -> None:
    os.chmod(source, mode)
    assert survey_as_nobody(source) == (["unreadable-folder"], {})


def test_a_source_in_a_folder_that_may_not_be_searched_is_refused(source: Path) -> None:
    os.chmod(source, 0o600)
    assert survey_as_nobody(source / "Album", source.parent) == (["unreadable-folder"], {})


def after_listing(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], None]) -> None:
    """Let something happen once, between the listing of the first folder and looking at it."""
    done: list[bool] = []

    def disturbed(fd: int) -> Iterator[list[os.DirEntry[str]]]:
        for chunk in chunks(fd):
            if not done:
                done.append(True)
                happens()
            yield chunk

    monkeypatch.setattr(surveyor, "chunks", disturbed)


def test_a_file_that_goes_away_during_the_survey_refuses_the_source(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "fleeting").write_bytes(b"x")
    after_listing(monkeypatch, (source / "fleeting").unlink)
    found = run_survey(source, source.parent / "sheet")
    assert found.codes("fleeting") == ["vanished"]
    assert found.standings["fleeting"] == "refused"
    assert found.standings["Album/01.flac"] == "in"


def test_a_folder_that_goes_away_during_the_survey_refuses_the_source(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "fleeting").mkdir()
    after_listing(monkeypatch, (source / "fleeting").rmdir)
    assert run_survey(source, source.parent / "sheet").codes("fleeting") == ["vanished"]


def listed_but_failing(monkeypatch: pytest.MonkeyPatch, folders_listed_first: int) -> None:
    """Let the medium fail after so many folders, each listed in full."""
    calls: list[int] = []

    def failing(fd: int) -> Iterator[list[os.DirEntry[str]]]:
        calls.append(fd)
        yield from chunks(fd)
        if len(calls) > folders_listed_first:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(surveyor, "chunks", failing)


def test_a_folder_whose_listing_breaks_off_refuses_the_source(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed_but_failing(monkeypatch, folders_listed_first=1)
    found = run_survey(source, source.parent / "sheet")
    (reason,) = found.entries["Album"].reasons
    assert reason.sentence == "the folder cannot be read: Input/output error"
    assert found.outcome.refused


def test_a_source_whose_listing_breaks_off_is_refused(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed_but_failing(monkeypatch, folders_listed_first=0)
    assert run_survey(source, source.parent / "sheet").source_codes == ["unreadable-folder"]


def test_a_folder_swapped_for_a_link_is_not_followed(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_bytes(b"x")
    visit = surveyor._Surveyor._visit

    def swapping(self: surveyor._Surveyor, folder: str) -> int:
        if folder == "Album":
            (source / "Album").rename(source.parent / "moved")
            (source / "Album").symlink_to(tmp_path)
        return visit(self, folder)

    monkeypatch.setattr(surveyor._Surveyor, "_visit", swapping)
    found = run_survey(source, source.parent / "sheet")
    assert found.standings == {"Album": "refused"}
    assert found.codes("Album") == ["vanished"]


def test_a_link_that_cannot_be_read_is_refused_all_the_same(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "link").symlink_to("x")

    def no_readlink(*_: object, **__: object) -> str:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "readlink", no_readlink)
    found = run_survey(source, source.parent / "sheet")
    assert found.entries["link"].reasons[0].detail == "(Input/output error)"
