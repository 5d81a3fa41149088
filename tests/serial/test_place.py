"""A file in the making never costs a finished one, whatever an earlier run left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archiver.errors import BusyError
from archiver.serial.writing.place import file_aside

ASIDE = ".bag.tar.exporting"


def test_what_a_run_left_under_two_names_keeps_the_other(tmp_path: Path) -> None:
    kept = tmp_path / "on the shelf.tar"
    kept.write_bytes(b"finished")
    os.link(kept, tmp_path / ASIDE)  # killed as its file had its name, which somebody changed since
    with file_aside(str(tmp_path / "bag.tar")) as aside:
        aside.write(b"new")
        aside.publish()
    assert kept.read_bytes() == b"finished"
    assert (tmp_path / "bag.tar").read_bytes() == b"new"
    assert sorted(os.listdir(tmp_path)) == ["bag.tar", "on the shelf.tar"]


def test_what_a_run_left_half_made_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / ASIDE).write_bytes(b"half a file, and a long one")
    with file_aside(str(tmp_path / "bag.tar")) as aside:
        aside.write(b"new")
        assert aside.publish() == 3
    assert sorted(os.listdir(tmp_path)) == ["bag.tar"]


def test_a_living_run_is_left_alone(tmp_path: Path) -> None:
    place = str(tmp_path / "bag.tar")
    with file_aside(place) as aside:
        aside.write(b"first")
        with pytest.raises(BusyError), file_aside(place):
            pass
        aside.publish()
    assert (tmp_path / "bag.tar").read_bytes() == b"first"
