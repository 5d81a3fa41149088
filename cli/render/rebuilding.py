"""What rebuilding or checking the catalogue came to, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.rebuild import CatalogueOutcome
from archiver.state import State
from cli.render.findings import finding_record, item_lines, of_finding
from cli.render.json_lines import Record
from cli.render.text import Line, Tone, count

_HEADS = {
    ("check", True): "catalogue, event log and bags agree",
    ("check", False): "catalogue, event log and bags do not agree",
    ("rebuild", True): "the catalogue was rebuilt",
    ("rebuild", False): "the catalogue was rebuilt, but something is amiss",
}


def rebuild_records(outcome: CatalogueOutcome, act: str) -> Iterator[Record]:
    """Yield the JSON records; ``act`` is ``rebuild`` or ``check``."""
    for finding in outcome.findings:
        yield finding_record(finding)
    yield {
        "type": act,
        "state": outcome.state.value,
        "bags": outcome.bags,
        "files": outcome.files,
        "events": outcome.events,
        "findings": len(outcome.findings),
    }


def rebuild_lines(outcome: CatalogueOutcome, act: str, every: bool) -> Iterator[Line]:
    """Yield what a person wants to know of it."""
    sound = outcome.state is State.SOUND
    yield Line(_HEADS[act, sound], Tone.GOOD if sound else Tone.BAD)
    counts = (
        count(outcome.bags, "bag"),
        count(outcome.files, "file"),
        count(outcome.events, "event"),
    )
    yield Line(f"  {', '.join(counts)}")
    yield from item_lines(map(of_finding, outcome.findings), every)
