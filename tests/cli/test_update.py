"""``archiver update`` as people and pipelines meet it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.workbench import package, run


@pytest.fixture
def archive(tone_folder: Path, tmp_path: Path) -> Path:
    assert package(tone_folder, tmp_path / "archive", "--id", "tape").code == 0
    return tmp_path / "archive"


def test_a_version_is_made_and_both_bags_show_it(archive: Path, tmp_path: Path) -> None:
    note = tmp_path / "note\u202e.txt"
    note.write_text("found later")
    wish = ("update", "tape", "--add", note, "--reason", "a note", "-a", archive)
    foreseen = run(*wish, "--dry-run")
    assert foreseen.code == 0
    assert "a new version would be made, tape-v2" in foreseen.out
    done = run(*wish)
    assert done.code == 0
    assert "it supersedes tape, which stays in the archive" in done.err
    assert "\u202e" not in done.err
    listed = run("list", "-a", archive, "--json").records("bag")
    assert [(bag["id"], bag["superseded_by"]) for bag in listed] == [
        ("tape", "tape-v2"),
        ("tape-v2", None),
    ]
    assert "tape-v2" in run("list", "-a", archive).out.splitlines()[1]
    assert len(run("list", "-a", archive, "--current", "--json").records("bag")) == 1
    assert "superseded by   tape-v2" in run("show", "tape", "-a", archive).out
    assert "supersedes      tape" in run("show", "tape-v2", "-a", archive).out
    told = run("history", "tape", "-a", archive).text
    assert "supersedes tape, because: a note" in told


def test_with_json_the_last_record_says_which_supersedes_which(archive: Path) -> None:
    wish = ("--info", "A=b", "--reason", "why", "-a", archive, "--json")
    assert run("update", "tape", *wish).record("update") == {
        "type": "update",
        "bag": "tape-v2",
        "supersedes": "tape",
        "state": "sound",
    }
    refused = run("update", "tape", *wish)
    assert (refused.code, refused.record("error")["state"]) == (2, "usage")


def test_a_damaged_bag_ends_in_3_and_says_so(archive: Path) -> None:
    (place,) = archive.glob("bags/*/tape/data/**/*.txt")
    place.chmod(0o644)
    place.write_bytes(place.read_bytes()[::-1])
    done = run("update", "tape", "--info", "A=b", "--reason", "why", "-a", archive)
    assert done.code == 3
    assert "damaged, so there is no new version" in done.err
    assert place.name in done.err
