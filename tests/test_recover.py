"""Recovering: what a crash left is finished, reported or swept, and nothing is made up."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import bagit
import pytest

from archiver.archive import Archive
from archiver.errors import EnvironmentUnusable, IncompleteError
from archiver.events import EventLog
from archiver.import_bag import Imported, import_bag
from archiver.package import PackageRequest, SourceOutcome, package_locked
from archiver.packaging.record import Ledger
from archiver.state import State
from tests.packaging.conftest import _no_tags, tmp_path
from tests.packaging.scene import (
    AGENT,
    CLOCK,
    assert_books_agree,
    assert_valid,
    bag_of,
    codes,
    content_of,
    events,
    make_source,
    new_archive,
    noise,
    request_for,
    run,
    run_recover,
    staged,
    visible,
)

__all__ = ["_no_tags", "tmp_path"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make_source(tmp_path / "Album", {"1.wav": noise(1_500_000), "2.wav": b"two"})


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return make_source(tmp_path / "Other", {"x": b"x"})


def _killed() -> None:
    raise KeyboardInterrupt


def _full() -> None:
    raise EnvironmentUnusable("the event log cannot be written: No space left on device")


def _die(
    archive: Archive, source: Path, where: str, how: Callable[[], None] = _killed, **wishes: Any
) -> None:
    """Package ``source`` and die at one of the ledger's deeds."""

    def die(*_: object) -> None:
        how()

    with pytest.MonkeyPatch.context() as patch, pytest.raises(BaseException):  # noqa: B017
        patch.setattr(Ledger, where, die)
        run(archive, source, **wishes)


@pytest.mark.parametrize("how", [_killed, _full])
@pytest.mark.parametrize("where", ["sealed", "enter"])
@pytest.mark.parametrize("by", ["recover", "the same source", "another source"])
def test_a_bag_whose_record_was_cut_off_gets_it_from_the_next_run(
    by: str, where: str, how: Callable[[], None], archive: Archive, source: Path, other: Path
) -> None:
    _die(archive, source, where, how, bag_id="tape-1")
    assert visible(archive) == ["tape-1"]
    assert len(staged(archive)) == 1
    if by == "recover":
        outcome = run_recover(archive)
        assert [(item.action, item.bag_id) for item in outcome.items] == [("sealed", "tape-1")]
        assert outcome.state is State.SOUND
    else:
        assert run(archive, source if by == "the same source" else other).state is State.SOUND
    assert run(archive, source).already_held
    sealing = [event for event in events(archive) if event == ("seal", "tape-1")]
    assert len(sealing) == 1
    assert staged(archive) == []
    assert_books_agree(archive)


def test_the_seal_written_after_a_crash_says_what_the_run_itself_would_have_said(
    archive: Archive, source: Path, tmp_path: Path
) -> None:
    _die(archive, source, "sealed")
    run_recover(archive)
    calm = new_archive(tmp_path / "calm")
    run(calm, source)
    late, prompt = (
        [event.detail for event in EventLog(place.log, CLOCK).read() if event.type == "seal"]
        for place in (archive, calm)
    )
    assert late == prompt
    assert ("recover", visible(archive)[0]) in events(archive)


def test_a_damaged_bag_whose_record_was_cut_off_is_reported_and_never_sealed(
    archive: Archive, source: Path
) -> None:
    _die(archive, source, "sealed", bag_id="tape-1")
    place = archive.bag_path("tape-1") / "data/2.wav"
    place.unlink()
    place.write_bytes(b"owt")
    for _ in range(2):
        outcome = run_recover(archive)
        assert outcome.state is State.UNSOUND
        damaged = outcome.items[0]
        assert (damaged.action, damaged.bag_id) == ("damaged", "tape-1")
        assert damaged.verification is not None
        assert [one.path for one in damaged.verification.findings] == ["data/2.wav"]
    assert ("seal", "tape-1") not in events(archive)
    assert not run(archive, source).already_held


def test_packaging_says_it_when_it_meets_such_a_damaged_bag(
    archive: Archive, source: Path, other: Path
) -> None:
    _die(archive, source, "sealed", bag_id="tape-1")
    (archive.bag_path("tape-1") / "data/2.wav").unlink()
    outcome = run(archive, other)
    assert outcome.state is State.UNSOUND
    assert [(one.code, one.path) for one in outcome.findings] == [("unsealed-bag", "tape-1")]
    assert_valid(bag_of(outcome))
    assert ("seal", "tape-1") not in events(archive)


