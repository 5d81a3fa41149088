"""``archiver lint``: what it says, and how it ends."""

from __future__ import annotations

import tarfile
from pathlib import Path

from tests.bagit.bags import bag_files, seal, write
from tests.cli.workbench import run


def _old_bag(root: Path) -> Path:
    return write(root / "bag", seal(bag_files(algorithms=["md5"], version="0.97"), ["md5"]))


def test_a_bag_as_it_should_be_ends_well_even_strictly(tmp_path: Path) -> None:
    bag = write(tmp_path / "bag", seal(bag_files()))
    said = run("lint", "--strict", bag)
    assert (said.code, said.out) == (0, f"nothing to mend: {bag}\n")


def test_warnings_are_told_with_their_clauses_and_end_well(tmp_path: Path) -> None:
    said = run("lint", _old_bag(tmp_path))
    assert said.code == 0
    assert "weak-algorithms" in said.out
    assert "old-version" in said.out
    assert "RFC 8493 2.1.1" in said.out


def test_strictly_a_warning_is_a_refusal(tmp_path: Path) -> None:
    said = run("lint", "--strict", "--json", _old_bag(tmp_path))
    assert said.code == 5
    assert said.record("lint")["state"] == "refused"
    assert said.record("lint")["warnings"] == len(said.records("finding")) == 2


def test_what_makes_a_bag_invalid_is_found_without_reading_the_payload(tmp_path: Path) -> None:
    bag = _old_bag(tmp_path)
    (bag / "data/a.txt").write_bytes(b"other")
    assert run("lint", bag).code == 0
    (bag / "data/a.txt").unlink()
    assert run("lint", "--strict", bag).code == 3


def test_a_bag_in_a_tar_file_is_looked_into(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "bag.tar", "w") as tar:
        tar.add(_old_bag(tmp_path), "bag")
    said = run("lint", "--json", tmp_path / "bag.tar")
    codes = {record["code"] for record in said.records("finding")}
    assert (said.code, codes) == (0, {"old-version", "weak-algorithms"})


def test_what_is_no_bag_file_at_all_is_told_and_the_others_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    said = run("lint", tmp_path / "x", _old_bag(tmp_path))
    assert said.code == 2
    assert "weak-algorithms" in said.out


def test_our_own_linter_has_nothing_to_say_of_our_own_bags(
    tone_folder: Path, tmp_path: Path
) -> None:
    archive, note = tmp_path / "archive", "CC BY-SA 4.0, by whom, where and when it was said " * 4
    basis = ("--basis", "licence", "--rights-note", note)
    assert run("package", tone_folder, "-a", archive, "--id", "tape", *basis).code == 0
    reason = "the booklet was scanned anew, because the first scan lacked the last two pages of it"
    words = ("--info", "Contact-Name=A. Bee", "--reason", reason)
    assert run("update", "tape", "-a", archive, *words).code == 0
    assert run("lint", "--strict", "tape", "tape-v2", "-a", archive).code == 0
    said = run("show", "tape-v2", "-a", archive)
    assert said.code == 0
