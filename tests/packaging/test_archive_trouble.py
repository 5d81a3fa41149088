"""The archive's side fails: a clear error, nothing visible, nothing half-made believed."""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest

from archiver.archive import Archive
from archiver.durable import sync_file
from archiver.errors import EnvironmentUnusable
from archiver.hashing import medium
from archiver.packaging import readback, room, staging
from archiver.packaging.copying import Bench
from archiver.packaging.folders import remove_tree
from archiver.packaging.unusable import unusable
from archiver.state import State
from tests.packaging.scene import (
    assert_books_agree,
    assert_valid,
    bag_of,
    codes,
    content_of,
    events,
    make_source,
    noise,
    run,
    snapshot,
    staged,
    visible,
)

MIB = 1 << 20


@pytest.fixture
def source(tmp_path: Path) -> Path:
    files = {"large.wav": noise(3 * MIB + 5), **{f"s/{n:03}": noise(n + 1, n) for n in range(300)}}
    return make_source(tmp_path / "Album", files)


def _assert_nothing_happened(archive: Archive, source: Path, before: object) -> None:
    assert visible(archive) == []
    assert staged(archive) == []
    assert snapshot(source) == before
    assert {type_ for type_, _ in events(archive)} <= {"init", "package"}
    assert_books_agree(archive)
    assert run(archive, source).state is State.SOUND


