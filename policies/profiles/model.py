"""A BagIt profile, as its keys say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Serialization = Literal["forbidden", "required", "optional"]
SERIALIZATION: tuple[Serialization, ...] = ("forbidden", "required", "optional")


@dataclass(frozen=True, slots=True)
class TagRule:
    """What a profile says of one label of ``bag-info.txt``.

    ``values`` are the values accepted, none meaning any. ``recommended`` is no key of the
    specification, but one of Beyond the Repository's profile.
    """

    label: str
    required: bool = False
    recommended: bool = False
    repeatable: bool = True
    values: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile. Only :func:`policies.profiles.read_profile` makes one: none is half right.

    ``version`` is the profile's own, ``specification`` that of the specification it is written
    by. ``None`` for what is allowed means that nothing was said, so everything is; an empty tuple
    allows nothing. ``remarks`` are sentences about what is odd in it, and yet clear.
    """

    identifier: str
    version: str
    organisation: str
    description: str
    specification: str
    info: tuple[TagRule, ...] = ()
    manifests_required: tuple[str, ...] = ()
    manifests_allowed: tuple[str, ...] | None = None
    tag_manifests_required: tuple[str, ...] = ()
    tag_manifests_allowed: tuple[str, ...] | None = None
    tag_files_required: tuple[str, ...] = ()
    tag_files_allowed: tuple[str, ...] | None = None
    payload_files_required: tuple[str, ...] = ()
    payload_files_allowed: tuple[str, ...] | None = None
    allow_fetch: bool = True
    fetch_required: bool = False
    data_empty: bool = False
    serialization: Serialization = "optional"
    accept_serialization: tuple[str, ...] = ()
    accept_versions: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
