"""What was decided about each entry of a source, for programs."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.foresee import Foresight
from archiver.packaging.lines import reason_record
from archiver.preview import Preview
from cli.render.json_lines import Record


def decision_records(seen: Preview | Foresight) -> Iterator[Record]:
    """Yield a JSON record for every entry: where it stands, and why."""
    for entry in seen.decisions():
        yield {
            "type": "decision",
            "source": seen.source,
            "path": entry.path,
            "kind": entry.kind,
            "size": entry.size,
            "standing": entry.standing,
            "reasons": [reason_record(reason) for reason in entry.reasons],
        }
