"""``archiver policy`` as people and pipelines meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from policies.policy import BUILTIN, builtin, read_policy
from tests.audio.sounds import wav
from tests.cli.workbench import package, run


def test_the_built_in_policies_are_listed_with_what_they_rest_on() -> None:
    done = run("policy", "list")
    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines() if line[0] != " "] == list(BUILTIN)
    assert "IASA-TC 04 2.3 (bit depth): 24 bit" in done.out
    records = run("policy", "list", "--json").records("builtin-policy")
    assert [record["name"] for record in records] == list(BUILTIN)
    assert all(record["rests_on"] for record in records)


@pytest.mark.parametrize("name", BUILTIN)
def test_a_policy_that_is_shown_can_be_used_as_a_file(name: str, tmp_path: Path) -> None:
    text = run("policy", "show", name).out
    assert read_policy(text.encode()) == read_policy(builtin(name))
    file = tmp_path / "ours.toml"
    file.write_text(text)
    assert run("policy", "check", file).code == 0
    assert run("init", tmp_path / "archive", "--policy", file).code == 0
    assert run("policy", "show", "-a", tmp_path / "archive").out == text


def test_the_values_of_a_policy_are_shown_to_programs() -> None:
    record = run("policy", "show", "--json", "aptrust").record("policy")
    assert record["place"] == "the built-in policy aptrust"
    assert record["policy"]["packaging"]["manifest-algorithms"] == ["md5", "sha256"]
    assert record["policy"]["packaging"]["admission"]["name-control"] == "refuse"
    assert record["policy"]["retention"]["deletion"] == "with-authority"


def test_without_an_archive_the_default_policy_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "the built-in policy library" in run("policy", "check").out
    assert run("policy", "check", "-a", tmp_path).code == 10
    run("init", tmp_path / "archive", "--policy", "fadgi")
    assert "'fadgi'" in run("policy", "check", "-a", tmp_path / "archive").out


def test_every_mistake_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    text = builtin("library").decode().replace("[fixity]", "[fixty]").replace('["any"]', '["wave"]')
    file.write_text(text)
    done = run("policy", "check", file)
    assert done.code == 2
    assert "fixty: there is no such key (did you mean fixity?)" in done.err
    assert "formats.accepted: 'wave' is not known (did you mean wav?)" in done.err
    assert "line " in done.err
    error = run("policy", "check", file, "--json").record("error")
    assert len(error["advice"].splitlines()) == 2
    assert run("init", tmp_path / "archive", "--policy", file).code == 2
    assert not (tmp_path / "archive").exists()


def test_a_misspelt_name_is_guessed() -> None:
    done = run("policy", "show", "iasa-tc4")
    assert done.code == 2
    assert "Did you mean iasa-tc04?" in done.err


def test_the_schema_is_printed_for_editors() -> None:
    schema = json.loads(run("policy", "schema").out)
    assert schema["title"] == "audio-archiver policy"
    assert run("policy", "schema", "--json").record("schema")["schema"] == schema


def test_a_policy_of_version_1_goes_on_working(tmp_path: Path) -> None:
    file = tmp_path / "old.toml"
    file.write_text(
        'format = "audio-archiver/policy"\nversion = 1\nname = "old"\n[packaging]\n'
        'manifest-algorithms = ["sha256"]\n[packaging.admission]\n[rights]\nbases = ["licence"]\n'
    )
    assert run("policy", "check", file, "--json").record("policy-check")["version"] == 1
    assert run("init", tmp_path / "archive", "--policy", file).code == 0


def test_ten_thousand_files_read_as_a_dozen_lines(tmp_path: Path) -> None:
    source = tmp_path / "transfers"
    source.mkdir()
    for number in range(400):
        (source / f"{number:03}.wav").write_bytes(wav(10))
    (source / "bell\x07.mp3").write_bytes(b"no recording")
    done = run("policy", "check", source, "--policy", "iasa-tc04")
    assert done.code == 5
    assert len(done.out.splitlines()) <= 12
    assert "refused: 400 master-sample-rate: the sample rate of a master [IASA-TC 04" in done.out
    assert "; the first: 000.wav: 44,100 Hz" in done.out
    assert "401 files, " in done.out
    every = run("policy", "check", source, "--policy", "iasa-tc04", "--all").out
    assert every.count("master-bit-depth") == 401
    records = run("policy", "check", source, "--policy", "iasa-tc04", "--json")
    assert len(records.records("decision")) == 401
    assert records.record("foresight")["formats"] == {"wav": 400, "other": 1}
    group = records.records("decision-group")[0]
    assert group["reason"]["clause"]
    assert group["reason"]["level"] == "refuse"


def test_a_source_is_asked_under_the_policy_of_the_archive(tmp_path: Path) -> None:
    run("init", tmp_path / "archive", "--policy", "fadgi")
    source = tmp_path / "s"
    source.mkdir()
    (source / "a.wav").write_bytes(wav(10))
    assert run("policy", "check", source, "-a", tmp_path / "archive").code == 5
    done = run("policy", "check", source, "--policy", "home")
    assert (done.code, done.err) == (0, "")
    assert "would be accepted" in done.out


def test_a_change_of_policy_is_told_for_what_is_held(tmp_path: Path) -> None:
    source, archive = tmp_path / "s", tmp_path / "archive"
    source.mkdir()
    for number in range(4):
        (source / f"{number}.wav").write_bytes(wav(10 + number))
    assert package(source, archive).code == 0
    done = run("policy", "diff", "fadgi", "-a", archive)
    assert done.code == 0
    assert (
        "master-bit-depth (the bit depth of a master): asked from now on, and refuses" in done.out
    )
    assert "fixity.cadence.disk" not in done.out
    assert "for what is held (4 files in 1 bag): this changes" in done.out
    assert "4 files that were accepted would now be refused: the sample rate of" in done.out
    records = run("policy", "diff", "library", "fadgi", "-a", archive, "--json")
    assert records.record("policy-diff")["new"] == "the built-in policy fadgi"
    (shift,) = records.record("policy-change")["shifts"]
    assert (shift["number"], shift["after"]) == (4, "refused")


def test_two_policies_are_compared_without_an_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run("policy", "diff", "iasa-tc04", "fadgi")
    assert done.code == 0
    assert "formats.master.sample-rates: without 48000, 192000" in done.out
    assert "for what is held" not in done.out
    assert run("policy", "diff", "home", "home").out.endswith("home: 0 differences\n")
    assert run("policy", "diff", "home", "home", "home").code == 2
