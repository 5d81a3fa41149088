"""Answers about rights, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from archiver.packaging.lines import reason_record
from archiver.packaging.outcome import Remark
from archiver.rights_desk.check import Checked
from archiver.rights_desk.explain import Explanation, Wish
from cli.render.findings import item_lines, of_remark, remark_record
from cli.render.json_lines import Record
from cli.render.text import Line, Tone, count
from policies.verdicts import Reason

_WORDS = {"allow": "yes", "conditional": "yes, on conditions", "deny": "no"}
_TONES = {"allow": Tone.GOOD, "conditional": Tone.WARNING, "deny": Tone.BAD}
_Found = Sequence[tuple[str, Reason]]


def explanation_record(file: str, wish: Wish, found: Explanation) -> Record:
    """Return the JSON record of one answer."""
    answer, question = found.answer, found.question
    return {
        "type": "rights-answer",
        "path": file,
        "act": wish.act,
        "audience": question.audience,
        "territory": question.territory,
        "as_of": question.as_of.isoformat(),
        "verdict": answer.verdict,
        "statement": answer.statement,
        "reasons": [reason_record(reason) for reason in answer.reasons],
        "conditions": list(answer.conditions),
        "changes": list(answer.changes),
        "statements": [one.id for one in found.statements],
        "layers": list(found.layers),
        "claims": [asdict(claim) for claim in found.claims],
        "compared": [reason_record(reason) for reason in found.compared],
    }


def explanation_lines(file: str, wish: Wish, found: Explanation) -> Iterator[Line]:
    """Yield one answer as a person reads it."""
    answer, question = found.answer, found.question
    where = f" in {question.territory}" if question.territory else ""
    asked = f"{wish.act} for {question.audience}{where} on {question.as_of}"
    yield Line(f"{_WORDS[answer.verdict]}: {asked}", _TONES[answer.verdict])
    yield Line(f"  {file}")
    if answer.statement is not None:
        statement = next(one for one in found.statements if one.id == answer.statement)
        note = f", {statement.note}" if statement.note else ""
        yield Line(f"  decided by {statement.id} ({statement.house_basis}{note})")
    for reason in answer.reasons:
        yield Line(f"  because {reason.sentence} [{reason.code}; {reason.clause}]")
    for condition in answer.conditions:
        yield Line(f"  on condition of {condition}")
    for change in answer.changes:
        yield Line(f"  would change with: {change}")
    others = [one.id for one in found.statements if one.id != answer.statement]
    if others:
        yield Line(f"  heard too: {', '.join(others)}", Tone.FAINT)
    for claim in found.claims:
        yield Line(f"  claimed, granting nothing: {claim}", Tone.FAINT)
    for reason in found.compared:
        yield Line(f"  warning: {reason.code}: {reason.sentence}", Tone.WARNING)


def check_records(place: str, found: Checked) -> Iterator[Record]:
    """Yield the JSON records of a check: what was found, then the sum."""
    for remark in found.remarks:
        yield remark_record(remark, item=place)
    yield {
        "type": "rights-check",
        "place": place,
        "state": "refused" if found.refused else "sound",
        "files": found.files,
        "remarks": len(found.remarks),
    }


def check_lines(place: str, found: Checked, every: bool) -> Iterator[Line]:
    """Yield what a check found, grouped by code."""
    files = count(found.files, "file")
    if not found.remarks:
        yield Line(f"no gap and no contradiction: {place} ({files})", Tone.GOOD)
        return
    tone = Tone.BAD if found.refused else Tone.WARNING
    word = "not in order" if found.refused else "in order, with warnings"
    yield Line(f"{word}: {place} ({files})", tone)
    yield from item_lines(map(of_remark, found.remarks), every)


def expiring_records(place: str, found: _Found) -> Iterator[Record]:
    """Yield the JSON records of what ends."""
    for name, reason in found:
        yield {"type": "rights-expiring", "place": place, "statement": name} | reason_record(reason)


def expiring_lines(place: str, found: _Found) -> Iterator[Line]:
    """Yield what ends, as a person reads it."""
    if not found:
        yield Line(f"nothing ends before long: {place}", Tone.GOOD)
        return
    yield Line(place)
    yield from item_lines((of_remark(Remark(None, reason)) for _, reason in found), True)
