"""Findings and reasons for people: grouped by code, so that ten thousand read as a dozen lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archiver.findings import CODES, Finding, Severity
from cli.render.json_lines import Record
from cli.render.text import Line, Tone

if TYPE_CHECKING:
    from archiver.packaging.outcome import Remark

# Damage, refusals and what could not be read are named place by place; of a warning some will do.
_MANY, _SOME = 100, 3
_SHOWN = {Severity.WARNING: _SOME, Severity.NOTE: _SOME}
_TONES = {Severity.WARNING: Tone.WARNING, Severity.NOTE: Tone.PLAIN}
_WORDS = {
    Severity.DAMAGE: "damage",
    Severity.BLIND: "could not look",
    Severity.ALTERED: "altered",
    Severity.REFUSAL: "refused",
    Severity.WARNING: "warning",
    Severity.NOTE: "note",
}
_LEVELS = {"refuse": Severity.REFUSAL, "warn": Severity.WARNING, "in": Severity.NOTE}


@dataclass(frozen=True, slots=True)
class Item:
    """One finding or reason, made ready to be shown."""

    code: str
    severity: Severity
    meaning: str
    advice: str
    place: str
    clause: str | None


def of_finding(finding: Finding) -> Item:
    """Return a finding as an item."""
    row = CODES[finding.code]
    parts = [part for part in (finding.path, finding.message) if part]
    return Item(
        finding.code, row.severity, _bare(row.meaning), row.advice, ": ".join(parts), finding.clause
    )


def of_remark(remark: Remark) -> Item:
    """Return a policy's reason as an item."""
    reason, sentence = remark.reason, remark.reason.rule.sentence
    said = reason.detail if sentence.endswith(": {detail}") else reason.detail and reason.sentence
    return Item(
        reason.code,
        _LEVELS[reason.level],
        _bare(sentence),
        reason.advice,
        ": ".join(part for part in (remark.path, said) if part),
        reason.clause,
    )


def _bare(sentence: str) -> str:
    """Return a policy's sentence for all cases together; the detail stands with each place."""
    return sentence.replace(": {detail}", "").replace("{detail}", "…")


def finding_record(finding: Finding, **place: object) -> Record:
    """Return the JSON record of one finding; ``place`` says in which bag or source."""
    return {
        "type": "finding",
        **place,
        "code": finding.code,
        "severity": finding.severity.value,
        "path": finding.path,
        "message": finding.message,
        "clause": finding.clause,
        "detail": dict(finding.detail),
    }


def remark_record(remark: Remark, **place: object) -> Record:
    """Return the JSON record of one reason, in the same form as a finding."""
    return {
        "type": "finding",
        **place,
        "code": remark.reason.code,
        "severity": _LEVELS[remark.reason.level].value,
        "path": remark.path,
        "message": remark.reason.sentence,
        "clause": remark.reason.clause,
        "detail": {},
    }


def item_lines(
    items: Iterable[Item], every: bool = False, totals: Mapping[str, int] | None = None
) -> Iterator[Line]:
    """Yield the items grouped by code, gravest first, each code with what to do about it.

    ``every`` names every place; otherwise so many a code as people still read. ``totals`` says
    how many there are of a code of which only some are among the items.
    """
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.code, []).append(item)
    gravity = list(Severity)
    for code in sorted(groups, key=lambda name: (gravity.index(groups[name][0].severity), name)):
        total = max((totals or {}).get(code, 0), len(groups[code]))
        yield from _group_lines(groups[code], every, total)


def _group_lines(group: Sequence[Item], every: bool, total: int) -> Iterator[Line]:
    first = group[0]
    times = f" ({total:,} times)" if total > 1 else ""
    clauses = sorted({item.clause for item in group if item.clause and _is_public(item.clause)})
    basis = f" [{'; '.join(clauses[:3])}]" if clauses else ""
    head = f"  {_WORDS[first.severity]}: {first.code}{times}: {first.meaning}{basis}"
    yield Line(head, _TONES.get(first.severity, Tone.BAD))
    places = [item.place for item in group if item.place]
    shown = len(places) if every else _SHOWN.get(first.severity, _MANY)
    for place in places[:shown]:
        yield Line(f"    {place}")
    if places and total > len(places[:shown]):
        hint = " (--all shows more)" if len(places) > shown else ""
        yield Line(f"    and {total - len(places[:shown]):,} more{hint}", Tone.FAINT)
    for line in first.advice.splitlines():
        yield Line(f"    {line}", Tone.FAINT)


def _is_public(clause: str) -> bool:
    """Whether the clause is one that a person could look up."""
    return not clause.startswith("house rule")
