"""``archiver show`` says of a bag in one file what it says of the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.export import Form, export
from tests.cli.workbench import package, run
from tests.serial.hostile import BAG, entry, tar


@pytest.fixture
def bag(tone_folder: Path, tmp_path: Path) -> Path:
    """A sealed bag."""
    archive = tmp_path / "archive"
    return Path(package(tone_folder, archive, "--json").record("package")["path"])


@pytest.mark.parametrize("form", tuple(Form))
def test_a_bag_in_a_file_is_shown_as_the_folder_is(bag: Path, tmp_path: Path, form: Form) -> None:
    place = tmp_path / f"a.{form.value}"
    export(str(bag), str(place), form)
    before = sorted(tmp_path.iterdir())
    folder, packed = run("show", bag, "--json"), run("show", place, "--json")
    assert packed.code == 0
    assert packed.record("recordings") == folder.record("recordings")
    inside = "data/First/01 A.wav"
    folder = run("show", f"{bag}/{inside}", "--json")
    for mark in (":", "/"):
        assert run("show", f"{place}{mark}{inside}", "--json").records() == folder.records()
    assert sorted(tmp_path.iterdir()) == before


def test_a_file_that_is_not_there_or_attacks_is_no_answer(bag: Path, tmp_path: Path) -> None:
    export(str(bag), str(tmp_path / "a.tar"), Form.TAR)
    assert run("show", f"{tmp_path / 'a.tar'}:data/none.wav").code == 2
    (tmp_path / "evil.tar").write_bytes(tar(BAG, [entry("../evil")]))
    done = run("show", tmp_path / "evil.tar")
    assert done.code == 4 and "climbs out" in done.err
    (tmp_path / "theirs.tar").write_bytes(tar(BAG))
    assert run("show", tmp_path / "theirs.tar").code == 2
