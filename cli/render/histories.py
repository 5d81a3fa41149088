"""Events as a person reads them, and what they add up to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from archiver.events import Event
from archiver.history import History, Knowledge, is_sound, supersedes
from cli.render.findings import finding_record, item_lines, of_finding
from cli.render.json_lines import Record
from cli.render.text import Line, Tone, count, duration, size

_DEPTHS = {"full": "every manifest", "blake3": "BLAKE3", "fast": "names only"}
_BAD = {"unsound", "incomplete", "altered", "failed"}


def event_record(event: Event) -> Record:
    """Return the JSON record of one event, with all that the log says of it."""
    return {
        "type": "history",
        "seq": event.seq,
        "time": event.time,
        "event": event.type,
        "bag": event.bag,
        "outcome": event.outcome,
        "detail": dict(event.detail),
        "agent": {key: value for key, value in asdict(event.agent).items() if value is not None},
        "digest": event.digest,
    }


def event_lines(event: Event, with_bag: bool) -> Iterator[Line]:
    """Yield one event; ``with_bag`` names the bag it is about."""
    say = _SENTENCES.get(event.type)
    told = say(event.detail, event.outcome) if say else f"{event.type}: {event.outcome}"
    about = f"{event.bag}: " if (with_bag or supersedes(event)) and event.bag else ""
    who = event.agent.user or event.agent.name
    where = f"@{event.agent.host}" if event.agent.host else ""
    yield Line(f"{event.time}  {about}{told} (event {event.seq:,}, {who}{where})", _tone(event))


def end_records(history: History) -> Iterator[Record]:
    """Yield the JSON records of what the events add up to, and of what is wrong with the log."""
    for finding in history.findings:
        yield finding_record(finding)
    if history.known is not None:
        yield {"type": "known", **asdict(history.known), "left_out": history.left_out}


def end_lines(history: History) -> Iterator[Line]:
    """Yield what the events add up to."""
    if history.since and not history.shown:
        yield Line(f"nothing was done from {history.since[:10]} on", Tone.FAINT)
    if history.left_out:
        many = count(history.left_out, "sound check")
        yield Line(f"{many} between sound checks not shown; the log has them", Tone.FAINT)
    if history.known is not None:
        yield _known(history.known)
    yield from item_lines(map(of_finding, history.findings))


def _known(known: Knowledge) -> Line:
    if known.verdict is None:
        return Line("it was not sealed yet", Tone.WARNING)
    checks = count(known.checks, "check") + (f", {known.failures:,} failed" * bool(known.failures))
    said = f"known then: {known.verdict}; {checks}; all of it last read {known.checked_at}"
    if known.open_incidents:
        cases = ", ".join(f"{number:,}" for number in known.open_incidents)
        said += f"; open incident {cases}"
    if known.superseded_by:
        said += f"; superseded by {known.superseded_by}"
    return Line(said, Tone.GOOD if known.state == "sound" else Tone.BAD)


def _tone(event: Event) -> Tone:
    if event.type == "verify":
        return Tone.GOOD if is_sound(event) else Tone.BAD
    return Tone.BAD if event.outcome in _BAD else Tone.PLAIN


def _sealed(detail: Mapping[str, Any], _outcome: str) -> str:
    said = f"sealed: {_files(detail, 'payload_files', 'payload_bytes')}"
    told = detail.get("supersedes")
    return f"{said}; supersedes {told['bag']}, because: {told['reason']}" if told else said


def _checked(detail: Mapping[str, Any], outcome: str) -> str:
    depth = _DEPTHS.get(str(detail.get("depth")), str(detail.get("depth")))
    parts = [f"checked ({depth}): {outcome}, {_files(detail, 'checked_files', 'checked_bytes')}"]
    if detail.get("from_medium") == "medium":
        parts[0] += " from the medium"
    codes = detail.get("codes")
    if isinstance(codes, dict) and codes:
        parts += [f"{name} ({many})" for name, many in codes.items()]
    elif detail.get("findings"):
        parts.append(count(int(detail["findings"]), "finding"))
    if isinstance(detail.get("seconds"), int | float):
        parts.append(duration(detail["seconds"]))
    return ", ".join(parts)


def _run(detail: Mapping[str, Any], outcome: str) -> str:
    many, n_bytes = _number(detail, "bags"), size(_number(detail, "bytes"))
    told = f"run of re-verification: {outcome}, {count(many, 'bag')}, {n_bytes}"
    return f"{told}, {duration(_number(detail, 'seconds'))}, {_number(detail, 'due'):,} still due"


def _drilled(detail: Mapping[str, Any], outcome: str) -> str:
    harms = detail.get("harms")
    tried: Mapping[str, Any] = harms if isinstance(harms, dict) else {}
    fired = sum(word == "fired" for word in tried.values())
    others = [f"{name} {word}" for name, word in tried.items() if word != "fired"]
    ways = ", ".join(map(str, detail.get("channels") or ())) or "nobody"
    told = f"fire drill on a copy of {detail.get('bag')}: {outcome}, {fired} of {len(tried)} fired"
    return f"{', '.join([told, *others])}; told by {ways}"


def _opened(detail: Mapping[str, Any], outcome: str) -> str:
    return f"incident opened: {outcome}, found by check {_number(detail, 'check'):,}"


def _noted(detail: Mapping[str, Any], outcome: str) -> str:
    case = f"incident {_number(detail, 'incident'):,}"
    if "text" in detail:
        return f"{case} noted: {detail['text']}"
    again = "sound again" if outcome == "sound" else f"{outcome} still"
    return f"{case}: {again}, check {_number(detail, 'check'):,}"


def _closed(detail: Mapping[str, Any], _outcome: str) -> str:
    return f"incident {_number(detail, 'incident'):,} closed: {detail.get('reason')}"


def _asked(detail: Mapping[str, Any], _outcome: str) -> str:
    tier = detail.get("tier")
    what = f"all of tier {tier}" if tier else "the whole archive"
    return f"{what} wanted at once: {detail.get('reason')}"


def _paused(detail: Mapping[str, Any], _outcome: str) -> str:
    return f"paused{_tier(detail)} until {detail.get('day')}: {detail.get('reason')}"


def _resumed(detail: Mapping[str, Any], _outcome: str) -> str:
    why = f": {detail['reason']}" if detail.get("reason") else ""
    return f"pause{_tier(detail)} ended before its time{why}"


def _tier(detail: Mapping[str, Any]) -> str:
    return f" of tier {detail['tier']}" if detail.get("tier") else ""


def _files(detail: Mapping[str, Any], files: str, n_bytes: str) -> str:
    return f"{count(_number(detail, files), 'file')}, {size(_number(detail, n_bytes))}"


def _number(detail: Mapping[str, Any], name: str) -> int:
    value = detail.get(name)
    return int(value) if isinstance(value, int | float) else 0


def _packaged(detail: Mapping[str, Any], outcome: str) -> str:
    name = detail.get("source_name")
    if outcome == "refused":
        return f"refused: {name} ({_counted(detail.get('refused'))})"
    return f"packaged: {name}, {_files(detail, 'payload_files', 'payload_bytes')}"


def _exported(detail: Mapping[str, Any], outcome: str) -> str:
    if detail.get("act") == "replicate":
        whom = "in the house"
    else:
        whom = f"for {detail.get('audience')} in {detail.get('territory')}"
    if detail.get("recipient"):
        whom += f", to {detail['recipient']}"
    if outcome == "refused":
        return f"not exported {whom}: refused ({_counted(detail.get('refused'))})"
    if outcome != "success":
        return f"not exported {whom}: {outcome}"
    parts = _number(detail, "parts")
    inside = f" in {parts:,} parts" if parts > 1 else ""
    written = f"{size(_number(detail, 'size'))} to {detail.get('path')}"
    return f"exported {whom}: {detail.get('form')}{inside}, {written}"


def _counted(codes: object) -> str:
    """Return how many there are of each code, the code first."""
    found = codes.items() if isinstance(codes, Mapping) else ()
    return ", ".join(f"{code}: {number:,}" for code, number in found)


_SENTENCES: Mapping[str, Callable[[Mapping[str, Any], str], str]] = {
    "package": _packaged,
    "export": _exported,
    "seal": _sealed,
    "verify": _checked,
    "reverify": _run,
    "due-now": _asked,
    "pause": _paused,
    "resume": _resumed,
    "drill": _drilled,
    "incident-opened": _opened,
    "incident-noted": _noted,
    "incident-closed": _closed,
}
