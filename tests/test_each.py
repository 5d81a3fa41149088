"""One bag of each sub-folder: what a folder falls into."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archiver.each import divide
from archiver.errors import IncompleteError, RefusedError
from archiver.state import State


def test_sub_folders_come_by_name_and_whatever_lies_beside_is_refused(tmp_path: Path) -> None:
    for name in ("b", "a", ".hidden", "ü\n"):
        (tmp_path / name).mkdir()
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to("a")
    os.mkfifo(tmp_path / "pipe")
    division = divide(str(tmp_path))
    assert division.folders == (".hidden", "a", "b", "ü\n")
    assert [finding.path for finding in division.beside] == ["file", "link", "pipe"]
    assert {finding.state for finding in division.beside} == {State.REFUSED}


def test_a_folder_without_sub_folders_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(RefusedError, match="no sub-folder"):
        divide(str(tmp_path))


@pytest.mark.parametrize("name", ["missing", "file"])
def test_what_cannot_be_listed_is_said_so(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(IncompleteError, match="cannot be listed"):
        divide(str(tmp_path / name))
