"""What was found out about the event log, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from archiver.events.notes import Note
from archiver.log.verify import BagsCompared, LogVerification
from archiver.state import State
from cli.render.findings import finding_record, item_lines, of_finding
from cli.render.json_lines import Record
from cli.render.text import Line, Tone, count


def verification_records(found: LogVerification) -> Iterator[Record]:
    """Yield the JSON records of a verification of the log."""
    for finding in found.findings:
        yield finding_record(finding, log="log")
    yield {
        "type": "log-verification",
        "state": found.state.value,
        "events": found.checkpoint.size,
        "root": found.checkpoint.root.hex(),
        "origin": found.checkpoint.origin,
        "compared": [
            {"name": one.name, "size": one.size, "agrees": one.agrees} for one in found.compared
        ],
        "bags": asdict(found.bags) if found.bags else None,
        "findings": len(found.findings),
    }


def verification_lines(found: LogVerification) -> Iterator[Line]:
    """Yield what a person wants to know of it."""
    size = count(found.checkpoint.size, "event")
    if found.state is State.SOUND:
        yield Line(f"the log is sound: {size}, each continuing the one before", Tone.GOOD)
    else:
        yield Line(f"the log is not sound ({size})", Tone.BAD)
    for one in found.compared:
        if one.agrees:
            yield Line(f"  it continues {one.name}, which saw {count(one.size, 'event')}")
    if found.bags:
        yield from _bag_lines(found.bags)
    if not found.compared and not (found.bags and found.bags.agree + found.bags.differ):
        yield Line("  compared with nothing kept elsewhere: whoever rewrote all of it would not")
        yield Line("  be noticed. `archiver log checkpoint` prints what to keep.")
    yield from item_lines(map(of_finding, found.findings), every=True)
    for line in found.checkpoint.body().splitlines():
        yield Line(f"  {line}", Tone.FAINT)


def _bag_lines(bags: BagsCompared) -> Iterator[Line]:
    if bags.agree:
        yield Line(f"  it continues what {count(bags.agree, 'bag')} saw of it before their sealing")
    if bags.differ:
        yield Line(f"  {count(bags.differ, 'bag')} saw another log", Tone.BAD)
    if bags.foreign:
        yield Line(f"  {count(bags.foreign, 'bag')} saw the log of the archive they were made in")
    if bags.without:
        yield Line(f"  {count(bags.without, 'bag has', 'bags have')} no checkpoint")


def note_lines(note: Note) -> Iterator[Line]:
    """Yield a note as it is to be kept, byte for byte (its text is printable as checked)."""
    for line in note.form().splitlines():
        yield Line(line)


def proof_lines(proof: Mapping[str, Any]) -> Iterator[Line]:
    """Yield a proof as the file it is to become: ASCII, indented."""
    for line in json.dumps(proof, indent=1, sort_keys=True).splitlines():
        yield Line(line)
