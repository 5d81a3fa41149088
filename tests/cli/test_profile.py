"""``archiver profile`` and ``verify --profile`` as people and pipelines meet them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archiver.archive import open_archive
from policies.profiles import SHIPPED, read_profile, shipped
from tests.bagit.bags import bag_files, seal, write
from tests.cli.workbench import package, run
from tests.policies.profiles.scene import IDENTIFIER, document


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    info = f"BagIt-Profile-Identifier: {IDENTIFIER}\nTitle: bell\x07\n"
    return write(tmp_path / "bag", seal(bag_files(info=info)))


def _profile(folder: Path, **keys: object) -> Path:
    file = folder / "partner.json"
    file.write_text(json.dumps(document({key.replace("_", "-"): keys[key] for key in keys})))
    return file


def test_the_shipped_profiles_are_listed_with_their_identifiers() -> None:
    done = run("profile", "list")
    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines() if line[0] != " "] == list(SHIPPED)
    records = run("profile", "list", "--json").records("shipped-profile")
    assert [record["name"] for record in records] == list(SHIPPED)
    assert records[0]["identifier"] == "urn:audio-archiver:bagit-profile:audio:1.0"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_profile_that_is_shown_can_be_used_as_a_file(name: str, tmp_path: Path) -> None:
    file = tmp_path / "ours.json"
    file.write_text(run("profile", "show", name).out)
    assert read_profile(file.read_bytes()) == read_profile(shipped(name))
    checked = run("profile", "check", file, "--json").record("profile-check")
    assert checked["identifier"] == read_profile(shipped(name)).identifier
    shown = run("profile", "show", file, "--json").record("profile")["profile"]
    assert shown == json.loads(shipped(name))


def test_every_mistake_in_a_profile_is_told_at_once(tmp_path: Path) -> None:
    file = _profile(tmp_path, Serialization="maybe", Bag_Info={"X": {"regex": "\x1b[2J"}})
    done = run("profile", "check", file)
    assert (done.code, done.out) == (2, "")
    assert "Serialization: 'maybe' is not known" in done.err
    assert "Bag-Info.X.regex: there is no such key" in done.err
    assert run("profile", "show", file).code == 2
    assert run("verify", tmp_path, "--profile", file).code == 2
    assert "Did you mean aptrust?" in run("profile", "show", "aptrst").err


def test_what_is_odd_is_remarked_and_the_profile_can_be_used() -> None:
    done = run("profile", "check", "btr")
    assert done.code == 0
    assert "note: recommended is no key of the specification" in done.out
    assert run("profile", "check", "aptrust", "-q").out == ""


def test_a_bag_that_meets_its_profile_is_said_to(bag: Path, tmp_path: Path) -> None:
    done = run("verify", bag, "-p", _profile(tmp_path))
    assert (done.code, done.err) == (0, "")
    assert f"it meets the profile {IDENTIFIER} (version 1.0)" in done.out
    record = run("verify", bag, "-p", _profile(tmp_path), "--json").record("profile-verdict")
    assert (record["verdict"], record["findings"]) == ("met", 0)


def test_a_sound_bag_that_does_not_meet_it_is_valid_and_refused(bag: Path, tmp_path: Path) -> None:
    file = _profile(tmp_path, Manifests_Required=["md5"], Bag_Info={"Title": {"values": ["horn"]}})
    done = run("verify", bag, "--profile", file)
    assert done.code == 5
    assert done.out.startswith(f"valid: {bag}\n")
    assert "it does not meet the profile" in done.out
    assert "there is no manifest-md5.txt" in done.out
    assert "Title: bell\\u0007 (accepted are: horn)" in done.out
    found = run("verify", bag, "--profile", file, "--json")
    assert found.record("verification")["verdict"] == "valid"
    assert found.record("verification")["state"] == "sound"
    assert found.record("profile-verdict")["verdict"] == "not-met"
    assert {one["code"] for one in found.records("finding")} == {
        "profile-manifest-missing",
        "profile-info-value",
    }
    assert all(one["severity"] == "refusal" for one in found.records("finding"))
    (bag / "data" / "a.txt").write_bytes(b"other")
    assert run("verify", bag, "--profile", file).code == 3, "damage outranks a profile"


def test_several_profiles_are_asked_one_after_the_other(bag: Path, tmp_path: Path) -> None:
    file = _profile(tmp_path)
    found = run("verify", bag, "-p", file, "-p", "btr", "-p", "nypl-ami", "--json")
    assert found.code == 5
    verdicts = [record["verdict"] for record in found.records("profile-verdict")]
    assert verdicts == ["met", "not-met", "not-met"]


def test_a_bag_in_an_archive_is_judged_and_the_log_remembers_its_bytes_only(
    tone_folder: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    made = package(tone_folder, archive, "--json").record("package")
    done = run("verify", made["bag"], "-a", archive, "-p", "audio")
    assert done.code == 5
    assert "profile-info-missing" in done.out
    log = (open_archive(archive).log / "000001.jsonl").read_text()
    (event,) = [line for line in log.splitlines() if '"type":"verify"' in line]
    assert '"outcome":"valid"' in event
    assert "profile" not in event


def test_inside_a_tar_file_the_form_is_judged_too(bag: Path, tmp_path: Path) -> None:
    for form in ("tar", "zip", "tar.gz"):
        assert run("export", bag, tmp_path / f"bag.{form}").code == 0
    file = _profile(tmp_path, Serialization="required", Payload_Files_Required=["data/a.txt"])
    assert run("verify", bag, "-p", file).code == 5
    assert run("verify", tmp_path / "bag.tar", "-p", file).code == 0
    for form in ("zip", "tar.gz"):
        found = run("verify", tmp_path / f"bag.{form}", "-p", file, "--json")
        assert found.code == 5
        assert [one["code"] for one in found.records("finding")] == ["profile-form"]


def test_where_there_is_no_bag_no_profile_is_asked(tmp_path: Path) -> None:
    (tmp_path / "broken.tar").write_bytes(b"no tar file at all" * 100)
    found = run("verify", tmp_path / "broken.tar", "-p", "audio", "--json")
    assert found.code == 3
    assert found.record("profile-verdict")["verdict"] == "not-judged"
    assert "not judged by a profile" in run("verify", tmp_path / "broken.tar", "-p", "audio").out


def test_what_a_bag_declares_is_asked_or_said_not_to_be(bag: Path) -> None:
    done = run("verify", bag, "--profile", "declared")
    assert done.code == 0
    assert "profile-not-checked: the bag says that it meets a profile" in done.out
    assert IDENTIFIER in done.out
    assert run("verify", bag, "-q", "--profile", "declared").out == ""


def test_a_bag_is_packaged_by_a_profile_or_not_at_all(tone_folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    refused = package(tone_folder, archive, "-p", "audio", "-p", "aptrust")
    assert refused.code == 5
    assert "Source-Organization" in refused.err
    assert "aptrust-info.txt" in refused.err
    assert "--tag-file FILE" in refused.err
    assert not archive.exists()
    given = ("--info", "Source-Organization=X", "-p", "audio")
    rehearsed = package(tone_folder, archive, *given, "-p", "nypl-ami", "--dry-run", "--json")
    assert rehearsed.code == 5
    assert rehearsed.record("preview")["reasons"]["profile-payload-not-allowed"] == 4
    assert not archive.exists()
    made = package(tone_folder, archive, *given, "--json").record("package")
    assert run("verify", made["bag"], "-a", archive, "-p", "declared").code == 0


def test_what_does_not_meet_a_profile_in_that_form_is_not_exported(
    bag: Path, tmp_path: Path
) -> None:
    file = _profile(tmp_path, Serialization="required")
    done = run("export", bag, tmp_path / "a.zip", "-p", file)
    assert done.code == 5
    assert "not exported" in done.err
    assert not (tmp_path / "a.zip").exists()
    assert run("export", bag, tmp_path / "a.tar", "-p", file).code == 0
    assert run("verify", tmp_path / "a.tar", "-p", file).code == 0


def test_a_policy_with_a_profile_says_what_is_still_to_be_given(
    tone_folder: Path, tmp_path: Path
) -> None:
    policy = tmp_path / "ours.toml"
    text = run("policy", "show", "library").out
    policy.write_text(text.replace("[packaging]\n", '[packaging]\nprofile = "aptrust"\n', 1))
    done = run("policy", "check", tone_folder, "--policy", policy)
    assert done.code == 0
    assert "wanted when packaging (--info): the profile requires" in done.out
    assert "wanted when packaging (--tag-file): the profile requires" in done.out
