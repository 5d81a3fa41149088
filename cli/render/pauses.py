"""Pauses of re-verification, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archiver.clock import utc_text
from archiver.events import Event
from archiver.reverify.pausing import Scope
from cli.render.json_lines import Record
from cli.render.text import Line, Tone
from policies.pauses import Pause


def pause_fields(pauses: Iterable[Pause]) -> list[Record]:
    """Return what stands for the pauses in force in a JSON record."""
    return [
        {
            "bag": one.bag,
            "tier": one.tier,
            "since": utc_text(one.since),
            "until": utc_text(one.until),
            "day": one.day,
            "reason": one.reason,
            "by": one.by,
            "seq": one.seq,
        }
        for one in pauses
    ]


def pause_lines(pauses: Iterable[Pause]) -> Iterator[Line]:
    """Yield a line for each pause in force: what, until when, by whom, why."""
    for one in pauses:
        what = Scope(one.bag, one.tier).in_words
        told = f"  paused until {one.day}: {what} ({one.by}: {one.reason})"
        yield Line(told, Tone.WARNING)


def paused_record(event: Event) -> Record:
    """Return the JSON record of an event that pauses or resumes."""
    about = {"bag": event.bag, **event.detail}
    return {"type": event.type, "seq": event.seq, "time": event.time, **about}


def paused_lines(event: Event) -> Iterator[Line]:
    """Yield what is paused until when, or read again."""
    what = Scope(event.bag, event.detail["tier"]).in_words
    if event.type == "pause":
        until = f"until {event.detail['day']}: {event.detail['reason']}"
        yield Line(f"{what} is paused {until} (event {event.seq:,})")
        yield Line("  What becomes due meanwhile is late all the same: `archiver due` says so.")
    else:
        yield Line(f"{what} is read again when it is due (event {event.seq:,})")
