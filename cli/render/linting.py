"""What a look for better ways found, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.findings import Severity
from archiver.state import State
from archiver.verify import BagVerification
from cli.render.findings import finding_record, item_lines, of_finding
from cli.render.json_lines import Record
from cli.render.text import Line, Tone, count


def lint_records(found: BagVerification, state: State) -> Iterator[Record]:
    """Yield the JSON records of one bag: its findings, then their sum."""
    for finding in found.findings:
        yield finding_record(finding, bag=found.path)
    yield {
        "type": "lint",
        "bag": found.path,
        "state": state.value,
        "version": found.version,
        "warnings": _warnings(found),
        "findings": len(found.findings),
    }


def lint_lines(found: BagVerification, every: bool) -> Iterator[Line]:
    """Yield what a person wants to know of one bag."""
    warnings = count(_warnings(found), "warning")
    if found.state is not State.SOUND:
        yield Line(f"{found.verdict}, {warnings}: {found.path}", Tone.BAD)
    elif found.findings:
        yield Line(f"{warnings}: {found.path}", Tone.WARNING)
    else:
        yield Line(f"nothing to mend: {found.path}", Tone.GOOD)
    yield from item_lines(map(of_finding, found.findings), every)


def _warnings(found: BagVerification) -> int:
    return sum(finding.severity is Severity.WARNING for finding in found.findings)
