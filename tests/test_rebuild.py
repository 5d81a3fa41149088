"""The catalogue is an index: made anew from bags and log it is the same."""

from __future__ import annotations

import os
import shutil

import pytest

from archiver import rebuild as rebuild_module
from archiver.archive import Archive
from archiver.catalogue import Catalogue
from archiver.errors import BusyError, EnvironmentUnusable
from archiver.events import EventLog, LogChangedError
from archiver.findings import Finding
from archiver.holdings import list_bags, show_bag, status
from archiver.rebuild import catch_up, check_catalogue
from archiver.state import State
from archiver.verify import Depth
from archiver.verify_held import not_looked_at, read_seals, record_verification
from tests.catalogue.hand_made import (
    AGENT,
    CLOCK,
    SIZES,
    log_of,
    seal_detail,
    write_bag,
)
from tests.catalogue.history import alter, archive, content, found, run

__all__ = ["archive"]


def test_a_rebuilt_catalogue_says_what_the_grown_one_said(archive: Archive) -> None:
    grown = content(archive)
    assert len(grown["bags"]) == 3
    outcome = run(archive)
    assert content(archive) == grown
    assert (outcome.bags, outcome.files, outcome.events) == (3, 6, 10)
    assert outcome.findings == ()
    assert outcome.state is State.SOUND


def test_a_lost_catalogue_is_rebuilt(archive: Archive) -> None:
    grown = content(archive)
    archive.catalogue_path.unlink()
    run(archive)
    assert content(archive) == grown


@pytest.mark.parametrize("content_of_file", [b"", b"rubbish" * 1000])
def test_a_spoilt_catalogue_is_rebuilt(content_of_file: bytes, archive: Archive) -> None:
    grown = content(archive)
    archive.catalogue_path.write_bytes(content_of_file)
    run(archive)
    assert content(archive) == grown


def test_a_catalogue_of_another_version_is_rebuilt(archive: Archive) -> None:
    grown = content(archive)
    alter(archive, "UPDATE meta SET value = '0' WHERE name = 'schema_version'")
    assert found(archive) == [("catalogue-outdated", None)]
    run(archive)
    assert content(archive) == grown
    assert found(archive) == []


def test_rebuilding_is_an_event_in_log_and_catalogue(archive: Archive) -> None:
    run(archive)
    last = list(EventLog(archive.log, CLOCK).read())[-1]
    assert (last.type, last.outcome) == ("rebuild", "sound")
    assert last.detail == {"bags": 3, "events": 10, "files": 6, "findings": 0}
    with Catalogue.open(archive.catalogue_url) as catalogue:
        newest = catalogue.last_event()
    assert newest is not None
    assert newest.digest == last.digest
    assert found(archive) == []


def test_rebuilding_leaves_nothing_but_the_catalogue(archive: Archive) -> None:
    before = sorted(os.listdir(archive.root))
    (archive.root / ".catalogue.sqlite.new").write_bytes(b"of a run that died")
    run(archive)
    assert sorted(os.listdir(archive.root)) == before


def test_until_the_new_catalogue_is_whole_the_old_one_stays(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    grown = content(archive)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Catalogue, "swap_in", full)
        with pytest.raises(EnvironmentUnusable, match="No space left"):
            run(archive)
    assert content(archive) == grown
    run(archive)
    assert content(archive) == grown


def test_while_another_run_works_nothing_is_rebuilt(archive: Archive) -> None:
    with archive.writer_lock("package", CLOCK()), pytest.raises(BusyError, match="package"):
        run(archive)


def test_a_bag_that_is_gone_is_named_and_still_listed(archive: Archive) -> None:
    shutil.rmtree(archive.bag_path("album-1"))
    outcome = run(archive)
    assert [(one.code, one.path) for one in outcome.findings] == [("held-bag-missing", "album-1")]
    assert outcome.state is State.UNSOUND
    assert [row.id for row in list_bags(archive)] == ["album-1", "album-2", "Album-0"]
    assert list(show_bag(archive, "album-1").files) == []
    assert len(list(show_bag(archive, "album-2").files)) == 1


def test_a_bag_whose_records_cannot_be_read_is_named_and_the_rest_is_rebuilt(
    archive: Archive,
) -> None:
    (archive.bag_path("album-1") / "metadata/source.jsonl").unlink()
    outcome = run(archive)
    assert [(one.code, one.path) for one in outcome.findings] == [
        ("held-bag-unreadable", "album-1")
    ]
    assert outcome.state is State.INCOMPLETE
    assert len(list(list_bags(archive))) == 3


def test_a_bag_that_is_not_the_one_sealed_is_named(archive: Archive) -> None:
    with open(archive.bag_path("album-2") / "tagmanifest-sha512.txt", "ab") as file:
        file.write(b"\n")
    assert found(archive) == [("held-bag-differs", "album-2/tagmanifest-sha512.txt")]
    assert [one.code for one in run(archive).findings] == ["held-bag-differs"]


