"""``archiver export`` as people and pipelines meet it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.workbench import package, run


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


def test_a_dry_run_asks_the_rights_writes_nothing_and_leaves_no_event(
    bag: Path, archive: Path, tmp_path: Path
) -> None:
    (tmp_path / "usb").mkdir()
    before = run("history", "-a", archive, "--json").out
    words = ("export", bag.name, tmp_path / "usb", "-a", archive, "--as", "tar")
    refused = run(*words, "-n", "--json")
    assert (refused.code, refused.record("export")["refused"]) == (
        5,
        {"rights-export-not-granted": 4},
    )
    whole = run(*words, "--in-house", "-n", "--json").record("export")
    parts = run(*words, "--in-house", "-n", "--split-size", "90kB", "--json").record("export")
    assert list((tmp_path / "usb").iterdir()) == []
    assert run("history", "-a", archive, "--json").out == before
    for foreseen, more in ((whole, ()), (parts, ("--split-size", "90kB"))):
        done = run(*words, "--in-house", *more, "--json").record("export")
        same = set(done) - {"size", "parts", "files", "bytes", "dry_run", "bytes_free"}
        assert {key: foreseen[key] for key in same} == {key: done[key] for key in same}
        assert [one["path"] for one in foreseen["parts"]] == [one["path"] for one in done["parts"]]
        assert (foreseen["dry_run"], foreseen["size"]) == (True, None)
        assert run(*words, "--in-house", *more, "-n").code == 2  # the names are taken now
    next(bag.rglob("data/**/*.wav")).unlink()
    assert run("export", bag.name, tmp_path / "x.tar", "-a", archive, "--in-house", "-n").code == 3
