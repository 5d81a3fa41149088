"""Names in sidecars -> places in the payload. Text only: nothing is opened here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_MOST_ENDS = 16  # components of an absolute path that are looked for below a list's folder
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


class NotAPlaceError(Exception):
    """The name cannot be that of a payload file; the message says why."""


def place_below(folder: str, name: str) -> str:
    """Return the path in the payload that ``name``, seen from ``folder``, leads to.

    ``..`` is resolved in the text and may lead anywhere inside the payload. Raises
    :class:`NotAPlaceError` for absolute paths, drive letters and network shares, and for what
    leads out.
    """
    if name.startswith(("/", "\\\\")) or _DRIVE.match(name):
        raise NotAPlaceError("an absolute path")
    parts = folder.split("/") if folder else []
    for part in name.split("/"):
        if part == "..":
            if not parts:
                raise NotAPlaceError("the path leads out of the collection")
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    if not parts or name.endswith("/"):
        raise NotAPlaceError("not the name of a file")
    return "/".join(parts)


def places(sidecar: str, name: str, *, follow: bool = False) -> tuple[list[str], str | None]:
    """Return where ``name`` may be meant to lead, likeliest first, and why there is no more.

    As it stands; without blanks or quotation marks around it, which some programs leave; then
    with backslashes as separators, for lists made on Windows. With ``follow`` an absolute path
    is taken for that of the machine the list was made on, and its end for a path seen from
    here: all but the root, then a component less each time.
    """
    folder = folder_of(sidecar)
    found: list[str] = []
    reason = None
    bare = name.strip().strip('"')
    for variant in dict.fromkeys((name, bare, name.replace("\\", "/"), bare.replace("\\", "/"))):
        try:
            found.append(place_below(folder, variant))
        except NotAPlaceError as wrong:
            reason = str(wrong)
    if follow and not found and (name.startswith(("/", "\\\\")) or _DRIVE.match(name)):
        found = list(_ends(folder, name))
    return found, reason


def _ends(folder: str, name: str) -> Iterator[str]:
    parts = [part for part in _DRIVE.sub("", name).replace("\\", "/").split("/") if part]
    if not {".", ".."}.intersection(parts):
        for first in range(max(0, len(parts) - _MOST_ENDS), len(parts)):
            yield "/".join([*([folder] if folder else []), *parts[first:]])


def folder_of(path: str) -> str:
    """Return the folder a path is in; empty for the payload's root."""
    return path.rpartition("/")[0]


def folded(path: str) -> str:
    """Return ``path`` as file systems see it that ignore case and Unicode composition."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def with_suffixes(path: str, suffixes: tuple[str, ...]) -> Iterator[str]:
    """Yield ``path`` under each other extension."""
    above, slash, name = path.rpartition("/")
    stem, dot, own = name.rpartition(".")
    if dot and stem:
        for suffix in suffixes:
            if suffix != own.lower():
                yield f"{above}{slash}{stem}.{suffix}"
