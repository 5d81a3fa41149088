"""What packaging came to, or would come to, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from archiver.packaging.outcome import SourceOutcome
from archiver.preview import Preview
from archiver.state import State
from cli.render.decisions import decision_records
from cli.render.findings import (
    finding_record,
    item_lines,
    of_finding,
    of_remark,
    remark_record,
)
from cli.render.json_lines import Record
from cli.render.text import Line, Tone, count, duration, size
from cli.requests import Failure

_ENDINGS = {
    State.SOUND: "packaged",
    State.REFUSED: "refused",
    State.INCOMPLETE: "not packaged",
    State.UNSOUND: "not packaged",
}
_VERDICTS = (
    "damaged",
    "structure",
    "decoder-disagrees",
    "not-checkable",
    "manifest-only",
    "self-verified",
)
_PREVIEWS = {State.SOUND: "would be packaged", State.REFUSED: "would be refused"}


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
        "reasons": {count.code: count.entries for count in outcome.reasons},
        "read_back": dict(outcome.read_back),
        "recordings": _counted(outcome.recordings),
    }


def outcome_lines(outcome: SourceOutcome, every: bool) -> Iterator[Line]:
    """Yield what a person wants to know of one source."""
    yield Line(f"{_word(outcome)}: {outcome.source}", _tone(outcome.state))
    if outcome.bag_id is not None:
        contents = f"{count(outcome.files, 'file')}, {size(outcome.bytes)}"
        yield Line(f"  bag {outcome.bag_id} ({contents})")
        yield Line(f"  in {outcome.bag_path}")
    if outcome.read_back:
        yield _read_back(outcome.read_back)
    if outcome.recordings:
        yield _recordings(outcome.recordings)
    items = [of_remark(remark) for remark in outcome.remarks]
    items += [of_finding(finding) for finding in outcome.findings]
    yield from item_lines(items, every, {count.code: count.entries for count in outcome.reasons})


def closing_lines(endings: Sequence[SourceOutcome | Failure], archive: str) -> Iterator[Line]:
    """Yield the sum over all sources, and what to do next."""
    if len(endings) > 1:
        words = Counter(map(_word, endings))
        sums = ", ".join(f"{number:,} {word}" for word, number in words.items())
        yield Line(f"{count(len(endings), 'source')}: {sums}")
    bags = [ending.bag_id for ending in endings if isinstance(ending, SourceOutcome)]
    made = [bag_id for bag_id in bags if bag_id is not None]
    if made:
        which = made[0] if len(made) == 1 else "BAG..."
        yield Line(f"next, at any time: archiver verify {which} --archive {archive}")


def preview_records(seen: Preview) -> Iterator[Record]:
    """Yield the JSON records of a dry run: every entry's decision, then the sum."""
    yield from decision_records(seen)
    for remark in seen.remarks:
        if remark.path is None:
            yield remark_record(remark, source=seen.source)
    yield {
        "type": "preview",
        "source": seen.source,
        "state": seen.state.value,
        "files": seen.files,
        "bytes": seen.bytes,
        "reasons": {count.code: count.entries for count in seen.reasons},
        "estimated_seconds": round(seen.seconds, 1),
        "bytes_needed": seen.bytes_needed,
        "bytes_free": seen.bytes_free,
        "alike": list(seen.alike),
    }


def preview_lines(seen: Preview, every: bool) -> Iterator[Line]:
    """Yield what a person wants to know of a dry run; with ``every``, each entry's decision."""
    yield Line(f"{_PREVIEWS[seen.state]}: {seen.source}", _tone(seen.state))
    if every:
        for entry in seen.decisions():
            codes = ", ".join(reason.code for reason in entry.reasons)
            yield Line(f"    {entry.standing:9} {entry.path}{f'  ({codes})' if codes else ''}")
    if seen.state is State.SOUND:
        yield Line(f"  into the bag: {count(seen.files, 'file')}, {size(seen.bytes)}")
        if seen.alike:
            held = ", ".join(seen.alike[:3])
            yield Line(f"  as many files and bytes as {held}: the same content makes no second bag")
    yield from item_lines(
        map(of_remark, seen.remarks), every, {count.code: count.entries for count in seen.reasons}
    )
    if seen.state is State.SOUND:
        yield Line(f"  would take {duration(seen.seconds)} (an estimate)")
        yield _room(seen)


def _room(seen: Preview) -> Line:
    needed = f"  needs {size(seen.bytes_needed)} in the archive"
    if seen.bytes_free is None:
        return Line(needed)
    if seen.bytes_free < seen.bytes_needed:
        return Line(f"{needed}; only {size(seen.bytes_free)} are free", Tone.BAD)
    return Line(f"{needed}; {size(seen.bytes_free)} are free")


def _read_back(counts: Mapping[str, int]) -> Line:
    total, cached = sum(counts.values()), counts.get("cache", 0)
    if cached:
        return Line(
            f"  read back and compared, but {cached:,} of {count(total, 'file')} only from the "
            "cache: reading past it is not possible here, so the medium is unproven",
            Tone.WARNING,
        )
    return Line("  every file was read back from the medium and compared")


def _counted(recordings: Mapping[str, int]) -> dict[str, int]:
    """Return the counts in the order of the verdicts' gravity, those that are none left out."""
    return {verdict: recordings[verdict] for verdict in _VERDICTS if recordings.get(verdict)}


def _recordings(recordings: Mapping[str, int]) -> Line:
    counted = _counted(recordings)
    sums = ", ".join(f"{number:,} {verdict}" for verdict, number in counted.items())
    tone = Tone.WARNING if "damaged" in counted else Tone.PLAIN
    return Line(f"  {count(sum(counted.values()), 'recording')}: {sums}", tone)


def _word(ending: SourceOutcome | Failure) -> str:
    if isinstance(ending, Failure):
        return "not done"
    if ending.already_held:
        return "already held"
    return "packaged" if ending.bag_id is not None else _ENDINGS[ending.state]


def _tone(state: State) -> Tone:
    return Tone.GOOD if state is State.SOUND else Tone.BAD
