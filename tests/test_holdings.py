"""What the archive holds is answered from the catalogue, and from nothing else."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from archiver.archive import Archive
from archiver.catalogue import CatalogueMissingError, Totals
from archiver.errors import UsageError
from archiver.holdings import list_bags, show_bag, status
from tests.catalogue.hand_made import AGENT, SIZES, log_of, new_archive, note, rows_of, seal


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Two bags, the second verified later."""
    made = new_archive(tmp_path / "archive")
    seal(made, "second", {"x.wav": 9}, hours=1)
    seal(made, "first", hours=2)
    note(made, "verify", "second", "valid", hours=3)
    return made


def test_bags_are_listed_in_the_order_they_came_in(archive: Archive) -> None:
    assert [row.id for row in list_bags(archive)] == ["second", "first"]


def test_a_bag_is_shown_with_its_files_its_events_and_its_place(archive: Archive) -> None:
    bag = show_bag(archive, "second")
    assert bag.row.source_name == "source of second"
    assert bag.path == str(archive.bag_path("second"))
    assert [(one.type, one.seq) for one in bag.events] == [("seal", 2), ("verify", 4)]
    assert list(bag.files) == rows_of({"x.wav": 9})
    assert list(bag.files) == rows_of({"x.wav": 9}), "it can be asked again"
    assert list(show_bag(archive, "first").files) == rows_of(SIZES)


def test_nothing_but_the_catalogue_is_asked(archive: Archive) -> None:
    shutil.rmtree(archive.bags)
    shutil.rmtree(archive.log)
    assert len(list(list_bags(archive))) == 2
    assert len(list(show_bag(archive, "first").files)) == 3


@pytest.mark.parametrize("name", ["third", "FIRST", "../first", ""])
def test_a_bag_that_is_not_held_cannot_be_shown(name: str, archive: Archive) -> None:
    with pytest.raises(UsageError):
        show_bag(archive, name)


def test_the_status_adds_up_what_is_held(archive: Archive) -> None:
    now = status(archive)
    assert now.totals == Totals(2, 4, 21, 0, "2026-01-02T05:04:05Z")
    assert now.identity == archive.identity
    assert now.last_event is not None
    assert (now.last_event.seq, now.last_logged, now.in_step) == (4, 4, True)
    assert now.unfinished == 0


def test_an_empty_archive_has_a_status_too(tmp_path: Path) -> None:
    now = status(new_archive(tmp_path / "archive"))
    assert now.totals == Totals(0, 0, 0, 0, None)
    assert now.in_step


def test_the_status_counts_what_waits_to_be_finished(archive: Archive) -> None:
    (archive.staging / "job").mkdir()
    assert status(archive).unfinished == 1


def test_the_status_tells_when_the_catalogue_is_behind_the_log(archive: Archive) -> None:
    log_of(archive).append("verify", bag="first", outcome="valid", detail={}, agent=AGENT)
    now = status(archive)
    assert now.last_logged == 5
    assert not now.in_step


def test_a_damaged_log_is_not_in_step(archive: Archive) -> None:
    (archive.log / "000001.jsonl").write_bytes(b"rubbish\n")
    now = status(archive)
    assert now.last_logged is None
    assert not now.in_step


def test_without_a_catalogue_nothing_is_made_up(archive: Archive) -> None:
    archive.catalogue_path.unlink()
    for ask in (lambda: list(list_bags(archive)), lambda: status(archive)):
        with pytest.raises(CatalogueMissingError):
            ask()
