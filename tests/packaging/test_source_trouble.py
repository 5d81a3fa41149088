"""Sources that cannot be read, or do not hold still: named, never sealed, taken up later."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archiver.archive import Archive
from archiver.package import SourceOutcome
from archiver.packaging import staging
from archiver.packaging.copying import Bench
from archiver.state import State
from archiver.tree import Tree
from tests.packaging.scene import (
    assert_books_agree,
    assert_valid,
    bag_of,
    codes,
    content_of,
    make_source,
    new_archive,
    noise,
    run,
    snapshot,
    staged,
    visible,
)

MIB = 1 << 20
FILES = {
    "big.wav": noise(5 * MIB + 17),
    "bad/large.wav": noise(2 * MIB, 2),
    "bad/small.wav": noise(9_000, 3),
    "empty": b"",
    **{f"many/{n:03}": noise(n, n) for n in range(300)},
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make_source(tmp_path / "Album", FILES)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files of the source that are opened for copying, as they are."""
    names: list[str] = []
    genuine = Bench._open_source

    def noted(bench: Bench, path: str) -> tuple[int, os.stat_result]:
        names.append(path)
        return genuine(bench, path)

    monkeypatch.setattr(Bench, "_open_source", noted)
    return names


def _failing_reads(monkeypatch: pytest.MonkeyPatch, source: Path, below: str) -> None:
    """Let the medium fail under every file below a folder of the source."""
    genuine = os.readv
    bad = os.path.join(source, below)

    def readv(fd: int, buffers: Any) -> int:
        if os.readlink(f"/proc/self/fd/{fd}").startswith(bad):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return genuine(fd, buffers)

    monkeypatch.setattr(os, "readv", readv)


def _undisturbed(tmp_path: Path, source: Path) -> dict[str, bytes]:
    return content_of(bag_of(run(new_archive(tmp_path / "undisturbed"), source)))


def _assert_taken_up(
    archive: Archive, source: Path, opened: list[str], left: set[str], tmp_path: Path
) -> None:
    """The next run reads only what is ``left`` and makes the bag an undisturbed run makes."""
    opened.clear()
    outcome = run(archive, source)
    assert set(opened) == left
    assert outcome.state is State.SOUND
    assert sum(outcome.read_back.values()) == len(FILES)
    assert content_of(bag_of(outcome)) == _undisturbed(tmp_path, source)
    assert_valid(bag_of(outcome))
    assert staged(archive) == []
    assert_books_agree(archive)


