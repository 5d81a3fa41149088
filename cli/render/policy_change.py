"""What another policy would have said of what is held, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.policy_change import Change, Shift
from cli.render.json_lines import Record
from cli.render.text import Line, Tone, count
from policies.codes import RULES


def change_record(change: Change) -> Record:
    """Return the JSON record of what changes for the collections held."""
    return {
        "type": "policy-change",
        "bags": change.bags,
        "files": change.files,
        "shifts": [
            {
                "code": shift.code,
                "of": shift.what,
                "before": shift.before,
                "after": shift.after,
                "number": shift.number,
                "details": dict(shift.details),
            }
            for shift in change.shifts
        ],
        "unread": list(change.unread),
    }


def change_lines(change: Change) -> Iterator[Line]:
    """Yield what changes for the collections held, the worst first."""
    held = f"{count(change.files, 'file')} in {count(change.bags, 'bag')}"
    words = "this changes" if change.shifts else "nothing changes"
    yield Line(f"for what is held ({held}): {words}")
    for shift in change.shifts:
        verb = "was" if shift.number == 1 else "were"
        what = count(shift.number, shift.what)
        tone = Tone.BAD if shift.after == "refused" else Tone.PLAIN
        yield Line(
            f"  {what} that {verb} {shift.before} would now be {shift.after}: {_why(shift)}", tone
        )
    if change.unread:
        bags = count(len(change.unread), "bag")
        yield Line(f"  not looked at: {bags}, the first {change.unread[0]}", Tone.BAD)


def _why(shift: Shift) -> str:
    """Return the reason in words, with what was found, the most frequent first."""
    sentence = RULES[shift.code].sentence
    details = [(detail, number) for detail, number in shift.details.most_common(3) if detail]
    if not details:
        return sentence.replace(": {detail}", "").replace("{detail}", "...")
    if len(shift.details) == 1:
        return sentence.replace("{detail}", details[0][0])
    listed = ", ".join(f"{detail} ({number:,})" for detail, number in details)
    return sentence.replace("{detail}", listed + (", ..." if len(shift.details) > 3 else ""))
