"""Profiles and facts of bags made for tests: right unless something is changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from policies.profiles import BagFacts, Profile, ProfileMistakes, judge, read_profile

IDENTIFIER = "https://example.org/profile-1.0.json"
ABOUT = {
    "BagIt-Profile-Identifier": IDENTIFIER,
    "BagIt-Profile-Version": "1.4.0",
    "Source-Organization": "Example",
    "External-Description": "For tests",
    "Version": "1.0",
}
PLAIN: dict[str, Any] = {
    "BagIt-Profile-Info": ABOUT,
    "Accept-BagIt-Version": ["1.0"],
    "Accept-Serialization": ["application/tar"],
}
BAG = BagFacts(
    version="1.0",
    info=(("BagIt-Profile-Identifier", IDENTIFIER), ("Payload-Oxum", "3.1")),
    manifests=("sha512",),
    tag_manifests=("sha512",),
    tag_files=(
        "bag-info.txt", "bagit.txt", "manifest-sha512.txt", "metadata/a.xml", "note.txt",
        "tagmanifest-sha512.txt",
    ),
)  # fmt: skip


def document(changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the plain profile as JSON values; a change to ``None`` takes the key away."""
    found = copy.deepcopy(PLAIN)
    for key, value in (changes or {}).items():
        if value is None:
            del found[key]
        else:
            found[key] = value
    return found


def profile(changes: Mapping[str, Any] | None = None) -> Profile:
    """Return the plain profile, changed."""
    return read_profile(json.dumps(document(changes)).encode())


def mistakes(changes: Mapping[str, Any] | bytes) -> list[str]:
    """Return every mistake that reading tells, as text."""
    data = changes if isinstance(changes, bytes) else json.dumps(document(changes)).encode()
    try:
        read_profile(data)
    except ProfileMistakes as wrong:
        return [str(mistake) for mistake in wrong.mistakes]
    return []


def told(changes: Mapping[str, Any], **facts: Any) -> list[tuple[str, str]]:
    """Return code and detail of all that a changed profile says of a changed bag."""
    found = judge(profile(changes), replace(BAG, **facts))
    return [(reason.code.removeprefix("profile-"), reason.detail) for reason in found]