def test_every_unreadable_file_is_named_and_the_next_run_takes_up_the_rest(
    archive: Archive,
    source: Path,
    opened: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = snapshot(source)
    with monkeypatch.context() as patch:
        _failing_reads(patch, source, "bad")
        outcome = run(archive, source)
    assert outcome.state is State.INCOMPLETE
    assert {(finding.code, finding.path) for finding in outcome.findings} == {
        ("source-unreadable", "bad/large.wav"), ("source-unreadable", "bad/small.wav"),
    }  # fmt: skip
    assert all("byte 0" in finding.message for finding in outcome.findings)
    assert visible(archive) == []
    assert len(staged(archive)) == 1
    left = {"bad/large.wav", "bad/small.wav"}
    _assert_taken_up(archive, source, opened, left, tmp_path)
    assert snapshot(source) == before


def test_staged_work_is_taken_up_under_whatever_options_are_given_next(
    archive: Archive, source: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        _failing_reads(patch, source, "bad/small")
        assert run(archive, source).state is State.INCOMPLETE
    opened.clear()
    outcome = run(archive, source, bag_id="tape-3", info=(("Title", "New"),), again=True)
    assert opened == ["bad/small.wav"]
    assert outcome.bag_id == "tape-3"
    assert "Title: New" in (bag_of(outcome) / "bag-info.txt").read_text()
    assert staged(archive) == []


def test_staged_work_outlives_runs_that_get_nowhere(
    archive: Archive,
    source: Path,
    opened: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run(archive, make_source(tmp_path / "other", {"x": b"x"}), bag_id="taken")
    with monkeypatch.context() as patch:
        _failing_reads(patch, source, "bad")
        run(archive, source)
    source.rename(tmp_path / "unplugged")
    assert run(archive, source).state is State.REFUSED
    (tmp_path / "unplugged").rename(source)
    assert codes(run(archive, source, bag_id="taken")) == ["id-taken"]
    for _ in range(2):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr("archiver.packaging.held.listed_already", _interrupt)
            run(archive, source)
    opened.clear()
    outcome = run(archive, source)
    assert set(opened) == {"bad/large.wav", "bad/small.wav"}
    assert_valid(bag_of(outcome))


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_staged_copy_that_went_missing_or_short_is_made_again(
    archive: Archive,
    source: Path,
    opened: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        _failing_reads(patch, source, "bad")
        run(archive, source)
    (job,) = archive.staging.iterdir()
    (job / "bag/data/many/007").unlink()
    os.truncate(job / "bag/data/many/100", 5)
    (job / "bag/data/stray").write_bytes(b"not from the source")
    (job / "bag/data/strays").mkdir()
    left = {"bad/large.wav", "bad/small.wav", "many/007", "many/100"}
    _assert_taken_up(archive, source, opened, left, tmp_path)


def test_a_file_that_changed_since_it_was_staged_is_read_again(
    archive: Archive,
    source: Path,
    opened: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patch:
        _failing_reads(patch, source, "bad")
        run(archive, source)
    was = (source / "many/100").stat()
    (source / "many/100").write_bytes(noise(100, 999))
    os.utime(source / "many/100", ns=(was.st_atime_ns, was.st_mtime_ns))
    (source / "many/200").unlink()
    opened.clear()
    outcome = run(archive, source)
    assert set(opened) == {"bad/large.wav", "bad/small.wav", "many/100"}
    assert content_of(bag_of(outcome) / "data") == content_of(source)
    assert_valid(bag_of(outcome))


def test_a_policy_with_other_algorithms_trusts_no_digest_taken_for_the_old_one(
    archive: Archive, source: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        _failing_reads(patch, source, "bad")
        run(archive, source)
    text = archive.policy_path.read_text().replace('["sha512"]', '["sha256", "sha512"]')
    archive.policy_path.write_text(text)
    opened.clear()
    outcome = run(archive, source)
    assert set(opened) == set(FILES)
    assert_valid(bag_of(outcome))


def test_an_earlier_worksheet_that_is_torn_is_not_believed(
    archive: Archive, source: Path, opened: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        _failing_reads(patch, source, "bad")
        run(archive, source)
    (job,) = archive.staging.iterdir()
    sheet = bytearray((job / "worksheet.sqlite").read_bytes())
    for page in range(2 * 8192, len(sheet) - 4096, 8192):
        sheet[page : page + 4096] = bytes(4096)
    (job / "worksheet.sqlite").write_bytes(sheet)
    opened.clear()
    outcome = run(archive, source)
    assert set(opened) == set(FILES)
    assert_valid(bag_of(outcome))


# Sources that do not hold still.


def _meddle_after_reading(
    monkeypatch: pytest.MonkeyPatch, path: str, deed: Callable[[], object], times: int
) -> None:
    """Do ``deed`` in the middle of the first so many readings of ``path``."""
    genuine = Bench._write
    done: list[int] = []

    def write(bench: Bench, name: str, *rest: Any, **more: Any) -> Any:
        written = genuine(bench, name, *rest, **more)
        if name == path and len(done) < times:
            done.append(1)
            deed()
        return written

    monkeypatch.setattr(Bench, "_write", write)


@pytest.mark.parametrize("path", ["bad/small.wav", "big.wav"])
@pytest.mark.parametrize("deed", ["rewritten", "longer", "shorter", "replaced"])
def test_a_file_that_changes_while_it_is_read_is_read_again(
    deed: str, path: str, archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, content = source / path, FILES[path]

    def meddle() -> None:
        if deed == "rewritten":
            was = place.stat()
            place.write_bytes(content[::-1])
            os.utime(place, ns=(was.st_atime_ns, was.st_mtime_ns))
        elif deed == "longer":
            place.write_bytes(content + b"more")
        elif deed == "shorter":
            os.truncate(place, 7)
        else:
            (source.parent / "new").write_bytes(content[::-1])
            (source.parent / "new").rename(place)

    _meddle_after_reading(monkeypatch, path, meddle, times=1)
    outcome = run(archive, source)
    if deed == "replaced":  # a name was put in the folder's list: the folder did not hold still
        assert outcome.state is State.INCOMPLETE
        assert visible(archive) == []
        outcome = run(archive, source)
    else:
        assert codes(outcome) == ["read-again"]
    assert content_of(bag_of(outcome) / "data") == content_of(source)
    assert_valid(bag_of(outcome))


@pytest.mark.parametrize("path", ["bad/small.wav", "big.wav"])
def test_a_file_that_changes_each_time_it_is_read_is_named(
    path: str, archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = iter(range(1, 100))
    _meddle_after_reading(
        monkeypatch, path, lambda: os.utime(source / path, ns=(0, next(ticks))), times=99
    )
    outcome = run(archive, source)
    assert outcome.state is State.INCOMPLETE
    assert [(one.code, one.path) for one in outcome.findings] == [("changed-while-reading", path)]
    assert visible(archive) == []


def _link(place: Path) -> None:
    place.unlink()
    place.symlink_to("big.wav")


LATE_DEEDS: dict[str, Callable[[Path], object]] = {
    "a name is added at the top": lambda root: (root / "new").write_bytes(b""),
    "a name is added below": lambda root: (root / "many/new").write_bytes(b""),
    "a file is removed": lambda root: (root / "many/001").unlink(),
    "a file is rewritten": lambda root: (root / "big.wav").write_bytes(b"other"),
    "a file gets another owner": lambda root: os.chown(root / "empty", 1, 1),
    "a folder is renamed": lambda root: (root / "many").rename(root / "few"),
    "the source is renamed": lambda root: root.rename(root.with_name("away")),
    "a file becomes a link": lambda root: _link(root / "empty"),
}  # fmt: skip


@pytest.mark.parametrize("deed", LATE_DEEDS)
def test_what_happens_in_the_source_after_it_was_read_keeps_its_bag_from_being_sealed(
    deed: str, archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = staging.Stage.run

    def meddling(stage: staging.Stage, tree: Tree, *rest: Any) -> None:
        genuine(stage, tree, *rest)
        LATE_DEEDS[deed](source)

    with monkeypatch.context() as patch:
        patch.setattr(staging.Stage, "run", meddling)
        outcome = run(archive, source)
    assert outcome.state is State.INCOMPLETE
    assert set(codes(outcome)) == {"source-changed"}
    assert visible(archive) == []
    assert len(staged(archive)) == 1


@pytest.mark.parametrize("swap", ["gone", "link", "fifo", "folder"])
def test_a_file_that_is_something_else_by_the_time_it_is_copied_is_named(
    swap: str, archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = staging.Stage.run
    victim = source / "many/100"

    def meddling(stage: staging.Stage, tree: Tree, *rest: Any) -> None:
        victim.unlink()
        if swap == "link":
            victim.symlink_to("/etc/passwd")
        elif swap == "fifo":
            os.mkfifo(victim)
        elif swap == "folder":
            victim.mkdir()
        genuine(stage, tree, *rest)

    monkeypatch.setattr(staging.Stage, "run", meddling)
    outcome = run(archive, source)
    assert outcome.state is State.INCOMPLETE
    code = "source-vanished" if swap == "gone" else "source-unreadable"
    assert [(one.code, one.path) for one in outcome.findings] == [(code, "many/100")]
    assert visible(archive) == []


def test_a_source_that_vanishes_between_survey_and_copying_is_incomplete(
    archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(root: str) -> Tree:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), root)

    monkeypatch.setattr("archiver.packaging.origin.Tree", gone)
    outcome: SourceOutcome = run(archive, source)
    assert (outcome.state, codes(outcome)) == (State.INCOMPLETE, ["source-changed"])


@pytest.fixture(autouse=True)
def _no_descriptor_is_leaked() -> Iterator[None]:
    before = len(os.listdir("/proc/self/fd"))
    yield
    assert len(os.listdir("/proc/self/fd")) <= before
