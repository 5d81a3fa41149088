"""What the policy asks of the files' contents is judged before a byte is copied."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archiver.archive import Archive, create_archive
from archiver.foresee import foresee
from archiver.package import SourceOutcome
from archiver.preview import Preview, preview
from archiver.state import State
from policies.policy import builtin, read_policy
from tests.audio.protected import FREE, PROTECTED
from tests.audio.sounds import mp3, wav
from tests.packaging.scene import (
    CLOCK,
    events,
    make_source,
    new_archive,
    refusals,
    request_for,
    run,
    snapshot,
    staged,
    visible,
)
from tests.policies.contents import policy_of


def archive_under(place: Path, policy: bytes) -> Archive:
    return create_archive(place, policy, CLOCK)


def remarks(outcome: SourceOutcome | Preview) -> set[tuple[str | None, str]]:
    return {(one.path, one.reason.code) for one in outcome.remarks}


def lines_of(bag: str, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (Path(bag) / name).read_text().splitlines()]


@pytest.mark.parametrize("case", ["fairplay", "cenc", "wma", "playready", "audible aa", "id3v2.3"])
def test_a_protected_file_refuses_the_source_whatever_it_is_called(
    case: str, tmp_path: Path
) -> None:
    archive = new_archive(tmp_path / "archive")
    source = make_source(tmp_path / "s", {"a/renamed.flac": PROTECTED[case][0], "b.wav": wav()})
    before = snapshot(source)
    outcome = run(archive, source)
    assert outcome.state is State.REFUSED
    assert refusals(outcome) == {"a/renamed.flac": {"protected"}}
    (remark,) = [one for one in outcome.remarks if one.reason.code == "protected"]
    assert PROTECTED[case][1] in remark.reason.sentence
    assert "at byte" in remark.reason.sentence
    assert "Ask the rightholder" in remark.reason.advice
    assert (visible(archive), staged(archive), events(archive)) == (
        [], [], [("init", None), ("package", None)],
    )  # fmt: skip
    assert snapshot(source) == before


def test_a_plain_file_with_a_protected_name_passes_with_a_warning(tmp_path: Path) -> None:
    archive = new_archive(tmp_path / "archive")
    source = make_source(tmp_path / "s", {"song.m4p": FREE["m4a"]})
    outcome = run(archive, source)
    assert outcome.state is State.SOUND
    assert ("song.m4p", "named-as-protected") in remarks(outcome)
    (line,) = lines_of(str(outcome.bag_path), "metadata/source.jsonl")[1:]
    assert line["reasons"] == ["named-as-protected"]
    (why,) = line["why"]
    assert why["level"] == "warn"
    assert why["message"].endswith(".m4p")


POLICY = policy_of(
    'accepted = ["wav", "mp3"]\npreferred = ["wav"]\n[formats.master]\nfiles = ["Masters/**"]\n'
    'lossless = true\nbit-depths = [24]\n[formats.rules]\nwave-not-broadcast = "warn"\n'
    'format-unidentified = "warn"',
    'bag-recommended = ["Contact-Name"]\nsidecar = "json"',
    'largest-bag = "1 MB"\nfolders = ["Masters", "Copies"]',
)
FILES = {
    "Masters/a.wav": wav(bits=16),
    "Masters/a.json": b"{}",
    "Masters/b.wav": wav(bits=24),
    "Copies/b.MP3": mp3(20),
    "Copies/b.json": b"{}",
    "Copies/lonely.json": b"{}",
    "Copies/broken.wav": b"\xff\x00" * 50,
    "Images/cover.txt": b"x",
}


def test_the_same_reasons_are_given_in_foresight_rehearsal_and_report(tmp_path: Path) -> None:
    archive = archive_under(tmp_path / "archive", POLICY)
    source = make_source(tmp_path / "s", FILES)
    expected = {
        ("Masters/a.wav", "master-bit-depth"),
        ("Masters/a.wav", "wave-not-broadcast"),
        ("Masters/b.wav", "wave-not-broadcast"),
        ("Masters/b.wav", "sidecar-missing"),
        ("Copies/lonely.json", "sidecar-alone"),
        ("Copies/broken.wav", "format-unidentified"),
        ("Images/cover.txt", "folder-not-foreseen"),
    }
    about_all = {(None, "bag-info-recommended")}
    with foresee(str(source), read_policy(POLICY)) as seen:
        assert seen.state is State.SOUND
        decided = {(one.path, code) for one in seen.decisions() for code in one.codes}
        assert decided == expected | {("Copies/b.MP3", "format-not-preferred")}
        assert seen.formats == {"wav": 2, "mp3": 1, None: 5}
        examples = {one.reason.code: (one.entries, one.path) for one in seen.groups}
        assert examples["wave-not-broadcast"] == (2, "Masters/a.wav")
    with preview(request_for(source), POLICY, archive=archive) as rehearsal:
        assert remarks(rehearsal) == expected | about_all
    outcome = run(archive, source)
    assert outcome.state is State.SOUND
    assert remarks(outcome) == expected | about_all
    lines = lines_of(str(outcome.bag_path), "metadata/source.jsonl")[1:]
    kept = {(line["path"], code) for line in lines for code in line.get("reasons", ())}
    assert kept == expected | {("Copies/b.MP3", "format-not-preferred")}
    (logged,) = [
        json.loads(line)
        for line in (archive.log / "000001.jsonl").read_text().splitlines()
        if json.loads(line)["type"] == "package"
    ]
    assert logged["detail"]["warnings"] == {
        "master-bit-depth": 1, "wave-not-broadcast": 2, "sidecar-missing": 1, "sidecar-alone": 1,
        "format-unidentified": 1, "folder-not-foreseen": 1, "bag-info-recommended": 1,
    }  # fmt: skip


def test_a_policy_that_refuses_formats_names_every_offender(tmp_path: Path) -> None:
    policy = POLICY.replace(b'"mp3"]', b'"flac"]')
    archive = archive_under(tmp_path / "archive", policy)
    source = make_source(tmp_path / "s", {**FILES, "Copies/c.mp3": mp3(20)})
    outcome = run(archive, source)
    assert outcome.state is State.REFUSED
    assert refusals(outcome) == {
        "Copies/b.MP3": {"format-not-accepted"}, "Copies/c.mp3": {"format-not-accepted"},
    }  # fmt: skip
    assert visible(archive) == []


def test_a_bag_that_would_be_too_large_is_refused_and_so_is_one_without_its_labels(
    tmp_path: Path,
) -> None:
    policy = policy_of("", 'bag-required = ["Contact-Name"]', 'largest-bag = "1 kB"')
    archive = archive_under(tmp_path / "archive", policy)
    source = make_source(tmp_path / "s", {"a": b"x" * 1001})
    assert refusals(run(archive, source)) == {None: {"bag-info-missing"}}
    info = (("contact-name", "Ann"),)
    assert refusals(run(archive, source, info=info)) == {None: {"bag-too-large"}}
    (source / "a").write_bytes(b"x" * 1000)
    assert run(archive, source, info=info).state is State.SOUND
    with foresee(str(source), read_policy(policy)) as seen:
        assert seen.state is State.SOUND  # what is given when it comes to packaging is wanted
        assert [one.code for one in seen.wanted] == ["rights-missing", "bag-info-missing"]


def test_what_cannot_be_read_is_neither_accepted_nor_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_source(tmp_path / "s", {"a.wav": wav(), "b.wav": wav()})
    from archiver.tree import Tree

    opened = Tree.open_file

    def failing(tree: Tree, path: str, extra_flags: int = 0) -> int:
        if path == "a.wav":
            raise OSError(5, "Input/output error")
        return opened(tree, path, extra_flags)

    monkeypatch.setattr(Tree, "open_file", failing)
    for name in ("library", "iasa-tc04"):
        with foresee(str(source), read_policy(builtin(name))) as seen:
            assert seen.unread == ("a.wav",)
            assert seen.state in (State.INCOMPLETE, State.REFUSED)


def test_a_source_that_is_not_there_is_foreseen_as_refused(tmp_path: Path) -> None:
    with foresee(str(tmp_path / "nowhere"), read_policy(builtin("library"))) as seen:
        assert seen.state is State.REFUSED
        assert [one.reason.code for one in seen.groups] == ["source-missing"]


RIGHTS = b"""
format = "audio-archiver/rights-statements"
version = 1
[[statements]]
id = "R-1"
basis = "other"
other_basis = "own-production"
applies_to = ["a/*", "rights.toml"]
acts = {replicate = "allow"}
[[statements]]
id = "R-2"
basis = "other"
other_basis = "own-production"
applies_to = ["late/*"]
term = {end = 2026-01-01}
acts = {replicate = "allow"}
"""


def test_rights_are_foreseen_as_packaging_judges_them(tmp_path: Path) -> None:
    files = {"a/1": b"x", "b/2": b"y", "late/3": b"z", "rights.toml": RIGHTS}
    source = make_source(tmp_path / "s", files)
    outcome = run(new_archive(tmp_path / "archive"), source, rights=None)
    with foresee(str(source), read_policy(builtin("library")), clock=CLOCK) as seen:
        assert seen.state is outcome.state is State.REFUSED
        decided = {(one.path, code) for one in seen.decisions() for code in one.codes}
        assert decided == remarks(outcome)
        assert decided == {("b/2", "rights-none-applies"), ("late/3", "rights-expired")}
        assert {one.path for one in seen.groups} == {"b/2", "late/3"}
        assert seen.wanted == ()


def test_rights_that_stand_against_everything_are_foreseen_once(tmp_path: Path) -> None:
    source = make_source(tmp_path / "s", {"a": b"x", "b": b"y"})
    elsewhere = tmp_path / "rights.toml"
    elsewhere.write_bytes(b'[rights]\nbasis = "statute"\nnote = "s. 42"\n')
    policy = read_policy(builtin("home"))
    with foresee(str(source), policy, rights_file=str(elsewhere), clock=CLOCK) as seen:
        assert seen.state is State.REFUSED
        about = {(one.reason.code, one.path) for one in seen.groups}
        assert ("rights-basis-not-accepted", None) in about
        assert {place for _, place in about} == {None}
