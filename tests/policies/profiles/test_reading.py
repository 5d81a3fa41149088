"""A profile is read whole or not at all, and every mistake in it is told at once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policies.profiles import TagRule, read_profile
from tests.policies.profiles.scene import ABOUT, document, mistakes, profile


def test_what_is_left_out_asks_for_nothing() -> None:
    found = profile()
    assert found.allow_fetch
    assert not found.fetch_required
    assert not found.data_empty
    assert found.serialization == "optional"
    assert found.manifests_allowed is None
    assert found.tag_manifests_allowed is None
    assert found.tag_files_allowed is None
    assert found.payload_files_allowed is None
    assert (found.info, found.remarks) == ((), ())


def test_every_key_of_the_specification_is_read() -> None:
    found = profile(
        {
            "Bag-Info": {
                "Title": {"required": True, "values": ["a"], "repeatable": False,
                          "description": "d", "recommended": True},
                "Other": {},
            },
            "Manifests-Required": ["md5"],
            "Manifests-Allowed": ["md5", "sha512"],
            "Tag-Manifests-Required": ["sha512"],
            "Tag-Manifests-Allowed": ["sha512"],
            "Tag-Files-Required": ["a/b.txt"],
            "Tag-Files-Allowed": ["a/*"],
            "Payload-Files-Required": ["data/a/", "data/b.wav"],
            "Payload-Files-Allowed": ["data/*"],
            "Allow-Fetch.txt": True,
            "Fetch.txt-Required": True,
            "Data-Empty": True,
            "Serialization": "required",
        }
    )  # fmt: skip
    assert found.info == (TagRule("Title", True, True, False, ("a",), "d"), TagRule("Other"))
    assert found.manifests_required == ("md5",)
    assert found.manifests_allowed == ("md5", "sha512")
    assert found.tag_manifests_required == found.tag_manifests_allowed == ("sha512",)
    assert (found.tag_files_required, found.tag_files_allowed) == (("a/b.txt",), ("a/*",))
    assert found.payload_files_required == ("data/a/", "data/b.wav")
    assert found.payload_files_allowed == ("data/*",)
    assert found.allow_fetch and found.fetch_required and found.data_empty
    assert (found.serialization, found.accept_serialization) == ("required", ("application/tar",))
    assert found.accept_versions == ("1.0",)
    assert (found.organisation, found.description, found.version) == ("Example", "For tests", "1.0")


def test_every_mistake_is_told_at_once_with_its_place() -> None:
    found = mistakes(
        {
            "BagIt-Profile-Info": {**ABOUT, "Version": 1, "External-Description": " "},
            "Bag-Info": {"X": {"requird": True, "values": "a"}, "Y": 3},
            "Manifest-Required": ["md5"],
            "Manifests-Required": ["md5", 5],
            "Data-Empty": "false",
            "Serialization": "maybe",
        }
    )
    assert found == [
        "Manifest-Required: there is no such key (did you mean Manifests-Required?)",
        "BagIt-Profile-Info.External-Description: must not be empty",
        "BagIt-Profile-Info.Version: must be text in quotation marks",
        "Serialization: 'maybe' is not known (known are: forbidden, required, optional)",
        "Bag-Info.X.requird: there is no such key (did you mean required?)",
        "Bag-Info.X.values: must be a list: [ ... ]",
        "Bag-Info.Y: must be an object: { ... }",
        "Manifests-Required: item 2 must be text in quotation marks",
        "Data-Empty: must be true or false, without quotation marks",
    ]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"BagIt-Profile-Info": None}, "BagIt-Profile-Info: this key is missing"),
        ({"BagIt-Profile-Info": []}, "BagIt-Profile-Info: must be an object"),
        (
            {"BagIt-Profile-Info": {**ABOUT, "BagIt-Profile-Identifier": "a profile"}},
            "BagIt-Profile-Info.BagIt-Profile-Identifier: 'a profile' is no URI",
        ),
        (
            {"BagIt-Profile-Info": {**ABOUT, "BagIt-Profile-Version": "2.0.0"}},
            "BagIt-Profile-Info.BagIt-Profile-Version: 2.0.0 is newer than 1.4",
        ),
        (
            {"BagIt-Profile-Info": {**ABOUT, "BagIt-Profile-Version": "one"}},
            "BagIt-Profile-Info.BagIt-Profile-Version: 'one' is no version",
        ),
        (
            {"BagIt-Profile-Info": {**ABOUT, "BagIt-Profile-Version": 1}},
            "BagIt-Profile-Info.BagIt-Profile-Version: must be text",
        ),
        ({"Accept-BagIt-Version": None}, "Accept-BagIt-Version: this key is missing"),
        ({"Accept-BagIt-Version": []}, "Accept-BagIt-Version: no version at all"),
        ({"Accept-BagIt-Version": [1.0]}, "Accept-BagIt-Version: item 1 must be text"),
        ({"Accept-BagIt-Version": ["v1"]}, "Accept-BagIt-Version: 'v1' is no version (as in 1.0)"),
        ({"Bag-Info": []}, "Bag-Info: must be an object"),
        ({"Bag-Info": {"X": {"description": 3}}}, "Bag-Info.X.description: must be text"),
        ({"Bag-Info": {"X": {"regex": "a"}}}, "Bag-Info.X.regex: there is no such key"),
        # What no bag could meet.
        (
            {"Manifests-Required": ["md5"], "Manifests-Allowed": ["sha512"]},
            "Manifests-Required: 'md5' is required and not allowed (add it to Manifests-Allowed)",
        ),
        (
            {"Tag-Manifests-Required": ["md5"], "Tag-Manifests-Allowed": []},
            "Tag-Manifests-Required: 'md5' is required and not allowed",
        ),
        (
            {"Tag-Files-Required": ["a/b"], "Tag-Files-Allowed": ["b/*"]},
            "Tag-Files-Required: 'a/b' is required and not allowed",
        ),
        (
            {"Payload-Files-Required": ["data/a/"], "Payload-Files-Allowed": ["data/b/*"]},
            "Payload-Files-Required: 'data/a/' is required and not allowed",
        ),
        ({"Tag-Files-Allowed": ["*" * 4_000] * 3}, "Tag-Files-Allowed: more than 10,000 asterisks"),
        ({"Tag-Files-Required": ["../a"]}, "Tag-Files-Required: '../a' is no path within a bag"),
        ({"Tag-Files-Required": [""]}, "Tag-Files-Required: '' is no path within a bag"),
        ({"Tag-Files-Required": ["a/"]}, "Tag-Files-Required: 'a/' is no path within a bag"),
        ({"Tag-Files-Required": ["data/a"]}, "Tag-Files-Required: 'data/a' lies in data/"),
        ({"Payload-Files-Required": ["a"]}, "Payload-Files-Required: 'a' must begin with data/"),
        (
            {"Allow-Fetch.txt": False, "Fetch.txt-Required": True},
            "Fetch.txt-Required: fetch.txt is required, and Allow-Fetch.txt forbids it",
        ),
        (
            {"Serialization": "required", "Accept-Serialization": []},
            "Accept-Serialization: one file is required, and no form of it named",
        ),
    ],
)
def test_a_broken_profile_is_told_apart(changes: dict[str, Any], told: str) -> None:
    (found,) = mistakes(changes)
    assert found.startswith(told)


@pytest.mark.parametrize("path", ["data/a/", "data/a/b.wav"])
@pytest.mark.parametrize("allowed", ["*", "data/*", "data/a/*", "data/a/b*"])
def test_what_is_required_may_be_allowed_by_a_pattern(path: str, allowed: str) -> None:
    keys = {"Payload-Files-Required": [path], "Payload-Files-Allowed": [allowed]}
    assert mistakes(keys) == []


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "not JSON: Expecting value: line 1 column 1"),
        (b'{"a": 1,}', "not JSON: "),
        (b"[]", "a profile is an object"),
        (b"\xff", "not UTF-8 at byte 0"),
        (b'{"a": "\\ud800"}', "a character is given by half"),
        (b'{"a": 1, "b": {"x": 1, "x": 2}}', "the key 'x' stands there twice (which one counts?)"),
        (b'{"a":' * 100_000, "nested too deep"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"a": ' + b"1" * 5_000 + b"}", "not JSON a person would write"),
        (b" " * ((1 << 20) + 1), "the file has 1,048,577 bytes"),
        (json.dumps({"a": ["x"] * 1_001}).encode(), "a has 1,001 entries or characters"),
        (json.dumps({"a": {"b": "x" * 5_000}}).encode(), "a.b has 5,000 entries or characters"),
        (json.dumps({"a" * 5_000: 1}).encode(), "a key has 5,000 entries or characters"),
        (json.dumps({str(n): 1 for n in range(1_001)}).encode(), "the file has 1,001 entries"),
    ],
)
def test_what_is_no_profile_at_all_is_told_in_one_word(data: bytes, told: str) -> None:
    (found,) = mistakes(data)
    assert told in found


def test_a_mark_at_the_beginning_of_the_file_is_passed_over() -> None:
    assert read_profile(b"\xef\xbb\xbf" + json.dumps(document()).encode()) == profile()


def test_without_a_version_a_profile_is_one_of_1_1() -> None:
    about = {key: value for key, value in ABOUT.items() if key != "BagIt-Profile-Version"}
    found = profile({"BagIt-Profile-Info": {**about, "Contact-Name": "A. Bee"}})
    assert found.specification == "1.1.0"
    assert "must be text" in mistakes({"BagIt-Profile-Info": {**about, "Contact-Name": 3}})[0]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {
                "BagIt-Profile-Info": {**ABOUT, "BagIt-Profile-Version": "1.2.0"},
                "Manifests-Allowed": ["md5"],
                "Tag-Files-Allowed": ["*"],
            },
            "Manifests-Allowed came with version 1.3.0 of the specification",
        ),
        (
            {"Bag-Info": {"bagit-profile-identifier": {"required": True}}},
            "Bag-Info should not list BagIt-Profile-Identifier",
        ),
        ({"Bag-Info": {"X": {"recommended": True}}}, "recommended is no key of the specification"),
        ({"Tag-Files-Required": ["bag-info.txt", "a"]}, "should not list bag-info.txt"),
        ({"Tag-Files-Required": ["manifest-md5.txt"]}, "should not list manifest-md5.txt"),
        ({"Accept-Serialization": None}, "Accept-Serialization names no form"),
    ],
)
def test_what_is_odd_and_yet_clear_is_remarked(changes: dict[str, Any], told: str) -> None:
    (remark,) = profile(changes).remarks
    assert told in remark


def test_a_folder_that_is_not_wanted_as_one_file_needs_no_form() -> None:
    changes = {"Serialization": "forbidden", "Accept-Serialization": None}
    assert profile(changes).remarks == ()
