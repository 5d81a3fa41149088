"""What became of a new version of a bag, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from archiver.packaging.outcome import SourceOutcome
from archiver.preview import Preview
from archiver.state import State
from cli.render.json_lines import Record
from cli.render.packaging import outcome_lines, outcome_records, preview_lines, preview_records
from cli.render.text import Line, Tone

_NOT_MADE = {
    State.REFUSED: "refused, so there is no new version",
    State.UNSOUND: "damaged, so there is no new version",
    State.INCOMPLETE: "not all of it could be read, so there is no new version",
}


def updated_records(old: str, outcome: SourceOutcome) -> Iterator[Record]:
    """Yield the JSON records: those of packaging, then which bag supersedes which."""
    yield from outcome_records(replace(outcome, source=old))
    yield {
        "type": "update",
        "bag": outcome.bag_id,
        "supersedes": old,
        "state": outcome.state.value,
    }


def updated_lines(old: str, outcome: SourceOutcome, every: bool) -> Iterator[Line]:
    """Yield what a person wants to know of it."""
    made = outcome.bag_id is not None
    word = "a new version was made" if made else _NOT_MADE.get(outcome.state, "no new version")
    yield Line(f"{old}: {word}", Tone.GOOD if outcome.state is State.SOUND else Tone.BAD)
    yield from islice(outcome_lines(outcome, every), 1, None)
    if made:
        yield Line(f"  it supersedes {old}, which stays in the archive and goes on being checked")


def foreseen_records(old: str, new: str, seen: Preview) -> Iterator[Record]:
    """Yield the JSON records of a dry run."""
    yield from preview_records(replace(seen, source=old))
    yield {"type": "update", "bag": new, "supersedes": old, "state": seen.state.value}


def foreseen_lines(old: str, new: str, seen: Preview, every: bool) -> Iterator[Line]:
    """Yield what a person wants to know of a dry run."""
    sound = seen.state is State.SOUND
    word = f"a new version would be made, {new}" if sound else "a new version would be refused"
    yield Line(f"{old}: {word}", Tone.GOOD if sound else Tone.BAD)
    yield from islice(preview_lines(seen, every), 1, None)
    if sound:
        yield Line("  the bytes of the old bag are compared only when the version is made")
