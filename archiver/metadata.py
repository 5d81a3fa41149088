"""``metadata``: what a bag holds, in the languages of other programs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from archiver.archive import Archive
from archiver.clock import Clock
from archiver.described import (
    DescribedFiles,
    described_bag,
    event_record,
    manifests_in,
    overview_of,
)
from archiver.errors import UnknownBagError
from archiver.events import EventLog
from archiver.serial.writing.place import check_free, file_aside
from archiver.writers import (
    dc_document,
    mets_document,
    pbcore_document,
    premis_document,
    premis_element,
)
from archiver.writers.model import EventRecord

Language = Literal["premis", "mets", "pbcore", "dc"]
LANGUAGES: tuple[Language, ...] = ("premis", "mets", "pbcore", "dc")


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written: how long it is, and its SHA-512 (hex)."""

    path: str
    bytes: int
    sha512: str


def events_of(archive: Archive, bag_id: str, clock: Clock) -> list[EventRecord]:
    """Return the log's events about a bag, oldest first.

    Raises :class:`UsageError` for a bag the archive neither holds nor ever held, and what
    :meth:`archiver.events.EventLog.read` raises.
    """
    log = EventLog(archive.log, clock)
    events = [event_record(event) for event in log.read() if event.bag == bag_id]
    if not events and not os.path.lexists(archive.bag_path(bag_id)):
        raise UnknownBagError(bag_id)
    return events


def bag_metadata(
    folder: str | os.PathLike[str], language: Language, events: Iterable[EventRecord] = ()
) -> Iterator[bytes]:
    """Yield the document about the bag in ``folder``; METS has all others in it.

    Only the bag's tag files are read, as they lie there. Raises
    :class:`~archiver.catalogue.records.BagRecordsError` when a record is missing or cannot be
    read, perhaps half way: what was yielded until then is no document.
    """
    bag, overview = described_bag(folder), overview_of(folder)
    files = DescribedFiles(folder, manifests_in(folder))
    if language == "dc":
        return dc_document(bag, overview)
    if language == "pbcore":
        return pbcore_document(bag, overview, files)
    if language == "premis":
        return premis_document(bag, overview, files, events)
    return mets_document(bag, overview, files, premis_element(bag, overview, files, events))


def write_metadata(place: str, pieces: Iterable[bytes]) -> Written:
    """Write a document to the new file ``place``, which is there whole or not at all.

    Raises :class:`UsageError` when something has that name or the folder is not there,
    :class:`archiver.errors.BusyError` while another run writes it, and
    :class:`archiver.errors.EnvironmentUnusable` when it cannot be written.
    """
    digest = hashlib.sha512()
    with file_aside(check_free(place)) as aside:
        for piece in pieces:
            aside.write(piece)
            digest.update(piece)
        return Written(place, aside.publish(), digest.hexdigest())
