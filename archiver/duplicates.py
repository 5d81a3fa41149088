"""What an archive holds more than once, level by level. Nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archiver.archive import Archive
from archiver.catalogue import Catalogue, Twins
from archiver.search import require_bag

LEVELS = {"file": ("file",), "essence": ("stream", "pcm"), "isrc": ("isrc",)}
"""What can be asked for, and what the catalogue compares for it.

``file``: every byte (BLAKE3). ``essence``: the coded sound (``stream``), then the samples, in
whatever container or lossless code (``pcm``). ``isrc``: the recording code in the tags.
"""


def duplicates(
    archive: Archive, levels: Sequence[str], bag_id: str | None = None
) -> Iterator[tuple[str, Twins]]:
    """Yield ``(level, group)``, level by level, in each what takes the most room first.

    A level leaves out the groups of which a finer one has told all: an essence group has files
    that differ, a code is shared by recordings that sound different. A group's members are to
    be read before the next group is drawn. Empty files are passed over.

    Raises :class:`archiver.errors.UsageError` when there is no bag ``bag_id``, and what
    :meth:`archiver.catalogue.Catalogue.open` raises.
    """
    with Catalogue.open(archive.catalogue_url) as catalogue:
        require_bag(archive, catalogue, bag_id)
        for level in levels:
            for comparison in LEVELS[level]:
                for group in catalogue.twins(comparison, bag_id):
                    yield level, group


def same_payloads(archive: Archive, bag_id: str | None = None) -> Iterator[list[str]]:
    """Yield the identifiers of bags that hold the same payload, group by group.

    Raises as :func:`duplicates`.
    """
    with Catalogue.open(archive.catalogue_url) as catalogue:
        require_bag(archive, catalogue, bag_id)
        for bags in catalogue.same_payloads():
            if bag_id is None or bag_id in bags:
                yield bags
