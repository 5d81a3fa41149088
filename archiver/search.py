"""Searching all bags by words, answered from the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.archive import Archive
from archiver.catalogue import Catalogue, Place, Wish, parse
from archiver.errors import UnknownBagError, UsageError


def search(archive: Archive, wish: Wish) -> Iterator[Place]:
    """Yield the files that ``wish`` describes, the likeliest first; drawn lazily.

    First those that have all words in their title, then in title, creator, album, recording
    code or path, then the rest; each in the order the bags were sealed, and by path.

    Raises :class:`UsageError` when there is no such bag, or nothing that can be looked for, and
    what :meth:`archiver.catalogue.Catalogue.open` raises.
    """
    query = parse(wish)
    if not query.terms:
        raise UsageError(
            "there is no word to look for",
            "Name a word, or a field: archiver search --creator Bach",
        )
    with Catalogue.open(archive.catalogue_url) as catalogue:
        require_bag(archive, catalogue, wish.bag)
        yield from catalogue.find_words(query)


def require_bag(archive: Archive, catalogue: Catalogue, bag_id: str | None) -> None:
    """Raise :class:`UsageError` when a bag is named that the archive does not hold."""
    if bag_id is None:
        return
    archive.bag_path(bag_id)
    if catalogue.bag(bag_id) is None:
        raise UnknownBagError(bag_id)
