"""Bags are named alike everywhere: by path or id, a slip gets a hint, and shells complete."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from cli.main import archiver as program
from tests.bagit.bags import bag_files, seal, write
from tests.cli.workbench import package, run


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of three bags, two of which begin alike."""
    root = tmp_path_factory.mktemp("naming")
    for number, name in enumerate(("tape-12", "tape-13", "session")):
        (root / name).mkdir()
        (root / name / "a.txt").write_text(f"{number}\n")
        assert package(root / name, root / "archive", "--id", name).code == 0
    return root / "archive"


BY_ID = (
    ("show", "BAG"), ("verify", "BAG", "--no-record"), ("lint", "BAG"), ("history", "BAG"),
    ("compare", "BAG", "session"), ("rights", "check", "BAG"), ("rights", "expiring", "BAG"),
    ("rights", "explain", "BAG/data/a.txt"), ("show", "BAG/data/a.txt"),
    ("metadata", "BAG", "--as", "dc"), ("inventory", "BAG", "--csv"), ("log", "prove", "BAG"),
)  # fmt: skip


@pytest.mark.parametrize("words", BY_ID, ids=" ".join)
def test_a_bag_of_the_archive_goes_by_its_id(archive: Path, words: tuple[str, ...]) -> None:
    said = run(*[word.replace("BAG", "tape-12") for word in words], "-a", archive)
    assert said.code in ((0, 3) if words[0] == "compare" else (0,)), said.text


@pytest.mark.parametrize(
    "words",
    (("verify", "--no-record"), ("lint",), ("show",), ("metadata", "--as", "dc"), ("history",)),
    ids=" ".join,
)
def test_the_folder_a_bag_was_made_of_is_not_taken_for_the_bag(
    archive: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(archive.parent)
    said = run(words[0], "session", *words[1:], "-a", archive)
    assert said.code == 0 and "session" in said.out
    there = run("restore", "session", "back", "-a", archive, "-n", "--json").record("restore")
    assert (there["id"], there["files"]) == ("session", 1)
    elsewhere = run("verify", "session")
    assert elsewhere.code == 3 and "there is nothing of a bag in it" in elsewhere.out


def test_a_bag_that_lies_here_goes_before_one_of_its_name_in_the_archive(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "session", seal(bag_files()))
    monkeypatch.chdir(tmp_path)
    assert run("verify", "session", "-a", archive, "--json").record("verification")["id"] is None


_LATE = {"ARCHIVER_CLOCK": "2098-12-30T00:00:00Z"}
SLIPS = (
    ("show", "BAG"), ("verify", "BAG"), ("history", "BAG"), ("metadata", "BAG", "--as", "dc"),
    ("inventory", "BAG", "--csv"), ("log", "prove", "BAG"), ("restore", "BAG", "/nowhere/new"),
    ("export", "BAG", "/nowhere/x.tar"), ("search", "a", "--bag", "BAG"),
    ("duplicates", "--bag", "BAG"), ("reverify", "--bag", "BAG"), ("drill", "--bag", "BAG"),
    ("update", "BAG", "--info", "A=b", "--reason", "c"),
    ("schedule", "pause", "--bag", "BAG", "--until", "2099-01-01", "--reason", "c"),
)  # fmt: skip


@pytest.mark.parametrize("words", SLIPS, ids=" ".join)
def test_a_slip_in_an_id_is_answered_with_what_may_be_meant(
    archive: Path, words: tuple[str, ...]
) -> None:
    for slip, meant in (("tape", "tape-12 or tape-13"), ("sesion", "session")):
        said = run(*[word.replace("BAG", slip) for word in words], "-a", archive, **_LATE)
        assert said.code == 2
        assert f"Did you mean {meant}? `archiver list` shows" in said.err
    said = run(*[word.replace("BAG", "xyz") for word in words], "-a", archive, **_LATE)
    assert said.code == 2 and "Did you mean" not in said.err and "`archiver list`" in said.err


def test_rights_of_all_bags_are_checked_where_nothing_else_is_named(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(run("rights", "check", "-a", archive, "--json").records("rights-check")) == 3
    assert run("rights", "check", ARCHIVER_ARCHIVE=str(archive)).code == 0
    assert run("rights", "check").code == 2
    (tmp_path / "a.txt").write_text("a\n")
    (tmp_path / "rights.toml").write_text('[rights]\nbasis = "own-production"\n')
    here = run("rights", "check", "--json", ARCHIVER_ARCHIVE=str(archive)).record("rights-check")
    assert here["place"] == "."


def _offered(*words: str | Path) -> list[tuple[str, str]]:
    *before, last = map(str, words)
    completer = ShellComplete(program, {}, "archiver", "_ARCHIVER_COMPLETE")
    return [(one.type, str(one.value)) for one in completer.get_completions(before, last)]


def _plain(*values: str) -> list[tuple[str, str]]:
    return [("plain", value) for value in values]


def test_a_shell_completes_ids_of_bags_and_else_names_of_files(archive: Path) -> None:
    with_archive: list[str | Path] = ["-a", archive]
    assert _offered("show", *with_archive, "t") == _plain("tape-12", "tape-13")
    assert _offered("verify", *with_archive, "tape-12", "se") == _plain("session")
    assert _offered("search", *with_archive, "x", "--bag", "tape-13") == _plain("tape-13")
    assert _offered("restore", *with_archive, "music") == [("file", "music")]
    assert _offered("lint", "-a", archive / "not here", "t") == [("file", "t")]


def test_a_shell_completes_policies_and_profiles() -> None:
    assert _offered("init", "x", "--policy", "iasa") == _plain("iasa-tc04")
    assert _offered("policy", "diff", "library", "rad") == _plain("radio")
    assert _offered("package", "x", "--profile", "nypl") == _plain("nypl-ami")
    assert _offered("verify", "x", "-p", "ours.json") == [("file", "ours.json")]


@pytest.mark.parametrize("shell", ("bash", "zsh", "fish"))
def test_each_shell_gets_a_script_that_asks_this_program(shell: str) -> None:
    said = run("completion", shell)
    assert said.code == 0 and "_ARCHIVER_COMPLETE" in said.out and click.__name__ not in said.out
