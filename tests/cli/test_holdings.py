"""``init``, ``list``, ``show``, ``status``, ``rebuild``, ``recover`` and ``completion``."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.archive import open_archive
from tests.cli.workbench import package, run


@pytest.fixture
def archive(tone_folder: Path, tmp_path: Path) -> Path:
    """An archive of two bags."""
    place = tmp_path / "archive"
    (tone_folder / "First" / "esc\x1b]0;evil\x07.txt").write_text("x")
    assert package(tone_folder, place, "--each").code == 0
    return place


def test_init_makes_an_archive_once(tmp_path: Path) -> None:
    place = tmp_path / "new\x1b"
    done = run("init", place)
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("made the archive ")
    assert run("init", place).code == 2
    assert run("status", "-a", place, "--json").record("status")["bags"] == 0


def test_init_takes_a_policy_by_name_or_file_and_refuses_one_with_mistakes(tmp_path: Path) -> None:
    policy = tmp_path / "ours.toml"
    assert run("init", tmp_path / "a", "--policy", "library").code == 0
    policy.write_bytes((tmp_path / "a" / "policy.toml").read_bytes())
    assert run("init", tmp_path / "b", "--policy", policy).code == 0
    policy.write_text('nonsense = 1\nformat = "other\\u001b"\n')
    done = run("init", tmp_path / "c", "--policy", policy)
    assert done.code == 2
    assert "nonsense" in done.err
    assert "format" in done.err
    done = run("init", tmp_path / "c", "--policy", "none-of-that-name")
    assert (done.code, "library" in done.err) == (2, True)
    assert not (tmp_path / "c").exists()


def test_list_is_a_table_for_people_and_records_for_programs(archive: Path) -> None:
    lines = run("list", "-a", archive).out.splitlines()
    assert lines[0].split()[:3] == ["bag", "files", "size"]
    assert [line.split("-")[0] for line in lines[1:]] == ["First", "Second"]
    records = run("list", "-a", archive, "--json").records("bag")
    assert [record["payload_files"] for record in records] == [4, 1]


def test_bags_that_are_not_fine_are_listed_by_themselves(archive: Path) -> None:
    bag_id, *_ = [one["id"] for one in run("list", "-a", archive, "--json").records("bag")]
    assert run("list", "--unsound", "-a", archive).out.startswith("Of no bag did")
    bag = Path(run("show", bag_id, "-a", archive, "--json").record("bag")["path"])
    victim = next(path for path in bag.rglob("data/*") if path.is_file())
    victim.chmod(0o644)
    victim.write_bytes(victim.read_bytes() + b"!")
    assert run("verify", bag_id, "-a", archive).code == 3
    found = run("list", "--unsound", "-a", archive, "--json").records("bag")
    assert [(one["id"], one["last_verdict"]) for one in found] == [(bag_id, "invalid")]


def test_events_of_a_bag_are_no_records_of_another_kind(archive: Path) -> None:
    bag_id = run("list", "-a", archive, "--json").records("bag")[0]["id"]
    records = run("show", bag_id, "-a", archive, "--json").records()
    assert {one["type"] for one in records} == {"bag", "event", "recordings"}
    assert [one["event"] for one in records if one["type"] == "event"] == ["package", "seal"]


def test_an_empty_archive_lists_nothing_and_says_so(tmp_path: Path) -> None:
    run("init", tmp_path / "new")
    assert run("list", "-a", tmp_path / "new").out == "The archive holds no bag yet.\n"


@pytest.mark.parametrize("command", ["list", "status", "recover", "rebuild"])
def test_where_there_is_no_archive_the_way_to_one_is_shown(command: str, tmp_path: Path) -> None:
    done = run(command, "-a", tmp_path / "no\x1bwhere")
    assert done.code == 10
    assert "archiver init" in done.err


def test_the_archive_is_found_by_the_variable_and_by_where_we_stand(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("status", ARCHIVER_ARCHIVE=str(archive)).code == 0
    monkeypatch.chdir(archive)
    assert run("status").code == 0


def test_show_tells_of_contents_and_events(archive: Path) -> None:
    bag_id = run("list", "-a", archive, "--json").records("bag")[0]["id"]
    done = run("show", bag_id, "--files", "-a", archive)
    assert "rights basis    own-production" in done.out
    assert "seal: success" in done.out
    assert "data/esc\\x1b]0;evil\\x07.txt" in done.out
    files = run("show", bag_id, "--files", "-a", archive, "--json").records("file")
    assert [file["path"] for file in files][-1] == "data/esc\x1b]0;evil\x07.txt"


def test_show_of_an_unknown_bag_points_to_the_list(archive: Path) -> None:
    done = run("show", "never-was", "-a", archive)
    assert done.code == 2
    assert "archiver list" in done.err
    assert run("show", "hostile\x1b\u202e", "-a", archive).code == 2


def test_status_sums_up(archive: Path) -> None:
    done = run("status", "-a", archive)
    assert "2 bags, 5 files" in done.out
    status = run("status", "-a", archive, "--json").record("status")
    assert (status["bags"], status["files"], status["in_step"]) == (2, 5, True)


def test_a_rebuilt_catalogue_lists_the_same(archive: Path) -> None:
    before = run("list", "-a", archive, "--json").out
    open_archive(archive).catalogue_path.unlink()
    assert run("list", "-a", archive).code != 0
    assert run("rebuild", "-a", archive).code == 0
    assert run("list", "-a", archive, "--json").out == before


def test_rebuild_check_names_a_difference_and_ends_in_code_3(archive: Path) -> None:
    assert run("rebuild", "--check", "-a", archive).code == 0
    import sqlite3

    with sqlite3.connect(open_archive(archive).catalogue_path) as database:
        database.execute("UPDATE bag SET payload_files = payload_files + 1 WHERE id LIKE 'First%'")
    database.close()
    done = run("rebuild", "--check", "-a", archive)
    assert done.code == 3
    assert "catalogue-row-differs" in done.out
    assert run("rebuild", "--check", "-a", archive, "--json").record("check")["state"] == "unsound"


def test_recover_says_so_when_nothing_was_unfinished(archive: Path) -> None:
    done = run("recover", "-a", archive)
    assert (done.code, done.err) == (0, "nothing was unfinished\n")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_that_asks_us(shell: str) -> None:
    done = run("completion", shell)
    assert done.code == 0
    assert "_ARCHIVER_COMPLETE" in done.out
