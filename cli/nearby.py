"""Bags that a person may have meant: for advice after a slip, and for a shell that completes."""

from __future__ import annotations

import os
from contextlib import suppress

from archiver.errors import ArchiverError, UnknownBagError, UsageError
from cli import wiring

_OFFERED = 200
_PAYLOAD = "/data/"


def with_suggestion(error: UnknownBagError, folder: str | None) -> UnknownBagError:
    """Return the error, its advice beginning with the ids that may have been meant, if any are."""
    with suppress(ArchiverError):
        from archiver.holdings import ids_like

        archive = wiring.archive_if_there(folder)
        near = ids_like(archive, error.bag_id) if archive else []
        if near and error.bag_id not in near:
            error.advice = f"Did you mean {' or '.join(near)}? {error.advice}"
    return error


def bag_ids(folder: str | None, text: str) -> list[str]:
    """Return identifiers that begin with ``text``; none where no archive is to be found."""
    try:
        from archiver.holdings import ids_beginning

        archive = wiring.archive_if_there(folder)
        return ids_beginning(archive, text, _OFFERED) if archive else []
    except ArchiverError:
        return []  # a shell that completes is no place for trouble


def bag_meant(folder: str | None, named: str) -> str:
    """Return the path of the bag that ``named`` means, by the same rule as ``verify``.

    Raises :class:`archiver.errors.NoArchiveError` where an archive is named and not there.
    """
    from archiver.verify_held import held_id

    archive = wiring.archive_if_known(folder)
    with suppress(UsageError):
        bag_id = held_id(archive, named) if archive is not None else None
        if archive is not None and bag_id is not None:
            place = archive.bag_path(bag_id)
            return str(place) if place.is_dir() else named
    return named


def file_meant(folder: str | None, named: str) -> tuple[str, str] | None:
    """Return the bag's folder and the path (``data/...``) where ``named`` is a file in a bag.

    Raises :class:`archiver.errors.NoArchiveError` where an archive is named and not there.
    """
    place = place_meant(folder, named)
    if os.path.isdir(place):
        return None
    at = place.find(_PAYLOAD)
    while at > 0:
        bag, path = place[:at], place[at + 1 :]
        if os.path.lexists(os.path.join(bag, "bagit.txt")) and len(path) > len(_PAYLOAD) - 1:
            return bag, path
        at = place.find(_PAYLOAD, at + 1)
    return None


def place_meant(folder: str | None, named: str) -> str:
    """Return the path that ``named`` means: a path, or a held bag's id or ``ID/data/x``.

    Raises :class:`archiver.errors.NoArchiveError` where an archive is named and not there.
    """
    from archiver.holdings import place_of

    return place_of(wiring.archive_if_known(folder), named)
