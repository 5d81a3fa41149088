"""One message about a run: for mail, for a page, for programs. Every name in it is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from archiver.clock import parse_utc
from archiver.events.signing import Stamp
from archiver.findings import CODES, Finding, Severity
from archiver.reverify.run import Checked, RunOutcome
from archiver.schedule.standing import Standing
from archiver.state import State
from archiver.telling import Figure, Message
from cli.render.reverifying import checkpoint_fields, run_lines, run_records
from cli.render.safe import safe
from cli.render.scheduling import standing_lines, standing_record
from cli.render.text import Line, count
from policies.together import Failure, Gathering, Kind

_WORDS = {
    State.SOUND: "sound",
    State.UNSOUND: "DAMAGE",
    State.ALTERED: "changed tags",
    State.INCOMPLETE: "part could not be read",
    State.LATE: "late",
}
DRILL = "[DRILL]"
_SHARED = {
    "bag": "in the bag {}",
    "folder": "in the folder {}",
    "sealed": "in bags that were sealed on {}",
    "bytes": "at the bytes {}",
    "device": "on the device {} (lsblk names it)",
}
_TELLING = (Severity.DAMAGE, Severity.BLIND, Severity.ALTERED, Severity.WARNING)


def gather(into: Gathering, one: Checked) -> None:
    """Take in what was found in one bag."""
    into.saw(one.device)
    for finding in one.found.findings:
        if finding.severity in _TELLING:
            into.add(_failure(finding, one.bag, one.sealed[:10], one.device))


def _failure(finding: Finding, bag: str, sealed: str, device: str = "") -> Failure:
    ranges: Any = finding.detail.get("ranges") or []
    pattern = ", ".join(f"{first:,}-{last:,}" for first, last in ranges[:3])
    return Failure(bag, finding.code, finding.path or "", sealed, pattern, device)


def run_message(
    archive: str, outcome: RunOutcome, gathered: Gathering, stamp: Stamp | None, ended: str
) -> Message:
    """Return the digest of a run that ended."""
    for finding in outcome.findings:
        gathered.add(_failure(finding, "", ""))
    kinds = gathered.kinds()
    *_, run = run_records(outcome)
    record = {**run, "archive": archive, "ended": ended, "failures": [_kind(one) for one in kinds]}
    figures: dict[str, Figure] = {
        "last_run_end_timestamp_seconds": (
            "When the last run ended.",
            {(): parse_utc(ended).timestamp()},
        ),
        "last_run_bags": ("Bags the last run checked.", {(): outcome.bags}),
        "last_run_bytes": ("Bytes the last run read.", {(): outcome.bytes}),
        "last_run_duration_seconds": ("How long the last run took.", {(): outcome.seconds}),
        "bags_due": ("Bags still due after the last run.", {(): outcome.due}),
        "bags_due_paused": ("Of those, the ones a person has paused.", {(): outcome.paused}),
        "incidents_open": ("Incidents nobody has closed.", {(): outcome.incidents}),
        "last_run_findings": (
            "Findings of the last run by code.",
            {(("code", one.code),): one.number for one in kinds},
        ),
    }
    text = [*_plain(run_lines(outcome)), *_kind_lines(kinds)]
    return _message("re-verification", archive, outcome.state, text, record, figures, stamp)


def failed_message(
    archive: str, why: str, state: State, gathered: Gathering, stamp: Stamp | None
) -> Message:
    """Return the message about a run that did not get to its end, and what it found until then."""
    kinds = gathered.kinds()
    damaged = any(CODES[one.code].severity is Severity.DAMAGE for one in kinds)
    state = State.UNSOUND if damaged else state
    failures = [_kind(one) for one in kinds]
    record = {
        "type": "run",
        "state": state.value,
        "archive": archive,
        "failed": why,
        "failures": failures,
    }
    text = [f"the run did not get to its end: {safe(why)}", *_kind_lines(kinds)]
    return _message("re-verification", archive, state, text, record, {}, stamp)


def watch_message(archive: str, found: Standing, stamp: Stamp | None) -> Message:
    """Return the message about silence, or that there is none."""
    figures: dict[str, Figure] = {
        "silent": ("1 when no run has ended in time.", {(): float(found.silent)}),
        "quiet_since_timestamp_seconds": (
            "When the last run ended, or the archive was made.",
            {(): found.quiet_since.timestamp()},
        ),
        "locks_stuck": ("Locks that are held for too long.", {(): len(found.stuck)}),
    }
    record = {**standing_record("watch", found), "archive": archive}
    text = list(_plain(standing_lines(found)))
    return _message("watch", archive, found.state, text, record, figures, stamp)


def marked_as_drill(message: Message) -> Message:
    """Return a message about a fire drill's sandbox, which nobody may take for real."""
    first = f"{DRILL} This is a fire drill: harm was done to a copy. No recording is in danger."
    return replace(
        message,
        subject=f"{DRILL} {message.subject}",
        text=f"{first}\n\n{message.text}\n{DRILL} end of a message of a fire drill\n",
        record={**message.record, "drill": True},
    )


def _message(
    what: str,
    archive: str,
    state: State,
    text: Iterable[str],
    record: Mapping[str, object],
    figures: Mapping[str, Figure],
    stamp: Stamp | None,
) -> Message:
    name = safe(archive)
    lines = [f"archive: {name}", f"ended: {state.value}", "", *text]
    if stamp:
        lines += ["", "The event log as it is now; keep this where nobody can change it:", ""]
        lines += stamp.note.form().splitlines()
    label = (("archive", name),)
    states: dict[tuple[tuple[str, str], ...], float] = {
        (("state", one.value),): float(one is state) for one in State
    }
    kind = "watch_state" if what == "watch" else "last_run_state"
    every: dict[str, Figure] = {**figures, kind: ("1 for the state it ended in.", states)}
    if stamp:
        every["log_events"] = ("Events in the log.", {(): stamp.point.size})
    return Message(
        state,
        f"{_WORDS.get(state, state.value)}: {what} of {name}",
        "\n".join(lines) + "\n",
        {**record, "checkpoint": checkpoint_fields(stamp)},
        {
            name: (about, {(*label, *labels): value for labels, value in samples.items()})
            for name, (about, samples) in every.items()
        },
    )


def _kind(kind: Kind) -> dict[str, object]:
    return {
        "code": kind.code,
        "severity": CODES[kind.code].severity.value,
        "number": kind.number,
        "bags": kind.bags,
        "first": [one._asdict() for one in kind.first],
        "shared": [one._asdict() for one in kind.shared],
    }


def _kind_lines(kinds: Iterable[Kind]) -> Iterator[str]:
    for kind in kinds:
        row = CODES[kind.code]
        bags = count(kind.bags, "bag")
        yield ""
        yield f"{kind.code}: {kind.number:,} in {bags} ({row.severity.value}). {row.meaning}"
        for shared in kind.shared:
            where = _SHARED[shared.what].format(safe(shared.value))
            yield f"  {shared.number:,} of {kind.number:,} {where}"
        for one in kind.first:
            yield f"  {safe(one.bag)} {safe(one.path)} {one.pattern}".rstrip()
        if kind.number > len(kind.first):
            yield f"  ... and {kind.number - len(kind.first):,} more"
        yield f"  {row.advice}"


def _plain(lines: Iterable[Line]) -> Iterator[str]:
    return (line.rendered(False) for line in lines)
