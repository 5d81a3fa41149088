"""The profiles that the program comes with."""

from __future__ import annotations

import pkgutil
from functools import cache

from policies.profiles.model import Profile
from policies.profiles.reading import read_profile

SHIPPED = ("audio", "aptrust", "btr", "nypl-ami")


def shipped(name: str) -> bytes:
    """Return the text of a shipped profile. Raises ``KeyError`` for no such."""
    if name not in SHIPPED:
        raise KeyError(name)
    data = pkgutil.get_data("policies.profiles", f"shipped/{name}.json")
    assert data is not None  # only other loaders than the file system's return None
    return data


@cache
def by_identifier() -> dict[str, Profile]:
    """Return the shipped profiles by their identifiers."""
    profiles = (read_profile(shipped(name)) for name in SHIPPED)
    return {profile.identifier: profile for profile in profiles}
