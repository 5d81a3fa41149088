"""The sandbox: an archive that lives for a drill, and in it a copy of one real bag."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from archiver.archive import Archive, create_archive
from archiver.catalogue import BagRow, Catalogue, FileRow
from archiver.clock import Clock
from archiver.drill.harms import Copy
from archiver.errors import ArchiverError, EnvironmentUnusable, UnknownBagError, UsageError
from archiver.events import Agent
from archiver.packaging.folders import remove_tree
from archiver.packaging.record import Ledger
from archiver.packaging.room import bytes_needed, free_bytes
from archiver.packaging.seal import tag_manifest_digest
from archiver.packaging.unfinished import adopt
from archiver.progress import Progress
from archiver.state import State

LARGEST = 256_000_000
"""Bytes; no larger bag is copied unless that was wished."""
_LOOKED_AT, _TRIED = 5_000, 50  # bags, of which the smallest are asked for their files
_FILES = 10_000  # files of a bag that are looked at


class CopyNotSoundError(ArchiverError):
    """The copy is not sound before any harm: so the real bag, or the copying, is not."""

    state = State.UNSOUND


@dataclass(frozen=True, slots=True)
class Chosen:
    """The bag to be copied, and the files in it to be harmed."""

    bag: BagRow
    subject: str
    other: str | None


def choose(archive: Archive, bag_id: str | None, largest: int = LARGEST) -> Chosen:
    """Return the bag named, or a small one that holds recordings with tags, if there is one.

    Raises :class:`UsageError` when there is none that can be used.
    """
    with Catalogue.open(archive.catalogue_url) as catalogue:
        if bag_id is not None:
            row = catalogue.bag(bag_id)
            if row is None:
                raise UnknownBagError(bag_id)
            rows = [row]
        else:
            rows = sorted(islice(catalogue.bags(), _LOOKED_AT), key=lambda one: one.payload_bytes)
        fitting = [row for row in rows if row.payload_bytes <= largest and row.payload_files]
        found: list[tuple[int, Chosen]] = []
        for row in fitting[:_TRIED]:
            files = list(islice(catalogue.files(row.id), _FILES))
            worth, chosen = _worth(row, files)
            if chosen is not None:
                found.append((worth, chosen))
            if worth == 0:
                break
    if not found:
        raise UsageError(
            f"there is no bag of at most {largest:,} bytes with a file that can be harmed",
            "Name one with --bag, or allow more with --max-size.",
        )
    return min(found, key=lambda one: one[0])[1]


def _worth(row: BagRow, files: list[FileRow]) -> tuple[int, Chosen | None]:
    """Return how far a bag is from what a drill wants (0: not at all), and what it would take."""
    by_size = sorted((one for one in files if one.size > 1), key=lambda one: one.size)
    if not by_size:
        return 9, None
    recordings = [one for one in by_size if one.media_format]
    tagged = [one for one in recordings if one.title]
    subject = (tagged or recordings or by_size)[0]
    others = [one for one in by_size if one.blake3 != subject.blake3]
    lacking = (not tagged) + 2 * (not recordings) + (not others)
    return lacking, Chosen(row, subject.path, others[0].path if others else None)


@contextmanager
def sandbox(
    archive: Archive,
    chosen: Chosen,
    folder: str | None,
    clock: Clock,
    agent: Agent,
    progress: Progress,
) -> Iterator[tuple[Archive, Copy]]:
    """Make an archive below ``folder`` (or where temporary files go) that holds a copy of the bag.

    It is declared a drill's, has the real archive's policy, and is removed in the end. Of the real
    archive, files are opened for reading only. Raises :class:`UsageError`,
    :class:`EnvironmentUnusable`, :class:`CopyNotSoundError`.
    """
    place = os.path.realpath(folder or tempfile.gettempdir())
    _require_outside(place, archive.root)
    _require_room(place, chosen.bag)
    scratch = Path(tempfile.mkdtemp(prefix="archiver-drill-", dir=place))
    try:
        made = create_archive(
            scratch / "archive", archive.policy_path.read_bytes(), clock, agent=agent
        )
        made.declare_drill()
        bag = made.bag_path(chosen.bag.id)
        _copy(archive.bag_path(chosen.bag.id), bag)
        _take_in(made, chosen.bag, clock, agent, progress)
        aside = scratch / "aside"
        aside.mkdir()
        yield made, Copy(made.bags, bag, aside, chosen.subject, chosen.other)
    except OSError as error:
        raise EnvironmentUnusable(
            f"the drill cannot go on: {error.strerror}: {error.filename}",
            "Look after the folder named; the archive itself was not written to.",
        ) from error
    finally:
        remove_tree(scratch)


def _require_outside(place: str, root: Path) -> None:
    if not os.path.isdir(place):
        raise UsageError(f"{place} is no folder", "Name one with --in that is there.")
    real = os.path.realpath(root)
    if os.path.commonpath((place, real)) == real:
        raise UsageError(
            f"{place} lies in the archive", "A drill harms files: name a folder elsewhere with --in"
        )


def _require_room(place: str, bag: BagRow) -> None:
    needed, free = 2 * bytes_needed(bag.payload_files, bag.payload_bytes), free_bytes(Path(place))
    if needed > free:
        raise EnvironmentUnusable(
            f"the drill needs about {needed:,} bytes in {place}, which has {free:,} left",
            "Name another folder with --in, or a smaller bag with --bag.",
        )


def _copy(source: Path, target: Path) -> None:
    """Copy a bag, reading it alone; what is neither file nor folder is an error."""
    target.mkdir(parents=True)
    with os.scandir(source) as entries:
        for entry in entries:
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                _copy(source / entry.name, target / entry.name)
            elif stat.S_ISREG(status.st_mode):
                shutil.copyfile(entry.path, target / entry.name)
                os.utime(target / entry.name, ns=(status.st_atime_ns, status.st_mtime_ns))
            else:
                raise CopyNotSoundError(f"{entry.path!a} is neither a file nor a folder")


def _take_in(made: Archive, row: BagRow, clock: Clock, agent: Agent, progress: Progress) -> None:
    with (
        made.writer_lock("drill", clock()),
        Catalogue.open(made.catalogue_url, writing=True) as catalogue,
    ):
        found = adopt(Ledger(made, catalogue, clock, agent), row.id, {}, progress)
        digest = tag_manifest_digest(made.bag_path(row.id))
    if found.state is not State.SOUND or digest != row.tag_manifest_digest:
        raise CopyNotSoundError(
            f"a copy of the bag {row.id} is not sound before any harm was done to it",
            f"Look at the bag first: archiver verify {row.id}",
        )
