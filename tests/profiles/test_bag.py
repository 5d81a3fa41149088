"""Bags that are there, judged by profiles: what is read of them, and what is said."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import archiver.profiles.bag as judging
from archiver.errors import UsageError
from archiver.profiles import Asked, Judgement, asked, judge_bag, profile_named
from archiver.state import State
from archiver.tree import Tree
from policies.profiles import by_identifier
from tests.bagit.bags import bag_files, seal, write
from tests.policies.profiles.scene import IDENTIFIER, document, profile

DECLARED = f"BagIt-Profile-Identifier: {IDENTIFIER}\n"


def _judged(bag: Path, wanted: Asked) -> Judgement:
    with Tree(str(bag)) as tree:
        return judge_bag(tree, wanted)


def _codes(found: Judgement) -> list[str]:
    return [f.code for one in found.verdicts for f in one.findings] + [
        f.code for f in found.findings
    ]


def test_an_old_bag_is_judged_by_its_package_info(tmp_path: Path) -> None:
    files = bag_files(version="0.95", info=DECLARED + "Title: x\n", algorithms=("md5",))
    bag = write(tmp_path / "bag", files)
    keys = {
        "Accept-BagIt-Version": ["0.95"],
        "Bag-Info": {"Title": {"values": ["x"], "required": True}},
        "Manifests-Allowed": ["md5"],
        "Tag-Files-Allowed": ["package-info.txt"],
    }
    found = _judged(bag, Asked((profile(keys),)))
    assert (found.state, _codes(found)) == (State.SOUND, [])


def test_what_is_no_file_is_no_tag_file(tmp_path: Path) -> None:
    bag = write(tmp_path / "bag", seal(bag_files(info=DECLARED)))
    (bag / "note.txt").symlink_to("bagit.txt")
    found = _judged(bag, Asked((profile({"Tag-Files-Required": ["note.txt"]}),)))
    assert _codes(found) == ["profile-tag-file-missing"]
    assert found.state is State.REFUSED


def test_a_file_without_payload_meets_a_profile_that_asks_for_none(tmp_path: Path) -> None:
    bag = write(tmp_path / "bag", seal(bag_files({}, info=DECLARED)))
    (bag / "data").rmdir()
    assert _codes(_judged(bag, Asked((profile({"Data-Empty": True}),)))) == []


def test_hostile_names_are_findings_like_others(tmp_path: Path) -> None:
    payload = {"data/bell\x07.wav": b"a", os.fsdecode(b"data/\xff.wav"): b"b"}
    files = {**bag_files({"data/x": b""}, info=DECLARED), **payload, "new\nline": b""}
    bag = write(tmp_path / "bag", files)
    keys = {"Tag-Files-Allowed": [], "Payload-Files-Allowed": ["data/x"]}
    (one,) = _judged(bag, Asked((profile(keys),))).verdicts
    assert [(f.code, f.path, f.message) for f in one.findings] == [
        ("profile-tag-file-not-allowed", None, "new\\u000Aline"),
        ("profile-payload-not-allowed", "data/bell\x07.wav", ""),
        ("profile-payload-not-allowed", "data/\\xff.wav", ""),
    ]
    assert all(f.detail["profile"] == IDENTIFIER for f in one.findings)


def test_of_very_many_files_some_are_named_and_all_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "MOST_NAMED", 2)
    payload = {f"data/{number}.mp3": b"" for number in range(5)}
    bag = write(tmp_path / "bag", bag_files(payload, info=DECLARED))
    (one,) = _judged(bag, Asked((profile({"Payload-Files-Allowed": ["*.wav"]}),))).verdicts
    assert [f.path for f in one.findings] == ["data/0.mp3", "data/1.mp3", "data"]
    assert one.findings[-1].message == "5 files in all, of which 2 are named"
    assert one.findings[-1].detail["files"] == 5


def test_a_bag_is_judged_by_what_it_declares_and_what_is_unknown_is_said(tmp_path: Path) -> None:
    known = next(iter(by_identifier()))
    info = DECLARED + f"BagIt-Profile-Identifier: {known}\n"
    bag = write(tmp_path / "bag", bag_files(info=info))
    found = _judged(bag, Asked((), declared=True))
    assert [one.profile.identifier for one in found.verdicts] == [known]
    assert [(f.code, f.message) for f in found.findings] == [("profile-not-checked", IDENTIFIER)]
    found = _judged(bag, Asked((profile(),), declared=True))
    assert [one.profile.identifier for one in found.verdicts] == [IDENTIFIER, known]
    assert found.findings == ()
    found = _judged(bag, Asked((profile(),)))
    assert [(f.code, f.message) for f in found.findings] == [("profile-not-checked", known)]
    assert found.state is State.SOUND


@pytest.mark.parametrize(
    ("info", "words"), [("Title: x\n", "bag-info.txt names no profile"), (None, "no bag-info.txt")]
)
def test_a_bag_that_declares_nothing_is_told_of(
    tmp_path: Path, info: str | None, words: str
) -> None:
    files = bag_files(info=info)
    if info is None:
        del files["bag-info.txt"]
    found = _judged(write(tmp_path / "bag", files), Asked((), declared=True))
    assert [(f.code, f.message) for f in found.findings] == [("profile-none-declared", words)]
    assert (found.verdicts, found.state) == ((), State.SOUND)


def test_a_bag_info_that_cannot_be_read_is_not_taken_for_a_missing_one(tmp_path: Path) -> None:
    bag = write(tmp_path / "bag", bag_files(info=DECLARED))
    with Tree(str(bag)) as tree:
        real = tree.open_file

        def failing(path: str, extra_flags: int = 0) -> int:
            if path == "bag-info.txt":
                raise OSError(5, os.strerror(5), path)
            return real(path, extra_flags)

        tree.open_file = failing  # type: ignore[method-assign]
        found = judge_bag(tree, Asked((profile(),)))
    assert (found.verdicts, _codes(found)) == ((), ["unreadable"])
    assert found.state is State.INCOMPLETE


def test_a_profile_is_a_shipped_one_or_a_file_and_never_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ours.json").write_text(json.dumps(document()))
    Path("btr").write_text(json.dumps(document()))
    assert profile_named("audio")[0] == "the shipped profile audio"
    assert profile_named("ours.json") == ("ours.json", profile())
    assert profile_named("btr")[0] == "the shipped profile btr"
    assert profile_named("./btr") == ("./btr", profile())
    for name, words in (
        ("https://example.org/p.json", "nothing is ever downloaded"),
        ("aptrst", "there is no shipped profile and no file"),
        ("no.json", "cannot be read"),
    ):
        with pytest.raises(UsageError, match=words):
            profile_named(name)
    Path("bad.json").write_text('{"a": 1}')
    with pytest.raises(UsageError, match=r"bad.json has mistakes in it") as wrong:
        asked(["audio", "bad.json"])
    assert len(wrong.value.advice.splitlines()) == 3


def test_an_endless_file_is_no_profile() -> None:
    with pytest.raises(UsageError, match="mistakes") as wrong:
        profile_named("/dev/zero")
    assert "1,048,577 bytes" in wrong.value.advice


def test_what_is_asked_is_asked_once() -> None:
    assert asked([]) is None
    found = asked(["audio", "declared", "audio"])
    assert found is not None
    assert (len(found.profiles), found.declared) == (1, True)
