"""Bags made by BagIt profiles: what is asked is met, or refused before the first byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from archiver.archive import Archive, create_archive
from archiver.errors import UsageError
from archiver.foresee import foresee
from archiver.package import SourceOutcome
from archiver.packaging.foreseen import foreseen_tag_files
from archiver.packaging.request import request_from_record, request_record
from archiver.preview import preview
from archiver.profiles import Asked, judge_bag, profile_named
from archiver.state import State
from archiver.tree import Tree
from policies.policy import builtin, read_policy
from tests.packaging.scene import (
    CLOCK,
    assert_valid,
    bag_of,
    make_source,
    request_for,
    run,
    staged,
    visible,
)
from tests.policies.profiles.scene import IDENTIFIER, document

GIVEN = (("Source-Organization", "Our Archive"),)
FILES = {"a.wav": b"sound", "b/c.txt": b"words", "b/c.txt.md5": b""}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make_source(tmp_path / "source", FILES)


def _file(folder: Path, keys: dict[str, Any], name: str = "partner.json") -> str:
    (folder / name).write_text(json.dumps(document(keys)))
    return str(folder / name)


def _codes(outcome: SourceOutcome) -> list[str]:
    refused = [one.reason.code for one in outcome.remarks if one.reason.level == "refuse"]
    return refused + [one.code for one in outcome.findings]


def _meets(outcome: SourceOutcome, profile: str, form: str = "folder") -> bool:
    asked = Asked((profile_named(profile)[1],))
    with Tree(bag_of(outcome)) as tree:
        return judge_bag(tree, asked, form).state is State.SOUND


@pytest.mark.parametrize("policy", ["library", "home", "radio", "fadgi", "iasa-tc04"])
def test_every_bag_made_here_meets_the_audio_profile(
    policy: str, tmp_path: Path, source: Path
) -> None:
    (source / "a.wav").unlink()
    rules = builtin(policy)
    archive = create_archive(tmp_path / "by-policy", rules, CLOCK)
    lacking = read_policy(rules).metadata.bag_required
    given = (*GIVEN, *((label, "x") for label in lacking if label != "Source-Organization"))
    outcome = run(archive, source, profiles=("audio",), info=given)
    assert outcome.state is State.SOUND, outcome
    assert _meets(outcome, "audio")
    info = (bag_of(outcome) / "bag-info.txt").read_text().splitlines()
    assert "BagIt-Profile-Identifier: urn:audio-archiver:bagit-profile:audio:1.0" in info


def test_what_the_audio_profile_lacks_is_refused_and_nothing_is_staged(
    archive: Archive, source: Path
) -> None:
    outcome = run(archive, source, profiles=("audio",))
    assert (outcome.state, _codes(outcome)) == (State.REFUSED, ["profile-info-missing"])
    assert (visible(archive), staged(archive)) == ([], [])


def test_manifests_that_are_required_are_written(
    archive: Archive, source: Path, tmp_path: Path
) -> None:
    keys = {"Manifests-Required": ["md5", "sha1"], "Tag-Manifests-Required": ["sha256"]}
    outcome = run(archive, source, profiles=(_file(tmp_path, keys),))
    assert outcome.state is State.SOUND, outcome
    names = {path.name for path in bag_of(outcome).glob("*manifest-*.txt")}
    assert names == {
        *(f"manifest-{name}.txt" for name in ("sha512", "md5", "sha1")),
        *(f"tagmanifest-{name}.txt" for name in ("sha512", "md5", "sha1", "sha256")),
    }
    assert_valid(bag_of(outcome))
    assert _meets(outcome, _file(tmp_path, keys))


@pytest.mark.parametrize(
    ("keys", "codes"),
    [
        ({"Accept-BagIt-Version": ["0.97"]}, ["profile-bagit-version"]),
        ({"Manifests-Required": ["blake3"]}, ["profile-manifest-missing"]),
        ({"Manifests-Allowed": ["md5"]}, ["profile-manifest-not-allowed"]),
        ({"Tag-Manifests-Allowed": ["md5"]}, ["profile-tag-manifest-not-allowed"]),
        ({"Tag-Files-Required": ["x.txt"]}, ["profile-tag-file-missing"]),
        ({"Fetch.txt-Required": True}, ["profile-fetch-missing"]),
        ({"Tag-Files-Allowed": ["*.txt", "*.jsonl"]}, ["profile-tag-file-not-allowed"] * 2),
        ({"Tag-Files-Allowed": ["[!m]*", "metadata/[!p]*"]}, ["profile-tag-file-not-allowed"]),
        ({"Bag-Info": {"Title": {"required": True}}}, ["profile-info-missing"]),
        ({"Bag-Info": {"Payload-Oxum": {"required": True}}}, []),
        ({"Payload-Files-Allowed": ["data/a.wav"]}, ["profile-payload-not-allowed"] * 2),
        ({"Payload-Files-Required": ["data/no/"]}, ["profile-payload-missing"]),
        ({"Data-Empty": True}, ["profile-payload-not-empty"]),
        ({"Serialization": "required"}, []),
        ({"Serialization": "forbidden"}, []),
    ],
)
def test_what_cannot_be_met_is_refused_before_the_first_byte(
    keys: dict[str, Any], codes: list[str], archive: Archive, source: Path, tmp_path: Path
) -> None:
    profile = _file(tmp_path, keys)
    outcome = run(archive, source, profiles=(profile,))
    assert _codes(outcome) == codes
    assert outcome.state is (State.REFUSED if codes else State.SOUND)
    assert (outcome.bag_id is None) is bool(codes)
    request = request_for(source, profiles=(profile,))
    policy = archive.policy_path.read_bytes()
    with preview(request, policy, archive=archive, clock=CLOCK) as seen:
        found = [one.reason.code for one in seen.remarks if one.reason.level == "refuse"]
    assert found == codes, "the dry run says the same"


def test_that_a_profile_wants_one_file_is_said(
    archive: Archive, source: Path, tmp_path: Path
) -> None:
    profile = _file(tmp_path, {"Serialization": "required"})
    outcome = run(archive, source, profiles=(profile,))
    assert "profile-wants-one-file" in [one.reason.code for one in outcome.remarks]
    assert _meets(outcome, profile, "tar")
    assert not _meets(outcome, profile)


@pytest.mark.parametrize("rule", [{"values": ["1.1"]}, {"repeatable": False}])
def test_what_only_the_finished_bag_shows_is_refused_before_it_is_sealed(
    rule: dict[str, Any], archive: Archive, source: Path, tmp_path: Path
) -> None:
    label = "Payload-Oxum" if "values" in rule else "Rights-Statement"
    info = () if "values" in rule else (("Rights-Statement", "by hand"),)
    profile = _file(tmp_path, {"Bag-Info": {label: rule}})
    outcome = run(archive, source, profiles=(profile,), info=info)
    assert outcome.state is State.REFUSED
    assert visible(archive) == []


def test_the_tag_files_of_a_bag_are_those_foreseen(archive: Archive, source: Path) -> None:
    outcome = run(archive, source, again=True)
    bag = bag_of(outcome)
    found = {
        str(path.relative_to(bag))
        for path in bag.rglob("*")
        if path.is_file() and path.relative_to(bag).parts[0] != "data"
    }
    found.discard("metadata/prior-fixity.jsonl")
    assert found == set(foreseen_tag_files(("sha512",), ("sha512",), (), None))


def test_the_profile_of_the_policy_holds_for_every_bag(tmp_path: Path, source: Path) -> None:
    policy = builtin("library").replace(
        b"[packaging]\n", b'[packaging]\nprofile = "partner.json"\n', 1
    )
    archive = create_archive(tmp_path / "archive", policy, CLOCK)
    with pytest.raises(UsageError, match="cannot be read"):
        run(archive, source)
    _file(archive.root, {"Bag-Info": {"Source-Organization": {"required": True}}})
    assert _codes(run(archive, source)) == ["profile-info-missing"]
    outcome = run(archive, source, info=GIVEN, profiles=("btr",))
    info = (bag_of(outcome) / "bag-info.txt").read_text()
    assert info.count("BagIt-Profile-Identifier") == 2, "the policy's and the one asked for"
    assert _meets(outcome, str(archive.root / "partner.json"))
    assert _meets(outcome, "btr")
    request = request_for(source)
    with (
        pytest.raises(UsageError, match="which must lie beside it"),
        preview(request, policy, archive=None, clock=CLOCK),
    ):
        pass


def test_an_identifier_that_is_given_is_not_given_twice(
    archive: Archive, source: Path, tmp_path: Path
) -> None:
    info = (("bagit-profile-identifier", IDENTIFIER),)
    outcome = run(archive, source, profiles=(_file(tmp_path, {}),), info=info)
    assert (bag_of(outcome) / "bag-info.txt").read_text().count(IDENTIFIER) == 1


def test_a_tag_file_that_is_given_comes_into_the_bag_as_it_is(
    archive: Archive, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("aptrust-info.txt").write_bytes(b"Title: x\r\n")
    wishes: dict[str, Any] = {
        "profiles": ("aptrust",),
        "info": GIVEN,
        "tag_files": ("aptrust-info.txt",),
    }
    outcome = run(archive, source, **wishes)
    assert outcome.state is State.SOUND, outcome
    assert (bag_of(outcome) / "aptrust-info.txt").read_bytes() == b"Title: x\r\n"
    assert "  aptrust-info.txt" in (bag_of(outcome) / "tagmanifest-md5.txt").read_text()
    assert _meets(outcome, "aptrust", "tar")
    assert_valid(bag_of(outcome))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Bag-Info.txt", "of its own"),
        ("manifest-md5.txt", "of its own"),
        ("tagmanifest-x", "of its own"),
        ("Metadata", "of its own"),
        ("data", "of its own"),
        ("white space.txt", "cannot be the name"),
        (".hidden", "cannot be the name"),
        ("no.txt", "cannot be read"),
        ("large.txt", "larger than 1 MiB"),
    ],
)
def test_what_can_be_no_tag_file_is_told(
    name: str, words: str, archive: Archive, source: Path, tmp_path: Path
) -> None:
    if name != "no.txt":
        (tmp_path / name).write_bytes(b"x" * ((1 << 20) + 1 if name == "large.txt" else 1))
    with pytest.raises(UsageError, match=words):
        run(archive, source, tag_files=(str(tmp_path / name),))


def test_a_request_of_an_older_version_names_no_profile() -> None:
    request = request_for("x", profiles=("audio",), tag_files=("/y",))
    record = request_record(request)
    assert request_from_record(json.loads(json.dumps(record))) == request
    del record["profiles"], record["tag_files"]
    assert request_from_record(record) == request_for("x")


def test_what_a_policy_would_make_of_a_source_says_what_its_profile_asks(
    tmp_path: Path, source: Path
) -> None:
    keys = {
        "Bag-Info": {"Source-Organization": {"required": True}},
        "Payload-Files-Allowed": ["*.wav"],
        "Manifests-Allowed": ["md5"],
    }
    _file(tmp_path, keys, "p.json")
    policy = builtin("library").replace(b"[packaging]\n", b'[packaging]\nprofile = "p.json"\n', 1)
    with foresee(str(source), read_policy(policy), clock=CLOCK, beside=tmp_path) as seen:
        assert seen.state is State.REFUSED
        assert "profile-info-missing" in [reason.code for reason in seen.wanted]
        groups = {group.reason.code: group.entries for group in seen.groups}
    assert groups["profile-payload-not-allowed"] == 2
    assert groups["profile-manifest-not-allowed"] == 1
