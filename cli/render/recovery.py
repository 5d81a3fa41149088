"""What recovering came to, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.recover import Recovered, RecoverOutcome
from archiver.state import State
from archiver.verify import Depth
from cli.render.json_lines import Record
from cli.render.packaging import outcome_lines, outcome_records
from cli.render.text import Line, Tone
from cli.render.verification import verification_lines, verification_records

_SENTENCES = {
    "sealed": "bag {bag} was whole; its missing event was added to the log",
    "damaged": "bag {bag} is visible but not sound; it was left as it is and not recorded",
    "packaged": "the staged work on {source} was taken up",
    "unchecked": "bag {bag} is visible but could not be checked; it was not recorded",
    "failed": "the staged work on {source} could not be taken up",
    "swept": "the staged work on {source} was removed",
    "left": "the staged work on {source} was left: the source is not there (--sweep removes it)",
}


def recovery_records(outcome: RecoverOutcome) -> Iterator[Record]:
    """Yield the JSON records of everything that was found unfinished."""
    for item in outcome.items:
        if item.outcome is not None:
            yield from outcome_records(item.outcome)
        if item.verification is not None:
            yield from verification_records(item.verification, item.bag_id, Depth.FULL)
        yield {
            "type": "recover",
            "action": item.action,
            "state": item.state.value,
            "bag": item.bag_id,
            "source": item.source,
            "message": item.error.message if item.error else None,
        }


def recovery_lines(outcome: RecoverOutcome) -> Iterator[Line]:
    """Yield what a person wants to know of it."""
    if not outcome.items:
        yield Line("nothing was unfinished")
    for item in outcome.items:
        tone = Tone.PLAIN if item.state is State.SOUND else Tone.BAD
        yield Line(_sentence(item), tone)
        if item.error is not None:
            yield Line(f"  {item.error.message}", Tone.BAD)
        if item.outcome is not None:
            yield from outcome_lines(item.outcome, every=False)
        if item.verification is not None and item.state is not State.SOUND:
            yield from verification_lines(item.verification, item.bag_id, Depth.FULL, every=False)


def _sentence(item: Recovered) -> str:
    source = item.source or "a source it had not noted yet"
    return _SENTENCES[item.action].format(bag=item.bag_id, source=source)
