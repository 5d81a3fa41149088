"""One ``syncfs`` for all files is believed only where it does for all what ``fsync`` does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archiver.durable import can_sync_filesystem, sync_filesystem, whole
from archiver.export import Form, export
from archiver.restore import restore
from archiver.restore_packed import restore_packed
from archiver.state import State
from tests.packaging.scene import bag_of, make_source, new_archive, noise, run

SOURCE = {"1.wav": noise(3 << 20), "disc/one/2.wav": b"two", "disc/empty": b""}


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The inodes that are synced one by one, on a file system of a kind nobody knows."""
    inodes: set[int] = set()
    genuine = os.fsync

    def fsync(fd: int) -> None:
        inodes.add(os.fstat(fd).st_ino)
        genuine(fd)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(whole, "_KEEP_THE_PROMISE", {})
    return inodes


def _not_in(synced: set[int], folder: Path) -> list[str]:
    places = [folder, *folder.rglob("*")]
    return [str(place) for place in places if place.lstat().st_ino not in synced]


def test_a_file_system_that_makes_nothing_of_the_call_is_not_asked() -> None:
    if not os.path.isdir("/proc/self"):
        pytest.skip("no /proc here")
    fd = os.open("/proc", os.O_RDONLY)
    try:
        assert not can_sync_filesystem(fd)
        assert not sync_filesystem(fd)
    finally:
        os.close(fd)


def test_where_one_call_does_not_sync_all_every_file_and_folder_of_a_bag_is_synced(
    tmp_path: Path, synced: set[int]
) -> None:
    outcome = run(new_archive(tmp_path / "archive"), make_source(tmp_path / "Album", SOURCE))
    assert outcome.state is State.SOUND
    assert _not_in(synced, bag_of(outcome)) == []


def test_where_one_call_does_not_sync_all_every_file_and_folder_restored_is_synced(
    tmp_path: Path, synced: set[int]
) -> None:
    made = run(new_archive(tmp_path / "archive"), make_source(tmp_path / "Album", SOURCE))
    assert restore(str(bag_of(made)), str(tmp_path / "back")).state is State.SOUND
    assert _not_in(synced, tmp_path / "back") == []


def test_where_one_call_does_not_sync_all_every_file_and_folder_of_a_bag_unpacked_is_synced(
    tmp_path: Path, synced: set[int]
) -> None:
    made = run(new_archive(tmp_path / "archive"), make_source(tmp_path / "Album", SOURCE))
    export(str(bag_of(made)), str(tmp_path / "bag.tar"), Form.TAR)
    done = restore_packed([str(tmp_path / "bag.tar")], str(tmp_path / "back"), as_bag=True)
    assert done.state is State.SOUND
    assert _not_in(synced, tmp_path / "back") == []
