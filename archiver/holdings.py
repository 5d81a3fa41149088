"""What the archive holds, answered from the catalogue."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from archiver.archive import Archive
from archiver.catalogue import BagRow, Catalogue, EventRow, FileRow, Totals
from archiver.catalogue.rows import TierTotal, share_within
from archiver.clock import Clock, system_clock, utc_text
from archiver.errors import EnvironmentUnusable, UnknownBagError, UsageError
from archiver.events import EventLog, Head, LogBrokenError, LogNewerError
from archiver.state import SOUND_VERDICTS
from policies.pauses import Pause

_SUGGESTED = 3
_ALIKE, _COMPARED = 3, 1000  # what a slip leaves as it is, and how many ids are looked at


@dataclass(frozen=True, slots=True)
class FilesOfBag:
    """The files of a bag by path, read a page at a time whenever they are iterated over."""

    archive: Archive = field(repr=False)
    bag_id: str

    def __iter__(self) -> Iterator[FileRow]:
        with Catalogue.open(self.archive.catalogue_url) as catalogue:
            yield from catalogue.files(self.bag_id)


@dataclass(frozen=True, slots=True)
class HeldBag:
    """All that the catalogue knows of one bag. ``path`` is where it lies; ``events`` in order."""

    row: BagRow
    path: str
    events: tuple[EventRow, ...]
    files: FilesOfBag


@dataclass(frozen=True, slots=True)
class ArchiveStatus:
    """How the archive is doing.

    ``unfinished`` counts jobs in the staging area. ``last_logged`` is the number of the log's
    last event, ``None`` when the log is damaged; the catalogue is in step with the log when
    ``last_event`` bears that number. ``log_changed`` says that the log does not hold that event.
    ``open_incidents`` counts the cases nobody has closed. ``tiers`` is how re-verification stands,
    by the due dates that were looked up last; ``pauses`` are those of it that are in force.
    """

    path: str
    identity: str
    totals: Totals
    last_event: EventRow | None
    last_logged: int | None
    unfinished: int
    open_incidents: int = 0
    tiers: tuple[TierTotal, ...] = ()
    log_changed: bool = False
    pauses: tuple[Pause, ...] = ()

    @property
    def overdue_bags(self) -> int:
        """How many bags should have been read again by now."""
        return sum(tier.overdue_bags for tier in self.tiers)

    @property
    def overdue_bytes(self) -> int:
        """How many bytes should have been read again by now."""
        return sum(tier.overdue_bytes for tier in self.tiers)

    @property
    def within_policy(self) -> float | None:
        """The share of the bags to be checked that is not overdue; ``None`` where none is."""
        return share_within(self.tiers)

    @property
    def in_step(self) -> bool:
        """Whether the catalogue has taken in every event of the log, and no other."""
        known = self.last_event.seq if self.last_event else 0
        return not self.log_changed and self.last_logged == known


def list_bags(
    archive: Archive, *, current: bool = False, unsound: bool = False
) -> Iterator[BagRow]:
    """Yield all bags in the order they were sealed; ``current``: those that no bag supersedes.

    ``unsound``: those whose last check found something, or that were never checked.

    Raises what :meth:`archiver.catalogue.Catalogue.open` raises.
    """
    with Catalogue.open(archive.catalogue_url) as catalogue:
        for row in catalogue.bags():
            if unsound and row.last_verdict in SOUND_VERDICTS:
                continue
            if not (current and row.superseded_by):
                yield row


def ids_beginning(archive: Archive, text: str, limit: int) -> list[str]:
    """Return the first ``limit`` identifiers of bags that begin with ``text``.

    Raises what :meth:`archiver.catalogue.Catalogue.open` raises.
    """
    with Catalogue.open(archive.catalogue_url) as catalogue:
        return catalogue.ids_beginning(text, limit)


def ids_like(archive: Archive, text: str) -> list[str]:
    """Return up to three identifiers that ``text`` may have been meant for, the likeliest first.

    Those that begin with it, else those that begin alike and are close to it. Raises as above.
    """
    import difflib

    begun = ids_beginning(archive, text, _SUGGESTED)
    if begun or len(text) < _ALIKE:
        return begun
    alike = ids_beginning(archive, text[:_ALIKE], _COMPARED)
    return difflib.get_close_matches(text, alike, _SUGGESTED, 0.75)


def place_of(archive: Archive | None, named: str) -> str:
    """Return the path that is meant by ``named``: a path, or ``ID`` or ``ID/data/x`` of a held bag.

    What is at a path of that name goes first; what is neither is returned as it is.
    """
    if archive is None or os.path.lexists(named):
        return named
    bag_id, _, inside = named.partition("/")
    try:
        place = archive.bag_path(bag_id)
    except UsageError:
        return named
    if not os.path.isdir(place):
        return named
    return os.path.join(place, inside) if inside else str(place)


def show_bag(archive: Archive, bag_id: str) -> HeldBag:
    """Return what is known of the bag ``bag_id``.

    Raises :class:`UsageError` when the catalogue has no such bag, and what
    :meth:`archiver.catalogue.Catalogue.open` raises.
    """
    path = archive.bag_path(bag_id)
    with Catalogue.open(archive.catalogue_url) as catalogue:
        row = catalogue.bag(bag_id)
        if row is None:
            raise UnknownBagError(bag_id)
        events = tuple(catalogue.events(bag_id))
    return HeldBag(row, str(path), events, FilesOfBag(archive, bag_id))


def status(archive: Archive, clock: Clock = system_clock) -> ArchiveStatus:
    """Return how much the archive holds, and whether anything waits to be finished.

    It all comes from the catalogue's running totals and the log's end: no bag is counted.

    Raises what :meth:`archiver.catalogue.Catalogue.open` raises, and
    :class:`EnvironmentUnusable` when log or staging area cannot be read.
    """
    with Catalogue.open(archive.catalogue_url) as catalogue:
        totals, last_event = catalogue.totals(), catalogue.last_event()
        open_incidents = catalogue.cases.how_many_open()
        tiers = tuple(catalogue.plan.totals(utc_text(clock())))
        pauses = catalogue.pauses.at(clock()).all
    log, last_logged, changed = EventLog(archive.log, system_clock), None, False
    known = Head(last_event.seq, last_event.digest) if last_event else None
    try:
        unfinished = len(os.listdir(archive.staging))
        last_logged = log.head().seq
        changed = known is not None and not log.extends(known)
    except (LogBrokenError, LogNewerError):
        last_logged = None
    except OSError as error:
        raise EnvironmentUnusable(
            f"{error.filename} cannot be read: {error.strerror}",
            "Check the permissions and the medium.",
        ) from error
    return ArchiveStatus(
        str(archive.root),
        archive.identity,
        totals,
        last_event,
        last_logged,
        unfinished,
        open_incidents,
        tiers,
        changed,
        pauses,
    )