def test_a_bag_that_somebody_took_away_after_the_crash_blocks_nobody(
    archive: Archive, source: Path, other: Path
) -> None:
    _die(archive, source, "sealed", bag_id="tape-1")
    shutil.rmtree(archive.bag_path("tape-1"))
    assert run(archive, other).state is State.SOUND
    assert staged(archive) == []
    assert_books_agree(archive)


def test_an_event_that_the_catalogue_missed_is_taken_in_by_the_next_run(
    archive: Archive, source: Path, other: Path
) -> None:
    def log_only(ledger: Ledger, bag_id: str, detail: dict[str, object]) -> None:
        ledger._log("package", bag_id, "success", detail)
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Ledger, "packaged", log_only)
        run(archive, source)
    run(archive, other)
    assert_books_agree(archive)
    assert run(archive, source).state is State.SOUND
    assert_books_agree(archive)


def test_staged_work_is_taken_up_from_wherever_recover_is_called(
    archive: Archive, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(source.parent)
    _die(archive, Path("Album"), "packaged", bag_id="tape-1")
    assert visible(archive) == []
    elsewhere = make_source(tmp_path / "elsewhere/Album", {"not": b"this one"})
    monkeypatch.chdir(elsewhere.parent)
    outcome = run_recover(archive)
    (item,) = outcome.items
    assert (item.action, item.state, item.bag_id) == ("packaged", State.SOUND, "tape-1")
    assert content_of(archive.bag_path("tape-1") / "data") == content_of(source)
    assert staged(archive) == []
    assert_books_agree(archive)
    assert run_recover(archive).items == ()


def test_sweeping_removes_staged_work_and_says_so_in_the_log(
    archive: Archive, source: Path
) -> None:
    _die(archive, source, "packaged")
    outcome = run_recover(archive, sweep=True)
    (item,) = outcome.items
    assert (item.action, item.state, item.source) == ("swept", State.SOUND, str(source))
    assert (visible(archive), staged(archive)) == ([], [])
    assert events(archive)[-1] == ("recover", None)
    assert_books_agree(archive)
    assert content_of(source).keys() == {"1.wav", "2.wav"}


def test_staged_work_whose_source_is_away_is_left_until_it_is_back(
    archive: Archive, source: Path
) -> None:
    _die(archive, source, "packaged")
    source.rename(source.with_name("unplugged"))
    (item,) = run_recover(archive).items
    assert (item.action, item.state) == ("left", State.INCOMPLETE)
    source.with_name("unplugged").rename(source)
    (item,) = run_recover(archive).items
    assert (item.action, item.state) == ("packaged", State.SOUND)


def test_a_job_that_died_before_it_was_noted_down_is_swept(archive: Archive) -> None:
    (archive.staging / "0123456789abcdef").mkdir()
    (archive.staging / "fedcba9876543210").mkdir()
    (archive.staging / "fedcba9876543210/request.json").write_bytes(b'{"source": "/to')
    outcome = run_recover(archive)
    assert [item.action for item in outcome.items] == ["swept", "swept"]
    assert staged(archive) == []


def test_one_job_that_cannot_be_taken_up_does_not_keep_the_others_back(
    archive: Archive, source: Path, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (source, other):
        _die(archive, place, "packaged")
    calls: list[int] = []

    def no_room_at_first(_: Path, __: int, n_bytes: int) -> None:
        calls.append(n_bytes)
        if len(calls) == 1:
            raise EnvironmentUnusable("there is not enough space")

    monkeypatch.setattr("archiver.package.require_room", no_room_at_first)
    outcome = run_recover(archive)
    assert sorted(item.action for item in outcome.items) == ["failed", "packaged"]
    assert outcome.state is State.FAILED
    assert len(visible(archive)) == 1


def test_a_valid_bag_that_the_log_does_not_know_is_taken_in(
    archive: Archive, source: Path, tmp_path: Path
) -> None:
    """As after the loss of both staging area and event, or a bag put back from a copy."""
    elsewhere = new_archive(tmp_path / "elsewhere")
    made: SourceOutcome = run(elsewhere, source, bag_id="tape-1")
    final = archive.bag_path("tape-1")
    final.parent.mkdir()
    shutil.copytree(bag_of(made), final)
    outcome = run_recover(archive)
    assert [(item.action, item.bag_id) for item in outcome.items] == [("sealed", "tape-1")]
    assert run(archive, source).already_held
    assert_books_agree(archive)


def test_what_is_no_bag_of_ours_is_neither_taken_in_nor_a_stumbling_block(
    archive: Archive, source: Path
) -> None:
    made = run(archive, source, bag_id="tape-1")
    (archive.bags / "stray.txt").write_bytes(b"")
    (archive.bags / ".DS_Store").write_bytes(b"")
    shard = archive.bag_path("tape-1").parent
    (shard / ".DS_Store").write_bytes(b"")
    shutil.copytree(bag_of(made), shard / "elsewhere-at-home")
    foreign = make_source(archive.bag_path("foreign"), {"x": b"x"})
    bagit.make_bag(str(foreign), checksums=["sha512"])
    outcome = run_recover(archive)
    assert [(item.action, item.bag_id) for item in outcome.items] == [("unchecked", "foreign")]
    assert outcome.state is State.INCOMPLETE
    assert {bag for kind, bag in events(archive) if kind == "seal"} == {"tape-1"}


def test_a_second_job_of_the_same_source_leaves_nothing_behind(
    archive: Archive, source: Path
) -> None:
    _die(archive, source, "packaged")
    _die(archive, source, "packaged", bag_id="tape-2")
    assert len(staged(archive)) == 1
    outcome = run(archive, source, bag_id="tape-3", again=True)
    assert (outcome.state, codes(outcome)) == (State.SOUND, [])
    assert staged(archive) == []


def test_an_import_that_was_cut_off_is_not_sealed_without_its_verification(
    archive: Archive, tmp_path: Path
) -> None:
    theirs = make_source(tmp_path / "theirs", {"a.wav": noise(1_500_000), "b.wav": b"two"})
    bagit.make_bag(str(theirs), checksums=["md5"])
    request = request_for(theirs)

    def taken_in() -> Imported:
        return import_bag(archive, request, clock=CLOCK, agent=AGENT, workers=2)

    with pytest.MonkeyPatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Ledger, "packaged", lambda *_: _killed())
        taken_in()
    (theirs / "data/b.wav").write_bytes(b"owt")
    (item,) = run_recover(archive).items
    assert (item.action, item.state) == ("failed", State.USAGE)
    assert item.error is not None
    assert "Import it again" in item.error.advice
    assert visible(archive) == []
    assert taken_in().state is State.UNSOUND
    (theirs / "data/b.wav").write_bytes(b"two")
    assert taken_in().state is State.SOUND
    assert staged(archive) == []
    assert_books_agree(archive)


def test_staged_work_that_cannot_be_removed_is_not_called_swept(
    archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _die(archive, source, "packaged")

    def fail(_: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    with monkeypatch.context() as patch:
        patch.setattr("archiver.packaging.job.remove_tree", fail)
        (item,) = run_recover(archive, sweep=True).items
    assert (item.action, item.state, item.source) == ("failed", State.FAILED, str(source))
    assert ("recover", None) not in events(archive)
    assert run_recover(archive, sweep=True).items[0].action == "swept"
    assert staged(archive) == []


def test_one_job_that_cannot_be_looked_at_does_not_keep_others_from_being_taken_up(
    archive: Archive, source: Path, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _die(archive, source, "packaged")
    _die(archive, other, "packaged")
    genuine = package_locked

    def package(ledger: Ledger, request: PackageRequest, *more: Any) -> SourceOutcome:
        if request.source == str(source):
            raise IncompleteError("its record cannot be understood")
        return genuine(ledger, request, *more)

    monkeypatch.setattr("archiver.recover.package_locked", package)
    found = run_recover(archive)
    assert {(item.action, item.state) for item in found.items} == {
        ("failed", State.INCOMPLETE), ("packaged", State.SOUND),
    }  # fmt: skip


def test_what_cannot_be_cleared_away_is_named_and_said_to_be_needed_by_nobody(
    archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (archive.staging / "0123.gone").mkdir()

    def fail(folder: Path) -> None:
        raise PermissionError(1, "Operation not permitted", str(folder))

    monkeypatch.setattr("archiver.packaging.job.remove_tree", fail)
    with pytest.raises(EnvironmentUnusable, match=r"0123\.gone") as caught:
        run(archive, source)
    assert "is needed" in caught.value.advice
