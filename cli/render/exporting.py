"""What exporting a bag came to, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archiver.export import Exported
from archiver.findings import Finding, Severity
from cli.render.findings import finding_record, item_lines, of_finding
from cli.render.json_lines import Record
from cli.render.text import Line, Tone, count, size


def exported_records(
    found: Exported, bag_id: str | None, of_log: Sequence[Finding]
) -> Iterator[Record]:
    """Yield the JSON records: findings, then what was written."""
    for finding in (*of_log, *found.findings):
        yield finding_record(finding, bag=found.bag)
    yield {
        "type": "export",
        "bag": found.bag,
        "id": bag_id,
        "path": found.path,
        "form": found.form.value,
        "state": found.state.value,
        "files": found.files,
        "bytes": found.bytes,
        "size": found.size,
        "findings": len(found.findings),
    }


def exported_lines(found: Exported, of_log: Sequence[Finding], every: bool) -> Iterator[Line]:
    """Yield what a person wants to know of it."""
    if found.path is None:
        yield Line(f"not exported: {found.bag}", Tone.BAD)
    else:
        amount = f"{count(found.files, 'file')}, {size(found.bytes)}"
        yield Line(f"exported to {found.path}: {amount}, each compared with the manifests")
    shown = [
        finding
        for finding in (*of_log, *found.findings)
        if every or finding.severity is not Severity.NOTE
    ]
    yield from item_lines(map(of_finding, shown), every)
