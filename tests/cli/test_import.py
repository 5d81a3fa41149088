"""``archiver import`` as people and pipelines meet it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bagit.bags import bag_files, seal, write
from tests.cli.workbench import run


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    assert run("init", tmp_path / "archive").code == 0
    return tmp_path / "archive"


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    return write(tmp_path / "theirs", seal(bag_files({"data/bell\x07\u202e.txt": b"text"})))


def test_bags_are_imported_and_listed(archive: Path, theirs: Path) -> None:
    done = run("import", theirs, "-a", archive, "--basis", "own-production", "--json")
    assert done.code == 0
    record = done.record("import")
    assert (record["state"], record["verdict"]) == ("sound", "valid")
    assert run("list", "-a", archive, "--json").record("bag")["id"] == record["bag"]


def test_one_bad_bag_does_not_stop_the_rest(archive: Path, theirs: Path, tmp_path: Path) -> None:
    bad = write(tmp_path / "bad", seal(bag_files()))
    (bad / "data" / "a.txt").write_text("other")
    done = run("import", bad, theirs, "-a", archive, "--basis", "own-production")
    assert done.code == 3
    assert "not imported" in done.err and "received as valid" in done.err
    assert len(run("list", "-a", archive, "--json").records("bag")) == 1


def test_without_rights_nothing_is_taken(archive: Path, theirs: Path) -> None:
    assert run("import", theirs, "-a", archive).code == 5


def test_damage_is_accepted_with_a_reason_only(archive: Path, theirs: Path) -> None:
    (theirs / "data" / "stray").write_text("stray")
    asked = ("import", theirs, "-a", archive, "--basis", "own-production")
    assert run(*asked, "--accept-known-damage").code == 2
    assert run(*asked, "--accept-known-damage", "--reason", "the only copy").code == 0


def test_what_the_policy_asks_of_bag_info_is_given_or_comes_over(
    archive: Path, tmp_path: Path
) -> None:
    place = archive / "policy.toml"
    none, asked = "bag-required = []", 'bag-required = ["Contact-Name"]'
    assert none in place.read_text()
    place.write_text(place.read_text().replace(none, asked))
    said = write(tmp_path / "said", seal(bag_files(info="Contact-Name: A. Bee\n")))
    wish = ("import", said, "-a", archive, "--basis", "own-production")
    refused = run(*wish)
    assert refused.code == 5
    assert "--info" in refused.err
    assert run(*wish, "--info", "Contact-Name=B. Cee").code == 0
    assert run(*wish, "--form", "upgrade").code == 0


def test_parts_of_a_group_are_told_from_a_whole(archive: Path, tmp_path: Path) -> None:
    for number in (1, 3):
        info = f"Bag-Group-Identifier: Tapes\nBag-Count: {number} of 3\n".encode()
        write(tmp_path / f"p{number}", seal(bag_files() | {"bag-info.txt": info}))
    asked = ("-a", archive, "--basis", "own-production")
    done = run("import", tmp_path / "p1", tmp_path / "p3", *asked)
    assert done.code == 0
    assert "2 of 3 parts of Tapes; not among them: 2" in done.err
    part = run("import", tmp_path / "p3", *asked, "--json").record("import")["part"]
    assert part == {"group": "Tapes", "number": 3, "count": 3}
