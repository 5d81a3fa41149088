"""Rebuilding the catalogue from bags and log alone, and checking it against them."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from archiver.archive import Archive, sqlite_url
from archiver.catalogue import (
    BagRecordsError,
    BagRow,
    Catalogue,
    CatalogueDamagedError,
    CatalogueMissingError,
    CatalogueOutdatedError,
    FileRow,
    bag_row_from,
    file_rows_from,
    seal_differences,
)
from archiver.clock import Clock, system_clock
from archiver.errors import ArchiverError, BusyError, EnvironmentUnusable, UsageError
from archiver.events import (
    BEGINNING,
    Agent,
    Event,
    EventLog,
    Head,
    LogBrokenError,
    LogChangedError,
    LogNewerError,
)
from archiver.findings import CODES, Finding, state_of
from archiver.progress import Progress, Silence
from archiver.state import State

_SEAL = "seal"


@dataclass(frozen=True, slots=True)
class CatalogueOutcome:
    """A catalogue made anew, or compared with log and bags: how much, and all that is amiss."""

    bags: int
    files: int
    events: int
    findings: tuple[Finding, ...]

    @property
    def state(self) -> State:
        """What the findings add up to."""
        return state_of(self.findings)


def rebuild(
    archive: Archive,
    clock: Clock,
    progress: Progress | None = None,
    *,
    agent: Agent,
    lock_wait: float = 0.0,
) -> CatalogueOutcome:
    """Make the catalogue anew, aside, and put it in the place of the old one in one step.

    Bags that are missing or cannot be read are findings; the rest is rebuilt, and they stay
    listed as the log knows them. That the log no longer holds what the old catalogue knew of it
    is a finding too, and from then on accepted. The log gets an event "rebuild", unless it is
    damaged itself. Raises :class:`archiver.errors.BusyError` after ``lock_wait`` seconds, and
    :class:`EnvironmentUnusable`; then the old catalogue is still there.
    """
    aside = archive.catalogue_path.with_name(f".{archive.catalogue_path.name}.new")
    with archive.writer_lock("rebuild", clock(), lock_wait), _usable(archive):
        changed = tuple(log_changed(archive))
        Catalogue.discard(sqlite_url(aside))
        with Catalogue.create(sqlite_url(aside), archive.identity, scratch=True) as catalogue:
            intake = Intake(archive, catalogue, progress or Silence())
            findings = (*changed, *intake.run())
        Catalogue.swap_in(sqlite_url(aside), archive.catalogue_url)
        outcome = CatalogueOutcome(intake.bags, intake.files, intake.events, findings)
        _record(archive, clock, agent, outcome)
    return outcome


def catch_up(archive: Archive, catalogue: Catalogue) -> tuple[Finding, ...]:
    """Take into ``catalogue`` the events that it does not know; no more of the log is read.

    To be called whenever the catalogue is opened for writing, the writer's lock held: an event
    indexed after a gap would hide the gap. Raises :class:`archiver.events.LogChangedError` where
    the log does not hold the last event that the catalogue knows, and what
    :meth:`EventLog.head` raises.
    """
    known = known_to(catalogue)
    if EventLog(archive.log, system_clock).head() == known:
        return ()
    return tuple(Intake(archive, catalogue, Silence(), after=known).run())


def known_to(catalogue: Catalogue) -> Head:
    """Return the log's last line as far as the catalogue has taken it in."""
    last = catalogue.last_event()
    return Head(last.seq, last.digest) if last else Head(0, BEGINNING)


def log_changed(archive: Archive) -> Iterator[Finding]:
    """Yield a finding when the log does not hold the last event that the catalogue knows.

    Nothing is read before that event. Without a usable catalogue, or with a log whose end is
    damaged, there is nothing to compare.
    """
    try:
        with Catalogue.open(archive.catalogue_url) as catalogue:
            known = known_to(catalogue)
        if not EventLog(archive.log, system_clock).extends(known):
            message = f"event {known.seq}, which the catalogue knows, is not in the event log"
            yield Finding("log-rewritten", message)
    except (ArchiverError, OSError):
        return


def require_known_log(archive: Archive) -> None:
    """Raise :class:`archiver.events.LogChangedError` where :func:`log_changed` has a finding.

    To be called before an event is added without :func:`catch_up`: what is added to a log that
    was cut off makes a second history beside the lost one.
    """
    for finding in log_changed(archive):
        raise LogChangedError(
            f"nothing is added to the event log: {finding.message}",
            f"{CODES[finding.code].advice} If today's log is the right one, archiver rebuild "
            "accepts it.",
        )


def check_catalogue(archive: Archive, progress: Progress | None = None) -> CatalogueOutcome:
    """Compare catalogue, log and bags, and name every difference; writes nothing in the archive.

    A second catalogue is built from log and bags in the system's folder for temporary files
    (``TMPDIR``), and the two are compared row by row. Raises :class:`EnvironmentUnusable`, and
    :class:`BusyError` when another run wrote to the catalogue meanwhile.
    """
    with contextlib.ExitStack() as stack:
        found, findings = _open_found(archive, stack)
        until = _last_taken_in(found, findings) if found else None
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="archiver-check-"))
        stack.enter_context(_usable(archive))
        url = sqlite_url(Path(folder, "expected.sqlite"))
        expected = stack.enter_context(Catalogue.create(url, archive.identity, scratch=True))
        intake = Intake(archive, expected, progress or Silence(), until=until)
        findings += intake.run()
        if found is not None:
            findings += _compared(expected, found)
            if until is not None and _last_taken_in(found, findings) != until:
                raise BusyError(
                    "the archive was written to while its catalogue was checked",
                    "Check again when the other run has ended.",
                )
            if intake.left_out:
                message = f"{intake.left_out} newest events are not in the catalogue"
                findings.append(Finding("catalogue-behind", message))
    return CatalogueOutcome(intake.bags, intake.files, intake.events, tuple(findings))