def test_a_bag_that_the_log_does_not_know_is_named_and_not_taken_in(archive: Archive) -> None:
    stray = archive.bag_path("stray")
    stray.parent.mkdir(exist_ok=True)
    write_bag(stray)
    misplaced = archive.bags / "zz" / "album-1"
    misplaced.mkdir(parents=True)
    (archive.bags / "notes.txt").touch()
    where = [str(path.relative_to(archive.root)) for path in (stray, misplaced)]
    expected = {("held-bag-unlogged", path) for path in [*where, "bags/notes.txt"]}
    assert set(found(archive)) == expected
    outcome = run(archive)
    assert {(one.code, one.path) for one in outcome.findings} == expected
    assert [row.id for row in list_bags(archive)] == ["album-1", "album-2", "Album-0"]


def test_a_seal_that_names_no_bag_or_lacks_facts_stops_nothing(archive: Archive) -> None:
    for bag in (None, "../../etc", "album-9"):
        log_of(archive).append("seal", bag=bag, outcome="success", detail={}, agent=AGENT)
    outcome = run(archive)
    assert [(one.code, one.path) for one in outcome.findings] == [
        ("held-bag-unreadable", None),
        ("held-bag-unreadable", "../../etc"),
        ("held-bag-unreadable", "album-9"),
    ]
    assert outcome.bags == 3


def test_a_damaged_log_is_named_left_alone_and_what_it_still_tells_is_rebuilt(
    archive: Archive,
) -> None:
    file = archive.log / "000001.jsonl"
    spoilt = file.read_bytes().replace(b'"outcome":"sound"', b'"outcome":"SOUND"')
    file.write_bytes(spoilt)
    outcome = run(archive)
    assert [one.code for one in outcome.findings] == ["log-broken"]
    assert file.read_bytes() == spoilt
    assert outcome.bags == 3
    assert len(list(list_bags(archive))) == 3


def _seal_unknown_to_the_catalogue(archive: Archive) -> EventLog:
    place = archive.bag_path("late")
    place.parent.mkdir(exist_ok=True)
    write_bag(place)
    log = log_of(archive, 7)
    log.append("seal", bag="late", outcome="success", detail=seal_detail(place), agent=AGENT)
    return log


def test_events_that_a_crash_kept_out_of_the_catalogue_are_no_damage(archive: Archive) -> None:
    _seal_unknown_to_the_catalogue(archive)
    outcome = check_catalogue(archive)
    assert [one.code for one in outcome.findings] == ["catalogue-behind"]
    assert outcome.state is State.SOUND


def test_what_a_crash_kept_out_of_the_catalogue_is_caught_up_with(archive: Archive) -> None:
    log = _seal_unknown_to_the_catalogue(archive)
    log.append("verify", bag="album-1", outcome="invalid", detail={}, agent=AGENT)
    with Catalogue.open(archive.catalogue_url, writing=True) as catalogue:
        assert catch_up(archive, catalogue) == ()
    assert found(archive) == []
    assert len(list(show_bag(archive, "late").files)) == len(SIZES)
    assert show_bag(archive, "album-1").row.last_verdict == "invalid"


def test_where_there_is_nothing_to_catch_up_with_nothing_is_read(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the log was read")

    monkeypatch.setattr(rebuild_module, "Intake", never)
    with Catalogue.open(archive.catalogue_url, writing=True) as catalogue:
        assert catch_up(archive, catalogue) == ()


def _rewritten(archive: Archive, lines: int) -> None:
    """Give the archive a log that is sound and holds other events from the first of them on."""
    for file in archive.log.iterdir():
        file.unlink()
    for hours in range(lines):
        log = log_of(archive, hours)
        log.append("verify", bag="album-2", outcome="valid", detail={}, agent=AGENT)


@pytest.mark.parametrize("lines", [3, 40])
def test_a_log_that_was_cut_off_or_rewritten_is_never_taken_for_the_one_before(
    archive: Archive, lines: int
) -> None:
    before = content(archive)
    _rewritten(archive, lines)
    with (
        Catalogue.open(archive.catalogue_url, writing=True) as catalogue,
        pytest.raises(LogChangedError, match="which the catalogue knows, is not in it"),
    ):
        catch_up(archive, catalogue)
    assert content(archive) == before
    shown = status(archive)
    assert shown.log_changed
    assert not shown.in_step
    assert [one.code for one in read_seals(archive, (), CLOCK).findings] == ["log-rewritten"]
    lost = not_looked_at("album-1", Finding("held-bag-missing", "it is gone"))
    assert not record_verification(
        archive, "album-1", lost, depth=Depth.FULL, clock=CLOCK, agent=AGENT, begun=CLOCK()
    )
    assert EventLog(archive.log, CLOCK).head().seq == lines, "nothing was added to it"
    assert "log-rewritten" in {one.code for one in run(archive).findings}
    assert not status(archive).log_changed, "rebuilding accepts it, having said so"
