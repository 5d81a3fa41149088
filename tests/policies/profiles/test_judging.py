"""What a profile says of a bag: everything that is not as it asks, at once, with its key."""

from __future__ import annotations

from typing import Any

import pytest

from policies.codes import PROFILES
from policies.profiles import PayloadJudge, identifiers_in, judge
from policies.profiles.judging import _FORMS
from tests.policies.profiles.scene import BAG, IDENTIFIER, profile, told

DECLARED = ("BagIt-Profile-Identifier", IDENTIFIER)


def _info(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"info": (DECLARED, *pairs)}


def test_a_bag_that_is_as_asked_has_nothing_against_it() -> None:
    assert told({}) == []


def test_everything_that_is_wrong_is_said_at_once() -> None:
    found = told(
        {
            "Bag-Info": {"Title": {"required": True}},
            "Manifests-Required": ["md5"],
            "Manifests-Allowed": ["md5"],
            "Serialization": "required",
            "Fetch.txt-Required": True,
            "Tag-Files-Required": ["x.txt"],
            "Tag-Files-Allowed": ["x.txt"],
        },
        version="0.97",
        info=None,
    )
    assert [code for code, _ in found] == [
        "form",
        "bagit-version",
        "not-declared",
        "info-missing",
        "manifest-missing",
        "manifest-not-allowed",
        "fetch-missing",
        "tag-file-missing",
        "tag-file-not-allowed",
        "tag-file-not-allowed",
    ]


@pytest.mark.parametrize(
    ("version", "detail"),
    [("0.97", "0.97, and accepted are 1.0"), (None, "none is declared, and accepted are 1.0")],
)
def test_the_version_of_bagit_must_be_accepted(version: str | None, detail: str) -> None:
    assert told({}, version=version) == [("bagit-version", detail)]
    assert told({"Accept-BagIt-Version": ["0.96", "1.0"]}) == []


@pytest.mark.parametrize(
    ("keys", "form", "detail"),
    [
        ({"Serialization": "required"}, "folder", "a folder, and one file is required"),
        ({"Serialization": "forbidden"}, "tar", "one file (tar), and a folder is required"),
        ({"Serialization": "required"}, "zip", "a zip file, and accepted are application/tar"),
        ({}, "tar.gz", "a tar.gz file, and accepted are application/tar"),
    ],
)
def test_the_form_must_be_accepted(keys: dict[str, Any], form: str, detail: str) -> None:
    ((code, found),) = told(keys, form=form)
    assert code == "form"
    assert found.startswith(detail)


@pytest.mark.parametrize("form", _FORMS)
def test_a_form_goes_by_several_names(form: str) -> None:
    for name in _FORMS[form]:
        assert told({"Accept-Serialization": [name.title()]}, form=form) == []
    assert told({"Accept-Serialization": None}, form=form) == []
    assert told({"Serialization": "forbidden"}, form="folder") == []


def test_a_bag_must_say_by_which_profile_it_is_made() -> None:
    other = ("bagit-profile-identifier", "https://example.org/other.json")
    assert told({}, info=()) == [("not-declared", f"it must be {IDENTIFIER}")]
    assert told({}, info=None) == [("not-declared", "there is no bag-info.txt")]
    ((_, detail),) = told({}, info=(other,))
    assert detail.endswith(", and not https://example.org/other.json")
    assert told({}, info=(other, DECLARED)) == []
    assert identifiers_in((other, DECLARED, DECLARED)) == (other[1], IDENTIFIER)


