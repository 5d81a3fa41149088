"""What importing a bag came to, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from archiver.findings import Severity
from archiver.import_bag import Imported
from archiver.state import State
from cli.render.findings import finding_record, item_lines, of_finding
from cli.render.json_lines import Record
from cli.render.packaging import outcome_lines, outcome_records
from cli.render.text import Line, Tone
from cli.render.verification import NO_BAG


def imported_records(found: Imported) -> Iterator[Record]:
    """Yield the JSON records: findings of verification, what packaging came to, the sum."""
    for finding in found.findings:
        yield finding_record(finding, bag=found.source)
    if found.outcome is not None:
        yield from outcome_records(found.outcome)
    yield {
        "type": "import",
        "source": found.source,
        "state": found.state.value,
        "verdict": found.verdict,
        "form": found.form,
        "algorithms_checked": list(found.algorithms),
        "bag": found.outcome.bag_id if found.outcome else None,
        "findings": len(found.findings),
        "part": asdict(found.part) if found.part else None,
    }


def imported_lines(found: Imported, every: bool) -> Iterator[Line]:
    """Yield what a person wants to know of it."""
    by = f", by {', '.join(found.algorithms)}" if found.algorithms else ""
    tone = Tone.GOOD if found.verdict == "valid" else Tone.BAD
    yield Line(f"received as {found.verdict}{by}: {found.source}", tone)
    shown = [one for one in found.findings if every or one.severity is not Severity.NOTE]
    yield from item_lines(map(of_finding, shown), every)
    if found.outcome is not None:
        yield from outcome_lines(found.outcome, every)
    elif {one.code for one in found.findings} >= NO_BAG:
        yield Line("  there is nothing of a bag in it: archiver package takes plain folders")
    elif found.state is not State.SOUND:
        yield Line("  not imported (--accept-known-damage --reason TEXT takes it as it is)")


def group_lines(all_of_them: Sequence[Imported]) -> Iterator[Line]:
    """Yield which parts of which group came, and which of them were not among those named."""
    parts = [one.part for one in all_of_them if one.part is not None]
    for group, count in dict.fromkeys((part.group, part.count) for part in parts):
        here = {part.number for part in parts if (part.group, part.count) == (group, count)}
        missing = [str(number) for number in range(1, min(count, 10_000) + 1) if number not in here]
        lacking = f"; not among them: {', '.join(missing[:20])}" if missing else ""
        more = f" and {len(missing) - 20:,} more" if len(missing) > 20 else ""
        yield Line(
            f"{len(here):,} of {count:,} parts of {group}{lacking}{more}",
            Tone.WARNING if missing else Tone.GOOD,
        )
        yield Line("  each part is a bag of its own here, and is restored by itself", Tone.FAINT)
