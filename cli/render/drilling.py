"""A fire drill, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archiver.clock import utc_text
from archiver.drill.harms import Harm
from archiver.drill.run import FIRED, MISSED, NOT_TRIED, Drill, Result
from archiver.drill.sandbox import Chosen
from archiver.drill.standing import DrillStanding
from archiver.events import Event
from archiver.state import State
from cli.render.json_lines import Record
from cli.render.text import Line, Tone, size, table

_WORDS = {FIRED: "as expected", MISSED: "NOT as expected", NOT_TRIED: "not tried"}


def plan_records(chosen: Chosen, harms: Sequence[Harm], ways: Sequence[str]) -> Iterator[Record]:
    """Yield the JSON record of what will be done."""
    yield {
        "type": "drill-plan",
        "bag": chosen.bag.id,
        "bytes": chosen.bag.payload_bytes,
        "subject": chosen.subject,
        "other": chosen.other,
        "harms": [harm.name for harm in harms],
        "channels": list(ways),
    }


def plan_lines(chosen: Chosen, harms: Sequence[Harm], ways: Sequence[str]) -> Iterator[Line]:
    """Yield what will be done."""
    row = chosen.bag
    yield Line(f"a copy of {row.id} ({size(row.payload_bytes)}) is harmed, never the bag itself")
    yield Line(f"  the file: {chosen.subject}")
    yield Line(f"  the harms: {', '.join(harm.name for harm in harms)}")
    if ways:
        yield Line(f"  told by: {', '.join(ways)}, marked [DRILL]")


def nobody_lines(wanted: bool) -> Iterator[Line]:
    """Yield that nobody hears of it."""
    if wanted:
        yield Line("nobody is told, as --no-notify says: that part is not tried", Tone.WARNING)
        return
    yield Line("NOBODY WOULD BE TOLD: no mail, hook, ping or text file is named", Tone.BAD)
    yield Line("  Name what your schedule names: --mail-to, --hook, --ping, --textfile.")


def result_record(result: Result) -> Record:
    """Return the JSON record of one harm."""
    return {
        "type": "drill-harm",
        "harm": result.harm.name,
        "outcome": result.outcome,
        "paths": list(result.paths),
        "expected": {"code": result.harm.code, "state": result.harm.state.value},
        "verdict": result.verdict,
        "codes": list(result.codes),
        "exit": result.exit,
        "told": list(result.told),
        "not_told": list(result.untold),
        "amiss": list(result.amiss),
    }


def result_lines(result: Result) -> Iterator[Line]:
    """Yield what was not as it must be."""
    if result.outcome == FIRED:
        yield Line(f"{result.harm.name}: noticed" if result.harm.code else "nothing: content")
        return
    tone = Tone.BAD if result.outcome == MISSED else Tone.WARNING
    yield Line(f"{result.harm.name}: {_WORDS[result.outcome]}", tone)
    yield from (Line(f"  {why}") for why in result.amiss)


def drill_record(drill: Drill, event: Event) -> Record:
    """Return the JSON record of the whole drill."""
    return {
        "type": "drill",
        "state": drill.state.value,
        "outcome": event.outcome,
        "event": event.seq,
        "time": event.time,
        **event.detail,
    }


def drill_lines(drill: Drill, event: Event) -> Iterator[Line]:
    """Yield the drill as a table, and what it came to."""
    rows = [
        (
            one.harm.name,
            one.harm.what,
            one.verdict or "-",
            ", ".join(one.codes) or "-",
            "-" if one.exit is None else str(one.exit),
            ", ".join(one.told) or "nobody",
            _WORDS[one.outcome],
        )
        for one in drill.results
    ]
    yield from table(("harm", "done", "verify said", "found", "exit", "told by", ""), rows, "exit")
    many = {word: sum(one.outcome == word for one in drill.results) for word in _WORDS}
    said = ", ".join(f"{number} {_WORDS[word]}" for word, number in many.items() if number)
    sound = drill.state is State.SOUND
    yield Line(
        f"fire drill {event.outcome}: {said} (event {event.seq:,} of {event.time[:10]})",
        Tone.GOOD if sound else Tone.BAD,
    )
    if not drill.ways:
        yield Line("  nobody was told of anything; of that it proves nothing", Tone.WARNING)


def standing_record(found: DrillStanding) -> Record:
    """Return how drills stand, as part of another record."""
    return {
        "last": found.last._asdict() if found.last else None,
        "due_at": utc_text(found.due_at) if found.due_at else None,
        "overdue": found.overdue,
    }


def standing_lines(found: DrillStanding, label: str = "") -> Iterator[Line]:
    """Yield when the last drill was, and whether one is due; nothing where neither is to say."""
    if found.last is None and not found.overdue:
        return
    told = "none yet" if found.last is None else f"{found.last.time[:10]}: {found.last.outcome}"
    due = "; one is due: archiver drill" if found.overdue else ""
    bad = found.overdue or (found.last is not None and found.last.outcome == "failed")
    yield Line(f"{label}{told}{due}", Tone.WARNING if bad else Tone.PLAIN)