def _corrupt_on_medium(
    monkeypatch: pytest.MonkeyPatch, archive: Archive, path: str, times: int
) -> None:
    """Flip a bit of the staged copy of ``path`` before each of its first readings back."""
    genuine = medium.bypass_cache
    done: list[int] = []

    def bypass_cache(fd: int, size: int, *, read_again: bool = False) -> bool:
        place = Path(os.readlink(f"/proc/self/fd/{fd}"))
        if str(place).endswith(f"/data/{path}") and len(done) < times:
            done.append(1)
            content = bytearray(place.read_bytes())
            content[len(content) // 2] ^= 1
            place.chmod(0o644)
            place.write_bytes(content)
        return genuine(fd, size, read_again=read_again)

    monkeypatch.setattr(readback, "bypass_cache", bypass_cache)
    assert archive.staging.is_dir()


@pytest.mark.parametrize("path", ["large.wav", "s/077"])
def test_a_copy_that_does_not_read_back_the_same_is_made_again(
    path: str, archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []

    def noted(fd: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{fd}"))
        sync_file(fd)

    _corrupt_on_medium(monkeypatch, archive, path, times=1)
    monkeypatch.setattr("archiver.packaging.copying.sync_file", noted)
    outcome = run(archive, source)
    assert outcome.state is State.SOUND
    assert synced[-1].endswith(path)  # what is read back must be on the medium first
    assert [(one.code, one.path) for one in outcome.findings] == [("copied-again", path)]
    assert content_of(bag_of(outcome) / "data") == content_of(source)
    assert_valid(bag_of(outcome))


@pytest.mark.parametrize("path", ["large.wav", "s/077"])
def test_a_copy_that_twice_does_not_read_back_the_same_ends_the_run(
    path: str, archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(source)
    with monkeypatch.context() as patch:
        _corrupt_on_medium(patch, archive, path, times=2)
        with pytest.raises(EnvironmentUnusable, match="does not read back the same, twice"):
            run(archive, source)
    _assert_nothing_happened(archive, source, before)


def test_a_tag_file_that_does_not_read_back_the_same_ends_the_run(
    archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(source)

    def sync_and_damage(fd: int) -> None:
        sync_file(fd)
        if os.readlink(f"/proc/self/fd/{fd}").endswith("manifest-sha512.txt"):
            os.pwrite(fd, b"?", 0)

    with monkeypatch.context() as patch:
        patch.setattr("archiver.packaging.tagfiles.sync_file", sync_and_damage)
        with pytest.raises(EnvironmentUnusable, match=r"manifest-sha512\.txt"):
            run(archive, source)
    _assert_nothing_happened(archive, source, before)


def test_without_enough_room_not_one_byte_is_written(
    archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(source)
    with monkeypatch.context() as patch:
        patch.setattr(room, "free_bytes", lambda _: 3 * MIB)
        patch.setattr(Bench, "copy", lambda *_, **__: pytest.fail("a byte was written"))
        with pytest.raises(EnvironmentUnusable, match="not enough space"):
            run(archive, source)
    _assert_nothing_happened(archive, source, before)


FAILING = {
    "writing": "archiver.packaging.copying.write_all",
    "syncing a file": "archiver.packaging.copying.sync_file",
    "syncing all": "archiver.packaging.lots.sync_filesystem",
    "making folders": "archiver.packaging.staging.make_folders",
    "writing a tag file": "archiver.packaging.tagfiles.write_all",
    "syncing the bag": "archiver.packaging.seal.sync_filesystem",
    "publishing": "archiver.packaging.seal.publish_folder",
    "beginning the job": "archiver.packaging.job.replace_file",
    "removing strays": "archiver.packaging.production.remove_strays",
}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS])
@pytest.mark.parametrize("what", FAILING)
def test_a_failing_disk_ends_the_run_and_leaves_nothing(
    what: str, number: int, archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(source)

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(FAILING[what], fail)
        with pytest.raises(EnvironmentUnusable) as caught:
            run(archive, source)
    assert ("space" in caught.value.message) == (number == errno.ENOSPC)
    _assert_nothing_happened(archive, source, before)


@pytest.mark.parametrize("method", ["__init__", "add_entries", "record_staged", "totals", "put"])
def test_a_worksheet_that_cannot_be_kept_ends_the_run_and_leaves_nothing(
    method: str, archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(source)

    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(f"archiver.survey.worksheet.Worksheet.{method}", full)
        with pytest.raises(EnvironmentUnusable, match="disk is full"):
            run(archive, source)
    _assert_nothing_happened(archive, source, before)


def test_a_name_that_meets_another_on_the_archives_disk_ends_the_run(
    archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when "A.wav" and "a.wav" are one name there: neither may take the other's place."""
    genuine = staging.Stage.run

    def crowded(stage: staging.Stage, *rest: Any) -> None:
        (Path(stage._target) / "s").mkdir()
        (Path(stage._target) / "s/100").write_bytes(b"another file's copy")
        genuine(stage, *rest)

    before = snapshot(source)
    with monkeypatch.context() as patch:
        patch.setattr(staging.Stage, "run", crowded)
        with pytest.raises(EnvironmentUnusable, match="two names for one"):
            run(archive, source)
    _assert_nothing_happened(archive, source, before)


def test_case_twins_are_kept_apart_or_refused_where_the_disk_cannot(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_source(tmp_path / "twins", {"A.wav": b"upper", "a.wav": b"lower"})
    genuine = os.path.lexists

    def takes_both_for_one(place: str | Path) -> bool:
        return genuine(place) or str(place).endswith("/bag/DATA")

    with monkeypatch.context() as patch:
        patch.setattr(os.path, "lexists", takes_both_for_one)
        with pytest.raises(EnvironmentUnusable, match="upper and lower case"):
            run(archive, source)
    assert staged(archive) == []
    assert content_of(bag_of(run(archive, source)) / "data") == content_of(source)


def test_a_removal_that_was_cut_off_is_never_taken_up_as_staged_work(
    archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worksheet must not survive the files it tells of: the next bag would lack them."""

    def killed(place: Path) -> None:
        if os.path.lexists(place):
            remove_tree(place / "bag")
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("archiver.packaging.job.remove_tree", killed)
        run(archive, source)
    assert len(visible(archive)) == 1
    outcome = run(archive, source, again=True)
    assert content_of(bag_of(outcome) / "data") == content_of(source)
    assert_valid(bag_of(outcome))
    assert staged(archive) == []


def test_a_disk_that_will_not_remove_what_is_staged_does_not_hide_the_real_error(
    archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with monkeypatch.context() as patch:
        patch.setattr("archiver.packaging.job.remove_tree", refuse)
        patch.setattr(room, "free_bytes", lambda _: 0)
        with pytest.raises(EnvironmentUnusable, match="not enough space"):
            run(archive, source)
    assert run(archive, source).state is State.SOUND
    assert staged(archive) == []


def test_no_thread_and_no_descriptor_is_left(
    archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(archive, source)
    threads, descriptors = threading.active_count(), len(os.listdir("/proc/self/fd"))
    run(archive, source, again=True)
    _corrupt_on_medium(monkeypatch, archive, "large.wav", times=2)
    with pytest.raises(EnvironmentUnusable):
        run(archive, source, again=True)
    assert threading.active_count() == threads
    assert len(os.listdir("/proc/self/fd")) == descriptors


def test_an_archive_without_its_staging_folder_gets_it_back(archive: Archive, source: Path) -> None:
    archive.staging.rmdir()
    assert codes(run(archive, source)) == []


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (errno.EMFILE, "ulimit"),
        (errno.EACCES, "user"),
        (errno.EFBIG, "file system"),
        (errno.EROFS, "read-only"),
        (errno.EIO, "disk checked"),
    ],
)
def test_what_stands_in_the_way_is_called_by_its_name(number: int, word: str) -> None:
    said = unusable(OSError(number, os.strerror(number)), "here")
    assert word in said.advice
    assert said.advice.endswith("nothing half-made is visible.")
