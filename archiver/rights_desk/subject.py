"""What a question about rights is about: a source with its rights file, or a bag."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass

from archiver.errors import IncompleteError, UsageError
from archiver.probe import list_folder
from archiver.rights import RightsInForce, holds_rights_file, load_rights
from archiver.rights.bag import RIGHTS, read_bag_rights
from policies.rights import RightsBook

_PAYLOAD = "data"


@dataclass(frozen=True, slots=True)
class Subject:
    """A collection and what was said of its rights.

    ``top`` is the folder that paths are relative to. ``in_force`` is what a source has, ``None``
    for a bag (``bag`` is its folder).
    """

    top: str
    book: RightsBook
    in_force: RightsInForce | None = None
    bag: str | None = None

    def paths(self) -> Iterator[str]:
        """Yield the path of every file, relative to ``top``. Raises ``OSError``."""
        for place in list_folder(self.top):
            yield place.path


def is_bag(folder: str) -> bool:
    """Tell whether ``folder`` is a bag made here: one with rights in it."""
    return os.path.lexists(os.path.join(folder, "bagit.txt")) and os.path.lexists(
        os.path.join(folder, RIGHTS)
    )


def subject_at(folder: str, rights_file: str | None = None) -> Subject:
    """Return the subject that ``folder`` is.

    Raises :class:`UsageError` for a folder nobody said anything about, and for a rights file
    that cannot be used; :class:`IncompleteError` for a bag whose rights cannot be read.
    """
    if rights_file is None and is_bag(folder):
        return Subject(os.path.join(folder, _PAYLOAD), read_bag_rights(folder).book, bag=folder)
    if not os.path.isdir(folder):
        raise UsageError(f"{folder} is no folder", "Name a source, a bag or an archive.")
    in_force = load_rights(folder, file=rights_file)
    if in_force is None:
        raise UsageError(
            f"nobody said anything of the rights in {folder}",
            "Write a beginning with 'archiver rights init', or name a file with --rights.",
        )
    return Subject(folder, in_force.book, in_force)


def subject_of(file: str, rights_file: str | None = None) -> tuple[Subject, str]:
    """Return the subject that ``file`` belongs to, and its path in it.

    Looked for upwards: the bag the file lies in, or the nearest folder with a rights file. With
    ``rights_file`` paths are relative to that file's folder if ``file`` lies below it, else to
    the file's own. Raises as :func:`subject_at`.
    """
    if not os.path.lexists(file):
        raise UsageError(f"there is no file {file}", "Check the spelling.")
    place = os.path.abspath(file)
    folder = os.path.dirname(place)
    if rights_file is not None:
        beside = os.path.dirname(os.path.abspath(rights_file))
        top = beside if place.startswith(beside.rstrip("/") + "/") else folder
        return subject_at(top, rights_file), os.path.relpath(place, top)
    while True:
        if is_bag(folder) or holds_rights_file(folder):
            subject = subject_at(folder)
            path = os.path.relpath(place, subject.top)
            if path.startswith("../"):
                raise UsageError(f"{file} is a tag file: it describes the bag", "Ask about data/.")
            return subject, path
        above = os.path.dirname(folder)
        if above == folder:
            raise UsageError(
                f"{file} lies in no bag, and no folder above it has a rights file",
                "Write a beginning with 'archiver rights init', or name a file with --rights.",
            )
        folder = above


def bag_claims(bag: str) -> Iterator[tuple[str, str, str]]:
    """Yield code, detail and first path of what the bag's files claim otherwise."""
    try:
        for one in read_bag_rights(bag).record.get("claims", ()):
            yield str(one["code"]), str(one["detail"]), str(one["first"])
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise IncompleteError(f"{RIGHTS} of {bag} is not as it should be: {error!a}") from error
