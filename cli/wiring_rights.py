"""From the place a command about rights is given to the folders it is about."""

from __future__ import annotations

from collections.abc import Iterator


def places(place: str) -> Iterator[str]:
    """Yield the folder itself, or each bag where it is an archive."""
    from archiver.archive import open_archive
    from archiver.errors import NoArchiveError
    from archiver.holdings import list_bags

    try:
        archive = open_archive(place)
    except NoArchiveError:
        yield place
        return
    for row in list_bags(archive):
        yield str(archive.bag_path(row.id))
