"""What an archive holds, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields

from archiver.catalogue import BagRow, EventRow
from archiver.holdings import ArchiveStatus, HeldBag
from cli.render.json_lines import Record
from cli.render.pauses import pause_fields, pause_lines
from cli.render.searching import file_fields
from cli.render.text import Line, Tone, count, share, size, table


def bag_record(row: BagRow) -> Record:
    """Return the JSON record of one bag."""
    return {"type": "bag", **{column.name: getattr(row, column.name) for column in fields(row)}}


def bag_table(bags: Iterable[BagRow], none: str) -> Iterator[Line]:
    """Yield the bags as a table, ``none`` if there are none.

    The last column is there if some bag has a next version.
    """
    rows = [
        (
            row.id,
            f"{row.payload_files:,}",
            size(row.payload_bytes),
            row.sealed_at,
            row.last_verdict or "",
            row.last_verified_at or "never",
            row.superseded_by or "",
        )
        for row in bags
    ]
    if not rows:
        yield Line(none)
        return
    header = ("bag", "files", "size", "sealed", "last verdict", "last verified", "superseded by")
    wide = len(header) if any(row[-1] for row in rows) else len(header) - 1
    yield from table(header[:wide], [row[:wide] for row in rows], right="files,size")


def held_records(bag: HeldBag, with_files: bool) -> Iterator[Record]:
    """Yield the JSON records of one bag: itself, its events, its files."""
    yield {**bag_record(bag.row), "path": bag.path}
    for event in bag.events:
        told = asdict(event)
        yield {"type": "event", "event": told.pop("type"), **told}
    if with_files:
        for file in bag.files:
            yield {"type": "file", **file_fields(file)}


def held_lines(bag: HeldBag) -> Iterator[Line]:
    """Yield what a person wants to know of one bag, but for its events and files."""
    row = bag.row
    yield Line(row.id, Tone.GOOD if row.last_verdict == "valid" else Tone.PLAIN)
    said = {
        "in": bag.path,
        "made of": row.source_name,
        "payload": f"{count(row.payload_files, 'file')}, {size(row.payload_bytes)}",
        "supersedes": row.supersedes or "",
        "superseded by": row.superseded_by or "",
        "rights basis": row.basis,
        "sealed": row.sealed_at,
        "last verified": f"{row.last_verified_at or 'never'} {row.last_verdict or ''}".rstrip(),
        "payload digest": f"BLAKE3 {row.payload_digest}",
        "tag manifest": f"SHA-512 {row.tag_manifest_digest}",
        "policy": f"SHA-256 {row.policy_digest}",
    }
    for label, value in said.items():
        if value:
            yield Line(f"  {label:15} {value}")


def story_lines(bag: HeldBag, with_files: bool) -> Iterator[Line]:
    """Yield the events about one bag, and its files."""
    yield Line("  events")
    for event in bag.events:
        yield Line(f"    {_event(event)} (event {event.seq:,})")
    if with_files:
        yield Line("  files")
        for file in bag.files:
            known = f"  ({file.media_format})" if file.media_format else ""
            yield Line(f"    {size(file.size):>10}  {file.path}{known}")


def status_record(found: ArchiveStatus) -> Record:
    """Return the JSON record of an archive's state."""
    last = found.last_event
    return {
        "type": "status",
        "path": found.path,
        "id": found.identity,
        **asdict(found.totals),
        "overdue_bags": found.overdue_bags,
        "overdue_bytes": found.overdue_bytes,
        "within_policy": found.within_policy,
        "unfinished": found.unfinished,
        "open_incidents": found.open_incidents,
        "pauses": pause_fields(found.pauses),
        "last_event": asdict(last) if last else None,
        "last_logged": found.last_logged,
        "in_step": found.in_step,
        "log_changed": found.log_changed,
    }


def status_lines(found: ArchiveStatus) -> Iterator[Line]:
    """Yield what a person wants to know of an archive."""
    totals = found.totals
    yield Line(found.path)
    held = f"{count(totals.bags, 'bag')}, {count(totals.files, 'file')}, {size(totals.bytes)}"
    yield Line(f"  holds           {held}")
    if totals.longest_unverified:
        yield Line(f"  oldest check    {totals.longest_unverified}")
    if found.within_policy is not None:
        tone = Tone.WARNING if found.overdue_bags else Tone.PLAIN
        debt = f"{count(found.overdue_bags, 'bag')}, {size(found.overdue_bytes)}"
        late = f"; overdue: {debt}, archiver due says more" if found.overdue_bags else ""
        yield Line(f"  within policy   {share(found.within_policy)} of the bags{late}", tone)
    elif totals.bags:
        yield Line("  within policy   no bag has a due date; archiver due works out new ones")
    if totals.never_verified:
        yield Line(f"  never verified  {count(totals.never_verified, 'bag')}", Tone.WARNING)
    if found.last_event:
        about = f" ({found.last_event.bag})" if found.last_event.bag else ""
        yield Line(f"  last event      {_event(found.last_event)}{about}")
    if found.open_incidents:
        cases = count(found.open_incidents, "open incident")
        yield Line(f"  to be settled   {cases}: archiver incident list", Tone.BAD)
    yield from pause_lines(found.pauses)
    if found.unfinished:
        jobs = count(found.unfinished, "job")
        yield Line(f"  unfinished      {jobs}: archiver recover takes them up", Tone.WARNING)
    if found.last_logged is None:
        yield Line("  the event log is damaged: archiver rebuild --check says where", Tone.BAD)
    elif found.log_changed:
        what = "the event log is not the one that the catalogue knows: it was changed or cut off"
        yield Line(f"  {what}; archiver rebuild --check says more", Tone.BAD)
    elif not found.in_step:
        yield Line("  the catalogue is behind the log: archiver rebuild", Tone.WARNING)


def _event(event: EventRow) -> str:
    return f"{event.time} {event.type}: {event.outcome}"
