"""Cases and their stories, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archiver.catalogue.rows import CaseRow
from archiver.events import Event
from archiver.incidents import Incident, still_unsound
from cli.render.findings import finding_record, item_lines, of_finding
from cli.render.histories import event_lines, event_record
from cli.render.json_lines import Record
from cli.render.text import Line, Tone, count, table


def case_record(row: CaseRow) -> Record:
    """Return the JSON record of a case."""
    return {"type": "incident", **row._asdict()}


def case_table(cases: Iterable[CaseRow]) -> Iterator[Line]:
    """Yield the cases as a table."""
    rows = [
        (
            f"{row.id}",
            row.bag,
            row.opened_at[:10],
            row.state,
            _now(row),
            f"{row.checks:,}",
            f"{row.notes:,}",
        )
        for row in cases
    ]
    if not rows:
        yield Line("there is no open incident", Tone.GOOD)
        return
    header = ("incident", "bag", "opened", "found", "now", "checks", "notes")
    yield from table(header, rows, "incident,checks,notes")


def story_records(found: Incident) -> Iterator[Record]:
    """Yield the JSON records of a case and of its events."""
    yield case_record(found.row)
    for event in found.events:
        yield event_record(event)
    for finding in found.findings:
        yield finding_record(finding)


def story_lines(found: Incident) -> Iterator[Line]:
    """Yield the story of a case."""
    row = found.row
    yield Line(f"incident {row.id}: {row.bag}", Tone.PLAIN if row.closed_at else Tone.BAD)
    for event in found.events:
        for line in event_lines(event, with_bag=False):
            yield Line(f"  {line.text}", line.tone)
    many = count(row.checks, "check")
    yield Line(f"  {_now(row)}; {many}, {count(row.notes, 'note')}")
    yield from item_lines(map(of_finding, found.findings))


def said_record(event: Event, number: int) -> Record:
    """Return the JSON record of what a person added to a case."""
    return {
        "type": "incident-event",
        "incident": number,
        "bag": event.bag,
        "event": event.type,
        "seq": event.seq,
        "time": event.time,
    }


def said_lines(event: Event, number: int) -> Iterator[Line]:
    """Yield that it stands in the log now."""
    yield Line(f"incident {number} {event.outcome} (event {event.seq:,})", Tone.GOOD)


def _now(row: CaseRow) -> str:
    if row.closed_at is not None:
        return f"closed {row.closed_at[:10]}: {row.reason}"
    return f"open, {row.last_state}" if still_unsound(row) else "open, sound again"
