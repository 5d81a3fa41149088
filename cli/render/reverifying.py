"""What re-verification came to and how it stands, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from archiver.catalogue.rows import CheckRow
from archiver.clock import utc_text
from archiver.events import Event
from archiver.events.signing import Stamp
from archiver.reverify.choosing import Choice, Closed
from archiver.reverify.run import Checked, RunOutcome
from archiver.state import State
from archiver.verify import Depth
from cli.render.findings import finding_record, item_lines, of_finding
from cli.render.json_lines import Record
from cli.render.outlook import bag_fields, day_of
from cli.render.pauses import pause_fields, pause_lines
from cli.render.text import Line, Tone, count, duration, size, table
from policies.sampling import CONFIDENCE, Sample

_STOPPED = {
    "done": "all that was due, or the budget, is done",
    "time": "the time is up",
    "offline": "nothing could be read",
    "blackout": "the policy keeps the rest closed at these hours",
    "not-begun": "the policy lets no run begin at these hours",
}
_DEPTHS = {Depth.FULL: "every manifest", Depth.BLAKE3: "BLAKE3", Depth.FAST: "names only"}


def checked_records(one: Checked) -> Iterator[Record]:
    """Yield the JSON records of one bag that was checked."""
    for finding in one.found.findings:
        yield finding_record(finding, bag=one.bag)
    yield {
        "type": "checked",
        "bag": one.bag,
        "state": one.found.state.value,
        "verdict": one.found.verdict,
        "depth": one.depth.value,
        "files": one.found.checked_files,
        "bytes": one.found.checked_bytes,
        "seconds": round(one.seconds, 3),
        "from_medium": one.found.from_medium,
        "recorded": one.recorded,
        "resumed": one.resumed,
    }


def checked_lines(one: Checked) -> Iterator[Line]:
    """Yield a line for one bag, and what was found in it."""
    sound = one.found.state is State.SOUND
    what = f"{one.found.verdict}: {one.bag} ({size(one.found.checked_bytes)})"
    yield Line(what, Tone.GOOD if sound else Tone.BAD)
    yield from item_lines(map(of_finding, one.found.findings))
    if one.resumed:
        files = count(one.resumed, "file")
        yield Line(f"  {files} had been read by a run that was cut off, and were not read again")
    if not one.recorded:
        what = "the log is damaged, or not the one that the catalogue knows"
        yield Line(f"  this is not on record: {what}", Tone.BAD)


def run_records(outcome: RunOutcome, stamp: Stamp | None = None) -> Iterator[Record]:
    """Yield the JSON records of a whole run."""
    for finding in outcome.findings:
        yield finding_record(finding)
    yield {
        "type": "run",
        "state": outcome.state.value,
        "bags": outcome.bags,
        "bytes": outcome.bytes,
        "seconds": round(outcome.seconds, 3),
        "stopped": outcome.stopped,
        "due": outcome.due,
        "paused": outcome.paused,
        "incidents": outcome.incidents,
        "pauses": pause_fields(outcome.pauses),
        "closed": closed_fields(outcome.closed),
        "sample": _sample_fields(outcome.sample) if outcome.sample else None,
        "checkpoint": checkpoint_fields(stamp),
    }


def checkpoint_fields(stamp: Stamp | None) -> Record | None:
    """Return what stands for the whole log; ``None`` where the log gave none."""
    if stamp is None:
        return None
    point = stamp.point
    return {
        "origin": point.origin,
        "size": point.size,
        "root": point.root.hex(),
        "note": stamp.note.form(),
    }


def run_lines(outcome: RunOutcome, stamp: Stamp | None = None) -> Iterator[Line]:
    """Yield the sum of a run."""
    read = f"{count(outcome.bags, 'bag')}, {size(outcome.bytes)} in {duration(outcome.seconds)}"
    tone = Tone.GOOD if outcome.state is State.SOUND else Tone.BAD
    yield Line(f"checked {read}; {_STOPPED[outcome.stopped]}", tone)
    yield from item_lines(map(of_finding, outcome.findings))
    if outcome.sample:
        yield _sample_line(outcome.sample)
    if outcome.due:
        paused = f", {outcome.paused:,} of them paused" if outcome.paused else ""
        if outcome.paused == outcome.due:
            paused = ", and paused"
        yield Line(f"  {count(outcome.due, 'bag is', 'bags are')} still due{paused}", Tone.WARNING)
    if outcome.incidents:
        word = count(outcome.incidents, "incident is", "incidents are")
        yield Line(f"  {word} open (archiver incident list)", Tone.WARNING)
    yield from pause_lines(outcome.pauses)
    yield from closed_lines(outcome.closed)
    if stamp:
        yield Line("  checkpoint of the log, to be kept elsewhere:", Tone.FAINT)
        yield from (Line(f"    {line}", Tone.FAINT) for line in stamp.note.form().splitlines())


def closed_fields(closed: Iterable[Closed]) -> list[Record]:
    """Return what stands in a JSON record for the tiers that a blackout window keeps closed."""
    return [
        {"tier": one.tier, "window": one.window, "until": one.until and utc_text(one.until)}
        for one in closed
    ]


def closed_lines(closed: Iterable[Closed]) -> Iterator[Line]:
    """Yield a line for each tier that a blackout window keeps closed."""
    for one in closed:
        until = f"until {one.until:%Y-%m-%d %H:%M %Z}" if one.until else "for more than a year"
        yield Line(f"  tier {one.tier} is closed {until} (blackout {one.window})", Tone.WARNING)


def asked_record(event: Event) -> Record:
    """Return the JSON record of an event that makes all of a tier due."""
    return {"type": "due-now", "seq": event.seq, "time": event.time, **event.detail}


def asked_lines(event: Event) -> Iterator[Line]:
    """Yield what is due now, and why."""
    tier = event.detail["tier"]
    what = f"all of tier {tier}" if tier else "the whole archive"
    yield Line(f"{what} is due now: {event.detail['reason']} (event {event.seq:,})")


def _sample_fields(sample: Sample) -> dict[str, object]:
    return {
        "population": sample.population,
        "read": sample.read,
        "bad": sample.bad,
        "confidence": CONFIDENCE,
        "largest_bad_share": sample.largest_bad_share,
    }


def _sample_line(sample: Sample) -> Line:
    drawn = f"  a random sample, {sample.read:,} of {count(sample.population, 'bag')}"
    share = sample.largest_bad_share
    if share is None:
        said = f"{sample.bad:,} of them not sound: read the rest, a sample cannot clear it"
        return Line(f"{drawn}: {said}", Tone.BAD)
    if not share:
        return Line(f"{drawn}: all sound, and none was left out")
    at_most = int(share * sample.population + 0.5)
    sure = f"{CONFIDENCE:.0%} of such samples would have shown it if more than {at_most:,} were not"
    return Line(f"{drawn}: all sound; {sure}. Of a bag that was not read it says nothing")


def plan_records(plan: Sequence[tuple[CheckRow, Depth]], choice: Choice) -> Iterator[Record]:
    """Yield the JSON records of what a run would do, bag by bag and in all."""
    for row, depth in plan:
        yield {"type": "planned", **bag_fields(row), "depth": depth.value}
    n_bytes = sum(row.bytes for row, _ in plan)
    seconds = choice.seconds_for(n_bytes)
    yield {
        "type": "planned-run",
        "bags": len(plan),
        "bytes": n_bytes,
        "seconds": None if seconds is None else round(seconds),
        "pauses": pause_fields(choice.pauses.all),
        "closed": closed_fields(choice.closed),
    }


def plan_lines(plan: Sequence[tuple[CheckRow, Depth]], choice: Choice) -> Iterator[Line]:
    """Yield what a run would do, in order, and what it would leave alone."""
    if plan:
        yield from _plan_table(plan)
        n_bytes = sum(row.bytes for row, _ in plan)
        seconds = choice.seconds_for(n_bytes)
        took = "" if seconds is None else f", about {duration(seconds)}"
        yield Line(f"{count(len(plan), 'bag')}, {size(n_bytes)}{took}")
    elif choice.pauses.all or choice.closed:
        yield Line("nothing would be read")
    else:
        yield Line("nothing is due, and nothing is worth reading ahead")
    yield from pause_lines(choice.pauses.all)
    yield from closed_lines(choice.closed)


def _plan_table(plan: Sequence[tuple[CheckRow, Depth]]) -> Iterator[Line]:
    header = ("bag", "size", "due", "last checked", "looking at")
    rows = [
        (row.id, size(row.bytes), day_of(row.due_at), row.checked_at[:10], _DEPTHS[depth])
        for row, depth in plan
    ]
    yield from table(header, rows, "size")
