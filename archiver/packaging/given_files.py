"""Tag files that somebody wants in a bag beside those we write: a partner's ``xyz-info.txt``."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from archiver.errors import UsageError
from archiver.packaging.foreseen import ALWAYS

_MOST_BYTES = 1 << 20
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")
_OURS = {name.partition("/")[0].lower() for name in ALWAYS} | {"data", "fetch.txt"}


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A tag file for the top of the bag."""

    name: str
    content: bytes


def read_given(path: str) -> GivenFile:
    """Read the file at ``path``, which keeps its name. Raises :class:`UsageError`."""
    name = os.path.basename(path)
    lower = name.lower()
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!a} cannot be the name of a tag file",
            "Rename it: letters, digits, dots, hyphens and underscores.",
        )
    if lower in _OURS or lower.startswith(("manifest-", "tagmanifest-")):
        raise UsageError(f"the bag has a {name} of its own", "Give the file another name.")
    try:
        with open(path, "rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path!a} cannot be read: {error.strerror}") from error
    if len(content) > _MOST_BYTES:
        raise UsageError(
            f"{path!a} is larger than 1 MiB, and no tag file", "Put it into the source."
        )
    return GivenFile(name, content)