@dataclass(slots=True)
class Intake:
    """Taking the log, and the bags it tells of, into a catalogue, in the order of the log.

    It begins behind the line ``after``; events beyond ``until`` are left out.
    """

    archive: Archive
    catalogue: Catalogue
    progress: Progress
    after: Head | None = None
    until: int | None = None
    bags: int = 0
    files: int = 0
    events: int = 0
    left_out: int = 0
    _bags_left_out: set[str] = field(default_factory=set)

    def run(self) -> Iterator[Finding]:
        """Do it, yielding what is amiss with log and bags. Memory stays flat."""
        self.progress.begin("rebuilding", None, None)
        log = EventLog(self.archive.log, system_clock)
        for one in log.scan() if self.after is None else log.since(self.after):
            if isinstance(one, Finding):
                yield one
            else:
                yield from self._event(one)
        if self.after is None:
            yield from self._unlogged()
        self.progress.end()

    def _event(self, event: Event) -> Iterator[Finding]:
        if self.until is not None and event.seq > self.until:
            self.left_out += 1
            if event.type == _SEAL and event.bag:
                self._bags_left_out.add(event.bag)
            return
        self.events += 1
        if event.type == _SEAL:
            yield from self._sealed(event)
        else:
            self.catalogue.index_event(event)

    def _sealed(self, event: Event) -> Iterator[Finding]:
        """Take in a bag and the event that sealed it, as far as the bag can still be read."""
        name = event.bag or ""
        try:
            place = self.archive.bag_path(name)
            row = bag_row_from(place, event)
        except (BagRecordsError, UsageError) as error:
            self.catalogue.index_event(event)
            yield Finding("held-bag-unreadable", error.message, event.bag)
            return
        self.bags += 1
        if self.archive.bag_is_gone(name):
            self.catalogue.record_bag(row, (), event)
            where = str(place.relative_to(self.archive.root))
            yield Finding("held-bag-missing", f"the sealed bag {name} is not at {where}", name)
            return
        try:
            yield from seal_differences(place, event)
            self._with_files(row, place, event)
        except BagRecordsError as error:
            self.catalogue.record_bag(row, (), event)
            yield Finding("held-bag-unreadable", error.message, name)

    def _with_files(self, row: BagRow, place: Path, event: Event) -> None:
        def counted() -> Iterator[FileRow]:
            for file in file_rows_from(place):
                self.files += 1
                self.progress.advance(0, 1)
                yield file

        self.catalogue.record_bag(row, counted(), event)

    def _unlogged(self) -> Iterator[Finding]:
        """Yield a finding for whatever lies in ``bags/`` and was never sealed there."""
        for shard in _names(self.archive.bags):
            folder = self.archive.bags / shard
            for name in _names(folder) if folder.is_dir() else [""]:
                if not self._is_held(folder / name):
                    where = f"{self.archive.bags.name}/{shard}/{name}".rstrip("/")
                    yield Finding("held-bag-unlogged", f"the log knows nothing of {where}", where)

    def _is_held(self, place: Path) -> bool:
        name = place.name
        try:
            at_home = self.archive.bag_path(name) == place
        except UsageError:
            return False
        return at_home and (name in self._bags_left_out or self.catalogue.bag(name) is not None)


def _open_found(
    archive: Archive, stack: contextlib.ExitStack
) -> tuple[Catalogue | None, list[Finding]]:
    """Open the catalogue to be checked; where that fails, say why."""
    try:
        return stack.enter_context(Catalogue.open(archive.catalogue_url)), []
    except CatalogueMissingError as error:
        return None, [Finding("catalogue-missing", error.message)]
    except CatalogueOutdatedError as error:
        return None, [Finding("catalogue-outdated", error.message)]
    except CatalogueDamagedError as error:
        return None, [Finding("catalogue-damaged", error.message)]


def _last_taken_in(found: Catalogue, findings: list[Finding]) -> int | None:
    """Return the number of the newest event in the catalogue."""
    try:
        last = found.last_event()
    except CatalogueDamagedError as error:
        findings.append(Finding("catalogue-damaged", error.message))
        return None
    return last.seq if last else 0


def _compared(expected: Catalogue, found: Catalogue) -> list[Finding]:
    from archiver.catalogue.differences import differences  # late: it needs the database

    try:
        return list(differences(expected, found))
    except CatalogueDamagedError as error:
        return [Finding("catalogue-damaged", error.message)]


def _record(archive: Archive, clock: Clock, agent: Agent, outcome: CatalogueOutcome) -> None:
    """Add the event "rebuild" to log and catalogue; a damaged log is left as it is."""
    detail = {
        "bags": outcome.bags,
        "events": outcome.events,
        "files": outcome.files,
        "findings": len(outcome.findings),
    }
    log = EventLog(archive.log, clock)
    try:
        log.append("rebuild", bag=None, outcome=outcome.state.value, detail=detail, agent=agent)
    except (LogBrokenError, LogNewerError):
        return  # the outcome has a finding about it
    with Catalogue.open(archive.catalogue_url, writing=True) as catalogue:
        catch_up(archive, catalogue)  # others may have verified bags meanwhile


def _names(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


@contextlib.contextmanager
def _usable(archive: Archive) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EnvironmentUnusable(
            f"the catalogue of {archive.root} cannot be made: {error.strerror}: {error.filename}",
            "Check the space, the permissions and the medium.",
        ) from error
