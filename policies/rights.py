"""Rights: why a source may be kept. Without a basis nothing is packaged.

The program judges no law: it asks for a basis, has the person name the licence, provision or
agreement, and records both in the bag.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from policies.bases import BASES, NEED_A_NOTE
from policies.codes import RULES
from policies.mistakes import Mistakes, Table, parse_toml
from policies.verdicts import Reason

__all__ = [
    "BASES",
    "NEED_A_NOTE",
    "RightsMistakes",
    "RightsStatement",
    "judge_rights",
    "parse_rights_file",
    "rights_record",
]


@dataclass(frozen=True, slots=True)
class RightsStatement:
    """Why a source may be kept: one of :data:`BASES`, a note, and the day it was determined.

    ``date`` is an ISO 8601 day (``2024-05-01``); ``None`` where nobody recorded one.
    """

    basis: str
    note: str | None = None
    date: str | None = None


class RightsMistakes(Mistakes):
    """A rights file cannot be used; everything that is wrong with it."""

    what = "rights file"


def judge_rights(
    statement: RightsStatement | None, accepted: Iterable[str] = tuple(BASES)
) -> tuple[Reason, ...]:
    """Decide whether ``statement`` lets a source in; no reasons means that it does.

    ``accepted`` are the bases the policy accepts.
    """
    if statement is None:
        return (_refusal("rights-missing"),)
    reasons = []
    if statement.basis not in BASES:
        reasons.append(_refusal("rights-basis-unknown", ascii(statement.basis)))
    elif statement.basis not in tuple(accepted):
        reasons.append(_refusal("rights-basis-not-accepted", statement.basis))
    if statement.basis in NEED_A_NOTE and not (statement.note or "").strip():
        reasons.append(_refusal("rights-note-missing", statement.basis))
    if statement.date is not None and not _is_day(statement.date):
        reasons.append(_refusal("rights-date-malformed", ascii(statement.date)))
    return tuple(reasons)


def parse_rights_file(data: bytes) -> RightsStatement:
    """Read a rights file: TOML with a table ``[rights]`` of ``basis``, ``note`` and ``date``.

    Raises :class:`RightsMistakes` with every mistake at once: wrong keys and types, and what
    :func:`judge_rights` has against the statement by itself.
    """
    root = parse_toml(data)
    statement = None
    if not root.mistakes:
        root.only(["rights"])
        if (table := root.table("rights")) is not None:
            statement = _read_statement(table)
    if statement is None or root.mistakes:
        raise RightsMistakes(root.mistakes)
    return statement


def _read_statement(table: Table) -> RightsStatement | None:
    table.only(["basis", "note", "date"])
    basis = table.word("basis", BASES)
    note = table.value("note", str) if "note" in table.content else None
    day = table.content.get("date")
    if type(day) is date:  # TOML has a type for days, which people use without knowing
        day = day.isoformat()
    elif day is not None:
        day = table.value("date", str)
    if basis is None:
        return None
    statement = RightsStatement(basis, note, day)
    mistyped = {mistake.key.removeprefix(table.prefix) for mistake in table.mistakes}
    for reason in judge_rights(statement):
        key = "date" if reason.code == "rights-date-malformed" else "note"
        if key not in mistyped:
            table.wrong(key, reason.sentence, reason.advice)
    return statement


def rights_record(statement: RightsStatement) -> dict[str, object]:
    """Return the content of ``metadata/rights.json``: one statement for the whole bag."""
    return {
        "format": "audio-archiver/rights",
        "version": 1,
        "scope": "bag",
        "basis": statement.basis,
        "note": statement.note,
        "date": statement.date,
    }


def _is_day(text: str) -> bool:
    """Return whether ``text`` is ``YYYY-MM-DD`` and a day of the calendar."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _refusal(code: str, detail: str = "") -> Reason:
    return Reason(code, RULES[code].level, detail)
