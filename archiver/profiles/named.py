"""Finding the profile somebody means: a shipped one by its name, any other in a file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from archiver.errors import UsageError
from policies.mistakes import suggested
from policies.profiles import SHIPPED, Profile, ProfileMistakes, read_profile, shipped

DECLARED = "declared"
"""In place of a profile: every one that the bag itself names."""

_MOST_BYTES = (1 << 20) + 1  # one more than a profile may have, to be told so


@dataclass(frozen=True, slots=True)
class Asked:
    """By which profiles a bag is to be judged: those given, or those that it declares."""

    profiles: tuple[Profile, ...]
    declared: bool = False


def asked(names: Iterable[str]) -> Asked | None:
    """Return what is asked by ``names``, ``None`` where that is nothing.

    Raises :class:`UsageError` as :func:`profile_named` does.
    """
    given = tuple(dict.fromkeys(names))
    if not given:
        return None
    profiles = tuple(profile_named(name)[1] for name in given if name != DECLARED)
    return Asked(profiles, DECLARED in given)


def profile_named(name: str) -> tuple[str, Profile]:
    """Return where the profile ``name`` stands (in words), and the profile.

    A shipped profile's name means that one, whatever lies in this folder (a folder "audio", say);
    anything else is a file. Nothing is ever downloaded. Raises :class:`UsageError` for what is
    neither and for a profile with mistakes in it, all of which are told.
    """
    place, data = text_of_profile(name)
    try:
        return place, read_profile(data)
    except ProfileMistakes as wrong:
        raise UsageError(f"the profile {place} has mistakes in it", wrong.listed) from wrong


def text_of_profile(name: str) -> tuple[str, bytes]:
    """Return where the profile ``name`` stands (in words), and its text. Raises as above."""
    if name.startswith(("http:", "https:")):
        raise UsageError(
            f"{name!a} is an address, and nothing is ever downloaded",
            "Fetch the profile yourself, look at it, and name the file.",
        )
    if _is_file(name):
        return name, _content(name)
    if name in SHIPPED:
        return f"the shipped profile {name}", shipped(name)
    raise UsageError(
        f"there is no shipped profile and no file {name!a}",
        f"{suggested(name, (*SHIPPED, DECLARED))} `archiver profile list` says what each asks.",
    )


def where_it_is(name: str) -> str:
    """Return the name of a profile so that it means the same from any folder."""
    return os.path.abspath(name) if _is_file(name) else name


def _is_file(name: str) -> bool:
    if name in SHIPPED or name.startswith(("http:", "https:")):
        return False
    return "/" in name or name.lower().endswith(".json") or os.path.lexists(name)


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(_MOST_BYTES)
    except OSError as error:
        raise UsageError(f"{path!a} cannot be read: {error.strerror}", "") from error
