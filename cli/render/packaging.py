"""What packaging came to, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from archiver.packaging.outcome import SourceOutcome
from archiver.state import State
from cli.render.findings import (
    finding_record,
    item_lines,
    of_finding,
    of_remark,
    remark_record,
)
from cli.render.json_lines import Record
from cli.render.text import Line, Tone, count, size

_ENDINGS = {
    State.SOUND: ("packaged", Tone.GOOD),
    State.REFUSED: ("refused", Tone.BAD),
    State.INCOMPLETE: ("not packaged, part of it could not be read", Tone.BAD),
    State.UNSOUND: ("not packaged, damage was found", Tone.BAD),
}


def outcome_records(outcome: SourceOutcome) -> Iterator[Record]:
    """Yield the JSON records of one source: its findings, then how it ended."""
    for remark in outcome.remarks:
        yield remark_record(remark, source=outcome.source)
    for finding in outcome.findings:
        yield finding_record(finding, source=outcome.source)
    yield {
        "type": "package",
        "source": outcome.source,
        "state": outcome.state.value,
        "bag": outcome.bag_id,
        "path": outcome.bag_path,
        "already_held": outcome.already_held,
        "files": outcome.files,
        "bytes": outcome.bytes,
        "read_back": dict(outcome.read_back),
    }


def outcome_lines(outcome: SourceOutcome, every: bool) -> Iterator[Line]:
    """Yield what a person wants to know of one source."""
    word, tone = _ENDINGS.get(outcome.state, ("failed", Tone.BAD))
    if outcome.already_held:
        word = "already held"
    yield Line(f"{word}: {outcome.source}", tone)
    if outcome.bag_id is not None:
        contents = f"{count(outcome.files, 'file')}, {size(outcome.bytes)}"
        yield Line(f"  bag   {outcome.bag_id} ({contents})")
        yield Line(f"  in    {outcome.bag_path}")
    if outcome.read_back:
        yield from _read_back(outcome.read_back)
    items = [of_remark(remark) for remark in outcome.remarks]
    items += [of_finding(finding) for finding in outcome.findings]
    yield from item_lines(items, every)
    if outcome.already_held:
        yield Line("  Nothing was written. --again makes another bag of it.", Tone.FAINT)


def _read_back(counts: Mapping[str, int]) -> Iterator[Line]:
    if cached := counts.get("cache", 0):
        total = sum(counts.values())
        yield Line(
            f"  read back from cache: {cached:,} of {count(total, 'file')} could not be read past "
            "the page cache here, so the medium itself is unproven",
            Tone.WARNING,
        )
    else:
        yield Line("  read back from the medium and compared, every file")


def closing_lines(outcomes: Sequence[tuple[State, bool]], archive: str | None) -> Iterator[Line]:
    """Yield the sum over all sources and what to do next.

    ``outcomes`` holds state and "already held" of each.
    """
    if len(outcomes) > 1:
        words = Counter(
            "already held" if held else _ENDINGS.get(state, ("failed",))[0].partition(",")[0]
            for state, held in outcomes
        )
        sums = ", ".join(f"{number:,} {word}" for word, number in words.items())
        yield Line(f"{count(len(outcomes), 'source')}: {sums}")
    if archive and any(state is State.SOUND for state, _ in outcomes):
        yield Line(f"next: archiver list --archive {archive}; archiver verify BAG at any time")


def error_lines(source: str, message: str, advice: str) -> Iterator[Line]:
    """Yield what a person wants to know of a source that ended in an error."""
    yield Line(f"failed: {source}", Tone.BAD)
    yield Line(f"  {message}")
    if advice:
        yield Line(f"  {advice}", Tone.FAINT)


def error_record(source: str, state: State, message: str, advice: str) -> Record:
    """Return the JSON record of a source that ended in an error."""
    return {
        "type": "error",
        "source": source,
        "state": state.value,
        "message": message,
        "advice": advice,
    }


def beside_lines(source: str, places: Iterable[Line]) -> Iterator[Line]:
    """Yield the refusal of what lies beside the sub-folders of ``source``."""
    yield Line(f"refused: what lies beside the sub-folders of {source}", Tone.BAD)
    yield from places