@pytest.mark.parametrize(
    ("rule", "pairs", "found"),
    [
        ({"required": True}, [], [("info-missing", "Title")]),
        ({"required": True, "values": ["a", "b"]}, [], [("info-missing", "Title, one of: a; b")]),
        ({"required": True}, [("TITLE", "")], []),
        ({"required": False}, [], []),
        ({"recommended": True}, [], [("info-recommended", "Title")]),
        ({"recommended": True}, [("Title", "x")], []),
        ({"repeatable": False}, [("Title", "x")], []),
        (
            {"repeatable": False},
            [("Title", "x"), ("title", "y")],
            [("info-repeated", "Title, which stands there 2 times")],
        ),
        ({}, [("Title", "x"), ("Title", "y")], []),
        ({"values": []}, [("Title", "x")], []),
        ({"values": ["a", "b c"]}, [("Title", "a"), ("Title", "b\nc")], []),
        (
            {"values": ["a"]},
            [("Title", "a"), ("Title", "A"), ("Title", "\x07")],
            [
                ("info-value", "Title: A (accepted are: a)"),
                ("info-value", "Title: \\u0007 (accepted are: a)"),
            ],
        ),
    ],
)
def test_what_is_asked_of_a_label(
    rule: dict[str, Any], pairs: list[tuple[str, str]], found: list[tuple[str, str]]
) -> None:
    assert told({"Bag-Info": {"Title": rule}}, **_info(*pairs)) == found


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ({"Manifests-Required": ["sha512"]}, []),
        ({"Manifests-Required": ["md5"]}, [("manifest-missing", "there is no manifest-md5.txt")]),
        ({"Manifests-Allowed": ["sha512", "md5"]}, []),
        (
            {"Manifests-Allowed": ["md5", "sha1"]},
            [("manifest-not-allowed", "manifest-sha512.txt; only md5, sha1")],
        ),
        (
            {"Manifests-Allowed": []},
            [("manifest-not-allowed", "manifest-sha512.txt; none at all")],
        ),
        ({"Tag-Manifests-Required": ["sha512"]}, []),
        (
            {"Tag-Manifests-Required": ["md5"]},
            [("tag-manifest-missing", "there is no tagmanifest-md5.txt")],
        ),
        (
            {"Tag-Manifests-Allowed": ["md5"]},
            [("tag-manifest-not-allowed", "tagmanifest-sha512.txt; only md5")],
        ),
    ],
)
def test_manifests_go_by_their_algorithms(
    keys: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    assert told(keys) == found


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ({"Tag-Files-Required": ["note.txt"]}, []),
        ({"Tag-Files-Required": ["Note.txt"]}, [("tag-file-missing", "Note.txt")]),
        ({"Tag-Files-Allowed": ["*"]}, []),
        ({"Tag-Files-Allowed": ["metadata/*", "n?te.[a-z]*"]}, []),
        (
            {"Tag-Files-Allowed": ["*.xml"]},
            [("tag-file-not-allowed", "note.txt")],
        ),
        (
            {"Tag-Files-Allowed": []},
            [("tag-file-not-allowed", "metadata/a.xml"), ("tag-file-not-allowed", "note.txt")],
        ),
    ],
)
def test_tag_files_are_required_by_name_and_allowed_by_pattern(
    keys: dict[str, Any], found: list[tuple[str, str]]
) -> None:
    assert told(keys) == found


def test_fetch_is_allowed_unless_it_is_forbidden() -> None:
    with_fetch = {"tag_files": (*BAG.tag_files, "fetch.txt")}
    assert told({}, **with_fetch) == []
    assert told({"Fetch.txt-Required": True}, **with_fetch) == []
    assert told({"Tag-Files-Allowed": ["*.xml", "n*"]}, **with_fetch) == []
    assert told({"Allow-Fetch.txt": False}, **with_fetch) == [("fetch-not-allowed", "")]
    assert told({"Fetch.txt-Required": True}) == [("fetch-missing", "")]


def _payload(keys: dict[str, Any], *files: tuple[str, int]) -> list[str]:
    judged = PayloadJudge(profile(keys))
    assert judged.has_questions is bool(keys)
    against = [path for path, size in files if judged.take(path, size) is not None]
    return [*against, *(f"{one.code[8:]} {one.detail}" for one in judged.reasons())]


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ({}, []),
        ({"Payload-Files-Required": ["data/a.wav", "data/b/"]}, []),
        ({"Payload-Files-Required": ["data/b.wav"]}, ["payload-missing this file: data/b.wav"]),
        (
            {"Payload-Files-Required": ["data/a/", "data/b/c/", "data/b/"]},
            ["payload-missing a file in this folder: data/a/"],
        ),
        ({"Payload-Files-Allowed": ["data/*"]}, []),
        ({"Payload-Files-Allowed": ["data/b/*"]}, ["data/a.wav"]),
        ({"Payload-Files-Allowed": ["*.wav"]}, ["data/b/c/d.json"]),
        ({"Payload-Files-Allowed": []}, ["data/a.wav", "data/b/c/d.json"]),
        ({"Data-Empty": True}, ["payload-not-empty 7 bytes in 2 files"]),
    ],
)
def test_the_payload_is_judged_file_by_file(keys: dict[str, Any], found: list[str]) -> None:
    assert _payload(keys, ("data/a.wav", 7), ("data/b/c/d.json", 0)) == found


@pytest.mark.parametrize(
    ("files", "empty"),
    [
        ((), True),
        ((("data/a", 0),), True),
        ((("data/a", 1),), False),
        ((("data/a", 0), ("data/b", 0)), False),
    ],
)
def test_an_empty_payload_may_hold_one_empty_file(
    files: tuple[tuple[str, int], ...], empty: bool
) -> None:
    assert (_payload({"Data-Empty": True}, *files) == []) is empty


def test_what_refuses_is_in_the_table_with_the_key_it_rests_on() -> None:
    reasons = judge(profile({"Manifests-Required": ["md5"]}), BAG)
    assert [(one.level, one.clause) for one in reasons] == [
        ("refuse", "BagIt Profiles 1.4.0 Manifests-Required")
    ]
    assert all("1.4.0" in row.source or row.level == "warn" for row in PROFILES)
