"""What is installed to run by itself, and whether it runs, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from archiver.clock import utc_text
from archiver.schedule.job import Job
from archiver.schedule.misplaced import Misplaced
from archiver.schedule.standing import Standing
from cli.render.json_lines import Record
from cli.render.pauses import pause_fields, pause_lines
from cli.render.text import Line, Tone, count, duration


def text_records(texts: Mapping[str, str]) -> Iterator[Record]:
    """Yield a record for each text that would be installed."""
    for name, text in texts.items():
        yield {"type": "schedule-text", "name": name, "text": text}


def text_lines(texts: Mapping[str, str]) -> Iterator[Line]:
    """Yield the texts as they would be installed; units each under its name."""
    for name, text in texts.items():
        if len(texts) > 1:
            yield Line(f"# {name}", Tone.FAINT)
        for line in text.split("\n")[:-1]:
            yield Line(line)


def installed_record(place: str, job: Job, changed: bool, left: list[str]) -> Record:
    """Return the record of what was installed."""
    return {
        "type": "schedule-installed",
        "place": place,
        "archive": str(job.root),
        "timetable": job.timetable.in_words(),
        "command": list(job.words),
        "changed": changed,
        "left_to_do": left,
    }


def installed_lines(place: str, job: Job, changed: bool, left: list[str]) -> Iterator[Line]:
    """Yield what was installed, and what is left to a person."""
    what = "runs are installed" if changed else "runs were installed already"
    yield Line(f"{what} in {place}: {job.timetable.in_words()}", Tone.GOOD)
    if left:
        yield Line("  To have the timer started, run:", Tone.WARNING)
        for command in left:
            yield Line(f"    {command}")


def misplaced_records(found: Iterable[Misplaced]) -> Iterator[Record]:
    """Yield a record for each window in which runs would begin."""
    for one in found:
        yield {"type": "schedule-warning", **one._asdict()}


def misplaced_lines(found: Iterable[Misplaced]) -> Iterator[Line]:
    """Yield how many runs would find a tier closed, and by which window."""
    for one in found:
        runs = f"{one.runs:,} of the {count(one.of, 'run')} of a year"
        told = f"{runs} would begin while tier {one.tier} is closed (blackout {one.window})"
        yield Line(told, Tone.WARNING)


def removed_record(place: str, root: Path, removed: bool) -> Record:
    """Return the record of what was taken away."""
    return {
        "type": "schedule-removed", "place": place, "archive": str(root), "removed": removed,
    }  # fmt: skip


def removed_lines(place: str, root: Path, removed: bool) -> Iterator[Line]:
    """Yield what was taken away."""
    what = "taken out of" if removed else "there were none in"
    yield Line(f"runs for {root}: {what} {place}")


def standing_record(kind: str, found: Standing) -> Record:
    """Return the record of how runs stand."""
    return {
        "type": kind,
        "state": found.state.value,
        "installed": [
            {"place": one.place, "timetable": one.timetable.in_words() if one.timetable else None}
            for one in found.installed
        ],
        "last_run": found.last_run._asdict() if found.last_run else None,
        "quiet_since": utc_text(found.quiet_since),
        "within_seconds": found.within.total_seconds(),
        "next": utc_text(found.due_next) if found.due_next else None,
        "silent": found.silent,
        "busy": [asdict(one) for one in found.busy],
        "stuck": [asdict(one) for one in found.stuck],
        "pauses": pause_fields(found.pauses),
    }


def standing_lines(found: Standing) -> Iterator[Line]:
    """Yield how runs stand, what is wrong and since when."""
    quiet = (found.now - found.quiet_since).total_seconds()
    ago = f"{duration(quiet)} ago" if quiet >= 0 else "which is yet to come: a clock is wrong"
    last = f"the last run ended {utc_text(found.quiet_since)}, {ago}"
    if found.last_run is None:
        last = f"no run has ended since the archive was made, {ago}"
    if found.silent:
        yield Line(f"silence: {last}; {duration(found.within.total_seconds())} are borne", Tone.BAD)
        yield Line("  See whether runs begin, and what `archiver reverify` says by hand.")
    else:
        yield Line(last if found.last_run is None else f"{last}: {found.last_run.outcome}")
    for one in found.busy:
        stuck = one in found.stuck
        what = "has held a lock for too long:" if stuck else "works on the archive:"
        who = f"process {one.process} {what} {one.purpose}, since {one.since}"
        yield Line(who, Tone.BAD if stuck else Tone.PLAIN)
    yield from pause_lines(found.pauses)
    for place in found.installed:
        when = place.timetable.in_words() if place.timetable else "rewritten by hand"
        yield Line(f"installed in {place.place}: {when}")
    if found.due_next:
        yield Line(f"the next run begins {found.due_next:%Y-%m-%d %H:%M %Z}")
    if not found.installed:
        yield Line("no schedule for this archive is to be seen from here", Tone.WARNING)
