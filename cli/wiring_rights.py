"""From the place a command about rights is given to the folders it is about."""

from __future__ import annotations

from collections.abc import Iterator

from cli import wiring
from cli.nearby import place_meant


def places(named: str | None, folder: str | None) -> Iterator[str]:
    """Yield the folder that is meant, or each bag where it is an archive.

    ``named`` is a folder, or the id of a bag of the archive (``folder``: what --archive says).
    Without it, it is the folder we stand in, and where nobody said anything there, the archive.
    Raises :class:`archiver.errors.NoArchiveError` where an archive is named and not there.
    """
    from archiver.archive import open_archive
    from archiver.errors import NoArchiveError
    from archiver.holdings import list_bags

    place = place_meant(folder, named) if named is not None else _here_or_archive(folder)
    try:
        archive = open_archive(place)
    except NoArchiveError:
        yield place
        return
    for row in list_bags(archive):
        yield str(archive.bag_path(row.id))


def _here_or_archive(folder: str | None) -> str:
    from archiver.rights import holds_rights_file
    from archiver.rights_desk.subject import is_bag

    if folder is None and (is_bag(".") or holds_rights_file(".")):
        return "."
    archive = wiring.archive_if_known(folder)
    return str(archive.root) if archive is not None else "."
