"""What no single key of a profile can tell: whether a bag could meet all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from policies.mistakes import Table
from policies.names import shown
from policies.profiles.model import Profile
from policies.profiles.patterns import Patterns

_SINCE = {
    "Tag-Files-Allowed": "1.2.0",
    "Manifests-Allowed": "1.3.0",
    "Tag-Manifests-Allowed": "1.3.0",
    "Fetch.txt-Required": "1.4.0",
    "Data-Empty": "1.4.0",
    "Payload-Files-Required": "1.4.0",
    "Payload-Files-Allowed": "1.4.0",
}
_MOST_STARS = 10_000  # in all patterns together; a file full of them would take minutes to read
_ALWAYS = ("bagit.txt", "bag-info.txt", "fetch.txt")


def check_consistency(root: Table, profile: Profile) -> None:
    """Note what the profile asks for and forbids in one breath, and what no bag can have."""
    for kind, required, allowed in (
        ("Manifests", profile.manifests_required, profile.manifests_allowed),
        ("Tag-Manifests", profile.tag_manifests_required, profile.tag_manifests_allowed),
    ):
        if allowed is not None:
            _missing(root, kind, (name for name in required if name not in allowed))
    _check_paths(root, profile)
    if profile.fetch_required and not profile.allow_fetch:
        root.wrong("Fetch.txt-Required", "fetch.txt is required, and Allow-Fetch.txt forbids it")
    if profile.serialization == "required" and not profile.accept_serialization:
        hint = 'name at least one, such as "application/tar"'
        root.wrong("Accept-Serialization", "one file is required, and no form of it named", hint)


def _check_paths(root: Table, profile: Profile) -> None:
    for kind, required, allowed, in_data in (
        ("Tag-Files", profile.tag_files_required, profile.tag_files_allowed, False),
        ("Payload-Files", profile.payload_files_required, profile.payload_files_allowed, True),
    ):
        for path in required:
            parts = path.removesuffix("/" if in_data else "").split("/")
            if not all(part not in ("", ".", "..") for part in parts):
                root.wrong(f"{kind}-Required", f"{shown(path)!a} is no path within a bag")
            elif (parts[0] == "data") is not in_data:
                words = (
                    "must begin with data/" if in_data else "lies in data/, so it is no tag file"
                )
                root.wrong(f"{kind}-Required", f"{shown(path)!a} {words}")
        if sum(pattern.count("*") for pattern in allowed or ()) > _MOST_STARS:
            root.wrong(f"{kind}-Allowed", f"more than {_MOST_STARS:,} asterisks are no pattern")
        elif allowed is not None:
            patterns = Patterns(allowed)
            _missing(root, kind, (path for path in required if not patterns.cover(path)))


def _missing(root: Table, kind: str, names: Iterable[str]) -> None:
    for name in names:
        hint = f"add it to {kind}-Allowed"
        root.wrong(f"{kind}-Required", f"{shown(name)!a} is required and not allowed", hint)


def oddities(content: Mapping[str, Any], version: str) -> Iterator[str]:
    """Yield a sentence for each thing in a profile that is odd, and yet clear."""
    for key, since in _SINCE.items():
        if key in content and _numbers(version) < _numbers(since):
            yield (
                f"{key} came with version {since} of the specification, and the profile names"
                f" {version}: it is judged here, and may not be elsewhere"
            )
    info = content.get("Bag-Info")
    if isinstance(info, dict):
        if any(label.lower() == "bagit-profile-identifier" for label in info):
            yield "Bag-Info should not list BagIt-Profile-Identifier, which is always required"
        if any(isinstance(rule, dict) and "recommended" in rule for rule in info.values()):
            yield "recommended is no key of the specification; what lacks it is warned of"
    required = content.get("Tag-Files-Required")
    for path in required if isinstance(required, list) else ():
        if path in _ALWAYS or is_manifest(path):
            yield f"Tag-Files-Required should not list {shown(path)}, which has rules of its own"
    if content.get("Serialization", "optional") == "optional" and not content.get(
        "Accept-Serialization"
    ):
        yield "Accept-Serialization names no form, and one file is not forbidden: any form will do"


def is_manifest(path: object) -> bool:
    """Tell whether a path is a manifest's or a tag manifest's."""
    return (
        isinstance(path, str)
        and path.startswith(("manifest-", "tagmanifest-"))
        and path.endswith(".txt")
        and "/" not in path
    )


def is_structural(path: str) -> bool:
    """Tell whether a file outside ``data/`` has rules of its own, so Tag-Files-Allowed has none."""
    return path in _ALWAYS or is_manifest(path)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
