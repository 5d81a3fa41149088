"""Finding out what somebody means who wants to be shown something: a bag, a file in one, a file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from archiver.archive import Archive
from archiver.errors import UsageError
from archiver.sealed import has_records

_PAYLOAD = "data"


@dataclass(frozen=True, slots=True)
class Shown:
    """What is meant. ``bag`` is a bag's folder; ``path`` a payload file in it.

    ``held`` is the bag's identifier if the archive holds it. Without a ``bag``, ``path`` is a
    file anywhere.
    """

    bag: str | None = None
    path: str | None = None
    held: str | None = None


def locate(wanted: str, archive: Archive | None) -> Shown:
    """Return what ``wanted`` means: ``BAG``, ``BAG/data/x``, ``BAG:data/x`` or a path.

    What the archive holds goes before what lies at a path of that name. Raises
    :class:`UsageError` for what is neither.
    """
    held = _held(wanted, archive) if archive else None
    if held is not None:
        return held
    place = os.path.abspath(wanted)
    if os.path.isdir(place):
        if has_records(place):
            return Shown(place, None, _identifier(place, archive))
        raise UsageError(
            f"{wanted} is no bag with records of its own",
            "archiver probe says what recordings in any folder are.",
        )
    if os.path.lexists(place):
        return _file(place, archive)
    raise UsageError(
        f"there is no bag and no file {wanted!r}", "archiver list shows which bags are held."
    )


def _held(wanted: str, archive: Archive) -> Shown | None:
    """Return what ``wanted`` names in the archive, ``None`` when it names nothing there."""
    ends = [at for at in (wanted.find("/"), wanted.find(":")) if at > 0]
    name = wanted[: min(ends)] if ends else wanted
    path = wanted[len(name) + 1 :].rstrip("/")
    try:
        folder = archive.bag_path(name)
    except UsageError:
        return None
    if not os.path.lexists(folder) and (path or os.path.lexists(wanted)):
        return None
    if path and not path.startswith(f"{_PAYLOAD}/"):
        raise UsageError(
            f"{path!r} is no payload file", f"Write it like {name}/{_PAYLOAD}/song.flac"
        )
    return Shown(str(folder), path or None, name)


def _file(place: str, archive: Archive | None) -> Shown:
    """Return the file at ``place``, and the bag of ours it is a payload file of, if it is one."""
    for above in Path(place).parents:
        inside = os.path.relpath(place, above)
        if inside.startswith(f"{_PAYLOAD}/") and has_records(above):
            return Shown(str(above), inside, _identifier(str(above), archive))
    return Shown(None, place)


def _identifier(folder: str, archive: Archive | None) -> str | None:
    """Return the identifier of a bag that lies where the archive keeps it."""
    name = os.path.basename(folder)
    try:
        at_home = archive is not None and os.path.samefile(archive.bag_path(name), folder)
    except (OSError, UsageError):
        return None
    return name if at_home else None
