"""Reading a profile: whole or not at all, with every mistake in it at once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from policies.mistakes import Mistakes, Table
from policies.names import shown
from policies.profiles.consistency import check_consistency, oddities
from policies.profiles.json_text import parse_json
from policies.profiles.model import SERIALIZATION, Profile, Serialization, TagRule

NEWEST = (1, 4)
WITHOUT_VERSION = "1.1.0"
"""The version that a profile without ``BagIt-Profile-Version`` is written by, it is said."""

_ABOUT = "BagIt-Profile-Info"
_TOLD = ("Source-Organization", "External-Description", "Version", "BagIt-Profile-Identifier")
_KEYS = (
    _ABOUT, "Bag-Info", "Manifests-Required", "Manifests-Allowed", "Allow-Fetch.txt",
    "Fetch.txt-Required", "Data-Empty", "Serialization", "Accept-Serialization",
    "Accept-BagIt-Version", "Tag-Manifests-Required", "Tag-Manifests-Allowed",
    "Tag-Files-Required", "Tag-Files-Allowed", "Payload-Files-Required", "Payload-Files-Allowed",
)  # fmt: skip
_TAG_KEYS = ("required", "recommended", "values", "repeatable", "description")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x20]+")
_SPECIFICATION = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})(\.[0-9]{1,4})?")
_BAGIT_VERSION = re.compile(r"[0-9]{1,4}\.[0-9]{1,4}")


class ProfileMistakes(Mistakes):
    """A profile cannot be used; everything that is wrong with it."""

    what = "profile"


def read_profile(data: bytes) -> Profile:
    """Read a profile written by any version of the specification up to 1.4.

    Raises :class:`ProfileMistakes` with every mistake at once: no JSON, missing and unknown keys,
    wrong types, keys that contradict each other. An unknown key is a mistake because what it asks
    could not be judged. Keys are judged whatever version the profile names.
    """
    root = parse_json(data)
    profile = None if root.mistakes else _read(root)
    if profile is None or root.mistakes:
        raise ProfileMistakes(root.mistakes)
    return profile


def _read(root: Table) -> Profile:
    root.only(_KEYS)
    told = _told(root)
    versions = _texts(root, "Accept-BagIt-Version", required=True) or ()
    for version in versions:
        if not _BAGIT_VERSION.fullmatch(version):
            root.wrong("Accept-BagIt-Version", f"{shown(version)!a} is no version", "as in 1.0")
    if root.content.get("Accept-BagIt-Version") == []:
        root.wrong("Accept-BagIt-Version", "no version at all is accepted", "list 1.0 at least")
    serialization: Serialization = _word(root)
    profile = Profile(
        identifier=told["BagIt-Profile-Identifier"],
        version=told["Version"],
        organisation=told["Source-Organization"],
        description=told["External-Description"],
        specification=told["BagIt-Profile-Version"],
        info=tuple(_tag_rules(root)),
        manifests_required=_texts(root, "Manifests-Required") or (),
        manifests_allowed=_texts(root, "Manifests-Allowed"),
        tag_manifests_required=_texts(root, "Tag-Manifests-Required") or (),
        tag_manifests_allowed=_texts(root, "Tag-Manifests-Allowed"),
        tag_files_required=_texts(root, "Tag-Files-Required") or (),
        tag_files_allowed=_texts(root, "Tag-Files-Allowed"),
        payload_files_required=_texts(root, "Payload-Files-Required") or (),
        payload_files_allowed=_texts(root, "Payload-Files-Allowed"),
        allow_fetch=_switch(root, "Allow-Fetch.txt", True),
        fetch_required=_switch(root, "Fetch.txt-Required", False),
        data_empty=_switch(root, "Data-Empty", False),
        serialization=serialization,
        accept_serialization=_texts(root, "Accept-Serialization") or (),
        accept_versions=versions,
        remarks=tuple(oddities(root.content, told["BagIt-Profile-Version"])),
    )
    check_consistency(root, profile)
    return profile


def _told(root: Table) -> dict[str, str]:
    """Return what the profile says of itself; every text that is missing is noted."""
    table = _object(root, _ABOUT, required=True)
    told = {name: _text(table, name) if table else "" for name in _TOLD}
    identifier = told["BagIt-Profile-Identifier"]
    if table and identifier and not _URI.fullmatch(identifier):
        hint = "such as https://example.org/profile-1.0.json"
        table.wrong("BagIt-Profile-Identifier", f"{shown(identifier)!a} is no URI", hint)
    told["BagIt-Profile-Version"] = WITHOUT_VERSION
    if table:
        for name in table.content.keys() - set(_TOLD):  # contacts and the like: they are told only
            told[name] = _text(table, name)
        _check_specification(table, told["BagIt-Profile-Version"])
    return told


def _check_specification(table: Table, version: str) -> None:
    name, found = "BagIt-Profile-Version", _SPECIFICATION.fullmatch(version)
    if version and found is None:
        table.wrong(name, f"{shown(version)!a} is no version", "as in 1.4.0")
    elif found and (int(found[1]), int(found[2])) > NEWEST:
        hint = "update the program, or write the profile by this version"
        table.wrong(name, f"{version} is newer than 1.4, which we understand", hint)


def _tag_rules(root: Table) -> Iterable[TagRule]:
    table = _object(root, "Bag-Info")
    for label in table.content if table else ():
        assert table is not None  # it has labels
        rule = _object(table, label)
        if rule is None:
            continue
        rule.only(_TAG_KEYS)
        yield TagRule(
            label,
            required=_switch(rule, "required", False),
            recommended=_switch(rule, "recommended", False),
            repeatable=_switch(rule, "repeatable", True),
            values=_texts(rule, "values") or (),
            description=_words(rule, "description"),
        )


def _object(table: Table, name: str, *, required: bool = False) -> Table | None:
    if name not in table.content:
        if required:
            table.wrong(name, "this key is missing", "every profile says of itself what it is")
        return None
    value = table.content[name]
    if not isinstance(value, dict):
        table.wrong(name, "must be an object: { ... }")
        return None
    return Table(value, f"{table.prefix}{name}.", table.mistakes)


def _text(table: Table, name: str) -> str:
    """Return a text that must be there and say something."""
    value = table.value(name, str, "must be text in quotation marks")
    if value is not None and not value.strip():
        table.wrong(name, "must not be empty")
    return value or ""


def _words(table: Table, name: str) -> str:
    """Return a text that may be left out."""
    if name not in table.content:
        return ""
    return table.value(name, str, "must be text in quotation marks") or ""


def _switch(table: Table, name: str, default: bool) -> bool:
    if name not in table.content:
        return default
    value: bool | None = table.value(name, bool, "must be true or false, without quotation marks")
    return default if value is None else value


def _texts(table: Table, name: str, *, required: bool = False) -> tuple[str, ...] | None:
    """Return a list of texts; ``None`` where the key is not there or a mistake was noted."""
    if name not in table.content and not required:
        return None
    values: list[Any] | None = table.value(name, list[Any], "must be a list: [ ... ]")
    for number, value in enumerate(values or (), 1):
        if not isinstance(value, str):
            table.wrong(name, f"item {number} must be text in quotation marks")
    return None if values is None else tuple(value for value in values if isinstance(value, str))


def _word(root: Table) -> Serialization:
    if "Serialization" not in root.content:
        return "optional"
    word = root.word("Serialization", SERIALIZATION)
    return next((known for known in SERIALIZATION if known == word), "optional")
