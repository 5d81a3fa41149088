"""The same profiles and bags, judged by two programs of others: they agree, or it is known why not.

``bagit-utils`` reads version 1.4 of the specification; ``bagit_profile``, by the specification's
authors, reads 1.3. Neither looks at everything.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bagit
import bagit_profile
import pytest
from bagit_utils import Bag, BagValidator

from archiver.profiles import Asked, judge_bag
from archiver.tree import Tree
from policies.profiles import SHIPPED, read_profile, shipped
from tests.bagit.bags import Files, bag_files, seal, write
from tests.policies.profiles.scene import ABOUT, IDENTIFIER, document, profile

U, P = "bagit-utils", "bagit_profile"

_OLDER = "it knows version 1.3, and passes over what it does not know"
_NOT_ASKED = "it does not look at this"
_PROFILE_OF_OTHERS = "it calls the profile itself broken"
_ANY_VALUE = "the specification says that an empty list of values accepts any"
_CASE = "it tells labels apart by case, which RFC 8493 2.2.2 does not"
_SLASH = "its * ends at a slash; the default [*] allows tag files wherever they lie"
_LISTS = "it compares all values of a repeated label at once with each accepted value"


@dataclass(frozen=True)
class Case:
    """One profile and one bag; ``codes`` is what we find, ``differs`` who finds otherwise."""

    keys: Mapping[str, Any] = field(default_factory=dict)
    codes: tuple[str, ...] = ()
    info: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)
    payload: Mapping[str, bytes] = field(default_factory=lambda: {"data/a.wav": b"sound"})
    algorithms: tuple[str, ...] = ("sha512",)
    version: str = "1.0"
    declared: str = IDENTIFIER
    differs: Mapping[str, str] = field(default_factory=dict)


_TITLE = {"required": True}
_TWO = {"data/a.wav": b"sound", "data/b/c.wav": b"more"}
_TAGS = {"note.txt": b"x", "metadata/deep/a.xml": b"<a/>"}


def _label(**rule: Any) -> dict[str, Any]:
    return {"Bag-Info": {"Title": rule}}


CASES = {
    "nothing asked": Case(),
    "another declared": Case(
        declared="https://example.org/o.json", codes=("not-declared",), differs={U: _NOT_ASKED}
    ),
    "none declared": Case(declared="", codes=("not-declared",), differs={U: _NOT_ASKED}),
    # Bag-Info.
    "required, there": Case(_label(**_TITLE), info="Title: x\n"),
    "required, missing": Case(_label(**_TITLE), ("info-missing",)),
    "required, empty": Case(_label(**_TITLE), info="Title: \n"),
    "required, other case": Case(
        _label(**_TITLE), info="TITLE: x\n", differs={U: _CASE, P: _CASE}
    ),
    "not required": Case(_label(required=False)),
    "described": Case(_label(description="what it is"), info="Title: x\n"),
    "value accepted": Case(_label(values=["x", "y"]), info="Title: y\n"),
    "value not accepted": Case(_label(values=["x"]), ("info-value",), info="Title: y\n"),
    "value in other case": Case(_label(values=["x"]), ("info-value",), info="Title: X\n"),
    "values, label missing": Case(_label(values=["x"])),
    "values, none listed": Case(
        _label(values=[]), info="Title: y\n", differs={U: _ANY_VALUE, P: _ANY_VALUE}
    ),
    "one of two values not accepted": Case(
        _label(values=["x"]), ("info-value",), info="Title: x\nTitle: y\n"
    ),
    "both of two values accepted": Case(
        _label(values=["x", "y"]), info="Title: x\nTitle: y\n", differs={P: _LISTS}
    ),
    "repeatable by default": Case(_label(required=True), info="Title: x\nTitle: y\n"),
    "repeated": Case(
        _label(repeatable=False), ("info-repeated",), info="Title: x\nTitle: y\n"
    ),
    "not repeated": Case(_label(repeatable=False), info="Title: x\n"),
    "recommended, missing": Case(
        _label(recommended=True), ("info-recommended",), differs={U: _PROFILE_OF_OTHERS}
    ),
    "two labels missing": Case(
        {"Bag-Info": {"A": _TITLE, "B": _TITLE}}, ("info-missing", "info-missing")
    ),
    # Manifests.
    "manifest there": Case({"Manifests-Required": ["sha512"]}),
    "manifest missing": Case({"Manifests-Required": ["md5"]}, ("manifest-missing",)),
    "one of two manifests missing": Case(
        {"Manifests-Required": ["md5", "sha512"]}, ("manifest-missing",)
    ),
    "manifests there": Case(
        {"Manifests-Required": ["md5", "sha512"]}, algorithms=("md5", "sha512")
    ),
    "manifest allowed": Case({"Manifests-Allowed": ["sha512", "md5"]}),
    "manifest not allowed": Case({"Manifests-Allowed": ["md5"]}, ("manifest-not-allowed",)),
    "no manifest allowed": Case({"Manifests-Allowed": []}, ("manifest-not-allowed",)),
    "second manifest not allowed": Case(
        {"Manifests-Allowed": ["sha512"]}, ("manifest-not-allowed",), algorithms=("md5", "sha512")
    ),
    "tag manifest there": Case({"Tag-Manifests-Required": ["sha512"]}),
    "tag manifest missing": Case({"Tag-Manifests-Required": ["md5"]}, ("tag-manifest-missing",)),
    "tag manifest allowed": Case({"Tag-Manifests-Allowed": ["md5", "sha512"]}),
    "tag manifest not allowed": Case(
        {"Tag-Manifests-Allowed": ["md5"]}, ("tag-manifest-not-allowed",)
    ),
    # Tag files.
    "tag file there": Case({"Tag-Files-Required": ["note.txt"]}, files=_TAGS),
    "tag file missing": Case({"Tag-Files-Required": ["no.txt"]}, ("tag-file-missing",)),
    "tag file below, there": Case({"Tag-Files-Required": ["metadata/deep/a.xml"]}, files=_TAGS),
    "all tag files allowed": Case({"Tag-Files-Allowed": ["*"]}, files=_TAGS),
    "tag files allowed by name": Case(
        {"Tag-Files-Allowed": ["note.txt", "metadata/deep/a.xml"]}, files=_TAGS
    ),
    "tag file not allowed": Case(
        {"Tag-Files-Allowed": ["metadata/deep/*"]}, ("tag-file-not-allowed",), files=_TAGS
    ),
    "tag file allowed by ?": Case({"Tag-Files-Allowed": ["n?te.txt"]}, files={"note.txt": b"x"}),
    "tag file allowed by [": Case({"Tag-Files-Allowed": ["n[a-z]te.*"]}, files={"note.txt": b"x"}),
    "tag file in other case": Case(
        {"Tag-Files-Allowed": ["Note.txt"]}, ("tag-file-not-allowed",), files={"note.txt": b"x"}
    ),
    "no tag file allowed, none there": Case({"Tag-Files-Allowed": []}),
    "tag file below a folder allowed": Case(
        {"Tag-Files-Allowed": ["metadata/*"]},
        files={"metadata/deep/a.xml": b""},
        differs={U: _SLASH},
    ),
    "tag file in a folder called database": Case(
        {"Tag-Files-Allowed": ["note.txt"]},
        ("tag-file-not-allowed",),
        files={"database/a": b""},
        differs={P: "it takes every folder whose name begins with data for the payload"},
    ),
    # Payload.
    "payload file there": Case({"Payload-Files-Required": ["data/a.wav"]}),
    "payload file missing": Case(
        {"Payload-Files-Required": ["data/b.wav"]}, ("payload-missing",), differs={P: _OLDER}
    ),
    "payload folder there": Case({"Payload-Files-Required": ["data/b/"]}, payload=_TWO),
    "payload folder missing": Case(
        {"Payload-Files-Required": ["data/c/"]}, ("payload-missing",), differs={P: _OLDER}
    ),
    "payload allowed": Case({"Payload-Files-Allowed": ["data/*"]}, payload=_TWO),
    "payload allowed by folder": Case(
        {"Payload-Files-Allowed": ["data/a.wav", "data/b/*"]}, payload=_TWO
    ),
    "payload not allowed": Case(
        {"Payload-Files-Allowed": ["data/b/*"]},
        ("payload-not-allowed",),
        payload=_TWO,
        differs={P: _OLDER},
    ),
    "no payload allowed": Case(
        {"Payload-Files-Allowed": []}, ("payload-not-allowed",), differs={P: _OLDER}
    ),
    "payload allowed by its ending": Case({"Payload-Files-Allowed": ["*.wav"]}, payload=_TWO),
    "payload allowed by its ending, below data": Case(
        {"Payload-Files-Allowed": ["data/*.wav"]}, payload=_TWO, differs={U: _SLASH}
    ),
    "empty wanted, full": Case(
        {"Data-Empty": True}, ("payload-not-empty",), differs={P: _OLDER}
    ),
    "empty wanted, one empty file": Case({"Data-Empty": True}, payload={"data/x": b""}),
    "empty wanted, two empty files": Case(
        {"Data-Empty": True},
        ("payload-not-empty",),
        payload={"data/x": b"", "data/y": b""},
        differs={P: _OLDER},
    ),
    "empty wanted, an empty file below": Case(
        {"Data-Empty": True}, payload={"data/x/y": b""}, differs={U: "it counts folders as files"}
    ),
    "empty not wanted": Case({"Data-Empty": False}),
    # fetch.txt, versions, forms.
    "fetch allowed": Case(files={"fetch.txt": b""}),
    "fetch not allowed": Case(
        {"Allow-Fetch.txt": False}, ("fetch-not-allowed",), files={"fetch.txt": b""}
    ),
    "fetch not allowed, none there": Case({"Allow-Fetch.txt": False}),
    "fetch required, there": Case({"Fetch.txt-Required": True}, files={"fetch.txt": b""}),
    "fetch required, missing": Case(
        {"Fetch.txt-Required": True}, ("fetch-missing",), differs={P: _OLDER}
    ),
    "version not accepted": Case(
        {"Accept-BagIt-Version": ["0.96"]}, ("bagit-version",)
    ),
    "one of two versions": Case({"Accept-BagIt-Version": ["0.97", "1.0"]}, version="0.97"),
    "folder though one file is required": Case(
        {"Serialization": "required"}, ("form",), differs={U: _NOT_ASKED}
    ),
    "folder though forms are named": Case({"Serialization": "optional"}),
    "folder and no file wanted": Case({"Serialization": "forbidden"}),
}  # fmt: skip


def _bag(root: Path, case: Case) -> Path:
    declared = f"BagIt-Profile-Identifier: {case.declared}\n" if case.declared else ""
    info = declared + "Source-Organization: x\n" + case.info
    files: Files = bag_files(
        case.payload, algorithms=case.algorithms, version=case.version, info=info
    )
    return write(root / "bag", seal({**files, **case.files}))


def _keys(case: Case) -> dict[str, Any]:
    """Return the profile with the defaults that the other two cannot do without."""
    return document({"Manifests-Required": [], "Bag-Info": {}, **case.keys})


def _by_utils(keys: dict[str, Any], bag: Path) -> bool:
    try:
        return bool(BagValidator.validate_once(Bag(bag), profile=keys).valid)
    except ValueError:
        return False


def _by_profile(keys: dict[str, Any], bag: Path) -> bool:
    other = bagit_profile.Profile(IDENTIFIER, profile=keys)
    try:
        form = bool(other.validate_serialization(str(bag)))
    except bagit_profile.ProfileValidationError:
        form = False
    return bool(other.validate(bagit.Bag(str(bag)))) and form


_OTHERS: dict[str, Callable[[dict[str, Any], Path], bool]] = {U: _by_utils, P: _by_profile}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_three_judges_agree_or_it_is_known_why_not(case: Case, tmp_path: Path) -> None:
    bag, keys = _bag(tmp_path, case), _keys(case)
    with Tree(str(bag)) as tree:
        (ours,) = judge_bag(tree, Asked((profile(keys),))).verdicts
    assert tuple(one.code.removeprefix("profile-") for one in ours.findings) == case.codes
    for name, met in _OTHERS.items():
        same = met(copy.deepcopy(keys), bag) is ours.met
        assert same is (name not in case.differs), case.differs.get(name, name)


BROKEN = {
    "Manifests-Required": {"Manifests-Required": ["md5"], "Manifests-Allowed": ["sha512"]},
    "Tag-Manifests-Required": {"Tag-Manifests-Required": ["a"], "Tag-Manifests-Allowed": ["b"]},
    "Tag-Files-Required": {"Tag-Files-Required": ["a/b"], "Tag-Files-Allowed": ["c/*"]},
    "Payload-Files-Required": {
        "Payload-Files-Required": ["data/a"],
        "Payload-Files-Allowed": ["data/b/*"],
    },
    "Fetch.txt-Required": {"Fetch.txt-Required": True, "Allow-Fetch.txt": False},
    "Serialization": {"Serialization": "maybe"},
    "Accept-BagIt-Version": {"Accept-BagIt-Version": []},
    "Data-Empty": {"Data-Empty": "no"},
    "an unknown key": {"Other-Info": []},
}


@pytest.mark.parametrize("keys", BROKEN.values(), ids=BROKEN)
def test_a_broken_profile_is_refused_by_the_other_that_reads_1_4_too(
    keys: dict[str, Any],
) -> None:
    from tests.policies.profiles.scene import mistakes

    assert len(mistakes(keys)) == 1
    with pytest.raises(ValueError, match="BagIt-profile incompatible"):
        BagValidator(profile=document(keys))


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_profiles_are_read_by_the_others(name: str) -> None:
    import json

    keys = json.loads(shipped(name))
    identifier = read_profile(shipped(name)).identifier
    bagit_profile.Profile(identifier, profile=copy.deepcopy(keys))
    if name == "btr":  # its authors' own addition, which is not the specification's
        for rule in keys["Bag-Info"].values():
            rule.pop("recommended", None)
    assert BagValidator(profile=keys).profile == keys
    assert ABOUT.keys() <= keys["BagIt-Profile-Info"].keys()
