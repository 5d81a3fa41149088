"""What a policy would say of a source: ten thousand files in a dozen lines."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.audio.formats import FORMATS
from archiver.foresee import Foresight, Group
from archiver.packaging.lines import reason_record
from archiver.state import State
from cli.render.decisions import decision_records
from cli.render.json_lines import Record
from cli.render.text import Line, Tone, count, size

_HEADS = {
    State.SOUND: ("would be accepted", Tone.GOOD),
    State.REFUSED: ("would be refused", Tone.BAD),
    State.INCOMPLETE: ("could not be looked at whole", Tone.BAD),
}
_LEVELS = {"refuse": ("refused", Tone.BAD), "warn": ("warning", Tone.WARNING)}
_FORMATS_SHOWN = 5
_OPTIONS = {
    "rights-missing": "--basis, --rights or a rights.toml",
    "profile-tag-file-missing": "--tag-file",
}


def foresight_records(seen: Foresight, policy: str) -> Iterator[Record]:
    """Yield the JSON records: every entry's decision, the groups, then the sum."""
    yield from decision_records(seen)
    for group in seen.groups:
        yield {
            "type": "decision-group",
            "source": seen.source,
            "reason": reason_record(group.reason),
            "entries": group.entries,
            "first": group.path,
        }
    yield {
        "type": "foresight",
        "source": seen.source,
        "policy": policy,
        "state": seen.state.value,
        "files": seen.files,
        "bytes": seen.bytes,
        "formats": {name or "other": number for name, number in seen.formats.most_common()},
        "unread": list(seen.unread),
        "wanted": [reason_record(reason) for reason in seen.wanted],
    }


def foresight_lines(seen: Foresight, policy: str, every: bool) -> Iterator[Line]:
    """Yield what a person wants to know; with ``every``, each entry's decision too."""
    words, tone = _HEADS[seen.state]
    if seen.state is State.SOUND and any(reason.level == "refuse" for reason in seen.wanted):
        words += ", once what is wanted is given"
    yield Line(f"{words}: {seen.source}, by {policy}", tone)
    if every:
        for entry in seen.decisions():
            why = "; ".join(f"{reason.code}: {reason.sentence}" for reason in entry.reasons)
            yield Line(f"    {entry.standing:9} {entry.path}{f'  ({why})' if why else ''}")
    if seen.files:
        yield Line(f"  {count(seen.files, 'file')}, {size(seen.bytes)}: {_formats(seen)}")
    for group in seen.groups:
        if group.reason.level in _LEVELS:
            yield _group(group)
    if notes := [group for group in seen.groups if group.reason.level == "in"]:
        listed = ", ".join(f"{group.reason.code} {group.entries:,}" for group in notes)
        yield Line(f"  noted: {listed}", Tone.FAINT)
    for reason in seen.wanted:
        options = _OPTIONS.get(reason.code, "--info")
        tone = Tone.PLAIN if reason.level == "refuse" else Tone.FAINT
        word = "wanted" if reason.level == "refuse" else "welcome"
        yield Line(f"  {word} when packaging ({options}): {reason.sentence}", tone)
    if seen.unread:
        files = count(len(seen.unread), "file")
        yield Line(f"  not looked at: {files}, the first {seen.unread[0]}", Tone.BAD)
    if seen.groups and not every:
        yield Line("  --all names every file, --json gives all of it to programs", Tone.FAINT)


def _group(group: Group) -> Line:
    word, tone = _LEVELS[group.reason.level]
    meaning = group.reason.rule.sentence.replace(": {detail}", "").replace("{detail}", "...")
    clause = group.reason.clause
    basis = "" if clause.startswith("house rule") else f" [{clause}]"
    example = ": ".join(part for part in (group.path, group.reason.detail) if part)
    first = "" if not example else f"; the first: {example}" if group.path else f": {example}"
    return Line(f"  {word}: {group.entries:,} {group.reason.code}: {meaning}{basis}{first}", tone)


def _formats(seen: Foresight) -> str:
    """Return the formats, the most frequent first, and what is no recording."""
    named = [(name, number) for name, number in seen.formats.most_common() if name is not None]
    parts = [f"{number:,} {FORMATS[name].name}" for name, number in named[:_FORMATS_SHOWN]]
    if rest := sum(number for _, number in named[_FORMATS_SHOWN:]):
        parts.append(f"{rest:,} in other formats")
    if others := seen.formats[None]:
        parts.append(f"{others:,} no recordings")
    return ", ".join(parts)
