"""Incidents: every finding about a bag is a case, opened by the check, closed only by a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from archiver.archive import Archive
from archiver.catalogue import Catalogue
from archiver.catalogue.rows import CaseRow
from archiver.clock import Clock, system_clock
from archiver.errors import UsageError
from archiver.events import Agent, Event, EventLog
from archiver.findings import Finding
from archiver.rebuild import catch_up
from archiver.state import State

OPENED, NOTED, CLOSED = "incident-opened", "incident-noted", "incident-closed"


@dataclass(frozen=True, slots=True)
class Incident:
    """A case and its story: the events of the case and the checks they rest on, oldest first.

    ``findings`` are about the log, where it could not be read to the end.
    """

    row: CaseRow
    events: tuple[Event, ...]
    findings: tuple[Finding, ...]


def file_findings(archive: Archive, catalogue: Catalogue, clock: Clock, agent: Agent) -> None:
    """Put every check that waits for a case into one, as events in log and catalogue.

    A check that found something opens a case for its bag, or adds to the one that is open; the
    first sound check afterwards is noted there too, and the case stays open. The catalogue must
    be open for writing, the writer's lock held and every event taken in. Raises what
    :meth:`archiver.events.EventLog.append` raises.
    """
    log = EventLog(archive.log, clock)
    while waiting := catalogue.cases.unfiled():
        for check in waiting:
            case = catalogue.cases.of_bag(check.bag)
            kind, detail = OPENED, {"check": check.seq}
            if case is not None:
                kind, detail = NOTED, {"check": check.seq, "incident": case.id}
            event = log.append(kind, bag=check.bag, outcome=check.state, detail=detail, agent=agent)
            _take_in(archive, catalogue, event)


def list_incidents(archive: Archive, *, closed_too: bool = False) -> Iterator[CaseRow]:
    """Yield the open cases, or all there ever were, the oldest first.

    Raises what :meth:`archiver.catalogue.Catalogue.open` raises.
    """
    with Catalogue.open(archive.catalogue_url) as catalogue:
        yield from catalogue.cases.all() if closed_too else catalogue.cases.still_open()


def show_incident(archive: Archive, number: int) -> Incident:
    """Return a case with its story, which is read from the log.

    Raises :class:`UsageError` where there is no such case, and what
    :meth:`archiver.catalogue.Catalogue.open` raises.
    """
    with Catalogue.open(archive.catalogue_url) as catalogue:
        row = _known(catalogue, number)
    story: list[Event] = []
    findings: list[Finding] = []
    wanted: set[int] = set()
    checks: dict[int, Event] = {}
    for one in EventLog(archive.log, system_clock).scan():
        if isinstance(one, Finding):
            findings.append(one)
        elif one.type == "verify" and one.bag == row.bag:
            checks[one.seq] = one
        elif one.seq == number or one.detail.get("incident") == number:
            story.append(one)
            wanted.add(int(one.detail.get("check", 0)))
    story += [event for seq, event in checks.items() if seq in wanted]
    return Incident(row, tuple(sorted(story, key=lambda event: event.seq)), tuple(findings))


def note_incident(archive: Archive, number: int, text: str, clock: Clock, agent: Agent) -> Event:
    """Add a person's words to a case, open or closed. Raises as :func:`close_incident` does."""
    words = _words(text, "a note")
    return _record(archive, NOTED, number, ("noted", {"text": words}), clock, agent)


def close_incident(archive: Archive, number: int, reason: str, clock: Clock, agent: Agent) -> Event:
    """Close a case for a reason; what was found and done stays in the log for ever.

    Raises :class:`UsageError` where there is no such case, where it is closed already, or for a
    reason without words; :class:`archiver.errors.BusyError`; and what appending to the log raises.
    """
    words = _words(reason, "a reason")
    return _record(archive, CLOSED, number, ("closed", {"reason": words}), clock, agent)


def _record(
    archive: Archive,
    kind: str,
    number: int,
    told: tuple[str, Mapping[str, object]],
    clock: Clock,
    agent: Agent,
) -> Event:
    with (
        archive.writer_lock("incident", clock()),
        Catalogue.open(archive.catalogue_url, writing=True) as catalogue,
    ):
        catch_up(archive, catalogue)
        file_findings(archive, catalogue, clock, agent)
        row = _known(catalogue, number)
        if kind == CLOSED and row.closed_at is not None:
            raise UsageError(
                f"incident {number} was closed on {row.closed_at}",
                "`archiver incident note` adds to it all the same.",
            )
        outcome, words = told
        log, detail = EventLog(archive.log, clock), {"incident": number, **words}
        event = log.append(kind, bag=row.bag, outcome=outcome, detail=detail, agent=agent)
        _take_in(archive, catalogue, event)
    return event


def _take_in(archive: Archive, catalogue: Catalogue, event: Event) -> None:
    """Index an event; where others have added some before it, those first."""
    last = catalogue.last_event()
    if last is not None and last.seq == event.seq - 1:
        catalogue.index_event(event)
    else:
        catch_up(archive, catalogue)


def _known(catalogue: Catalogue, number: int) -> CaseRow:
    row = catalogue.cases.one(number)
    if row is None:
        raise UsageError(f"there is no incident {number}", "`archiver incident list` shows them.")
    return row


def _words(text: str, what: str) -> str:
    if not text.strip():
        raise UsageError(f"{what} needs words", "Say what was found out, or done.")
    return text.strip()


def still_unsound(row: CaseRow) -> bool:
    """Whether the newest check in the case did not find the bag sound."""
    return row.last_state != State.SOUND.value
