"""``archiver export`` as people and pipelines meet it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.workbench import package, run


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def bag(tone_folder: Path, archive: Path) -> Path:
    """A sealed bag, in an archive."""
    return Path(package(tone_folder, archive, "--json").record("package")["path"])


def test_a_held_bag_is_exported_by_its_id_and_named_after_it(
    bag: Path, archive: Path, tmp_path: Path
) -> None:
    done = run("export", bag.name, "--in-house", "--as", "zip", tmp_path, "-a", archive)
    assert (done.code, done.out) == (0, "")
    assert str(tmp_path / f"{bag.name}.zip") in done.err
    assert (tmp_path / f"{bag.name}.zip").exists()


def test_the_record_tells_what_was_written(bag: Path, tmp_path: Path) -> None:
    record = run("export", bag, "--in-house", tmp_path / "a.tar.gz", "--json").record("export")
    assert (record["form"], record["state"]) == ("tar.gz", "sound")
    assert record["size"] == (tmp_path / "a.tar.gz").stat().st_size


def test_a_damaged_bag_ends_in_3_and_no_file(bag: Path, tmp_path: Path) -> None:
    (bag / "README.txt").chmod(0o644)
    (bag / "README.txt").write_text("other")
    done = run("export", bag, "--in-house", tmp_path / "a.tar", "-q")
    assert done.code == 3 and "README.txt" in done.err
    assert not (tmp_path / "a.tar").exists()


def test_a_name_without_a_form_is_a_usage_error(bag: Path, tmp_path: Path) -> None:
    done = run("export", bag, "--in-house", tmp_path / "a.rar")
    assert done.code == 2 and ".tar.gz" in str(done)
