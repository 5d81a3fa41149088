"""A basis in few words: ``--basis licence --rights-note "CC BY-SA 4.0"``.

The program judges no law: it asks for a basis, has the person name the licence, provision or
agreement, and records both in the bag, as one statement about every file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from policies.bases import BASES, NEED_A_NOTE
from policies.codes import RULES
from policies.mistakes import Table
from policies.rights.model import ALLOW, Copyright, RightsBook, Statement
from policies.rights.words import ACTS, FROM_HOUSE, Act
from policies.verdicts import Reason

BRIEF_ID = "R-1"
_KEEPING: tuple[Act, ...] = ("replicate", "migrate", "use")
GRANTED: Mapping[str, tuple[Act, ...]] = {
    **dict.fromkeys(BASES, _KEEPING),
    "copyright-owner": tuple(ACTS),
    "public-domain": tuple(ACTS),
    "own-production": ("replicate", "migrate", "modify", "use", "delete"),
}
"""The acts a basis grants by itself. What is performed may have other owners than the recording,
so an own production is given to nobody before a rights file says that it may."""


@dataclass(frozen=True, slots=True)
class RightsStatement:
    """Why a source may be kept: one of :data:`BASES`, a note, and the day it was determined.

    ``date`` is an ISO 8601 day (``2024-05-01``); ``None`` where nobody recorded one.
    """

    basis: str
    note: str | None = None
    date: str | None = None


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


def read_simple(root: Table) -> RightsStatement | None:
    """Read the table ``[rights]`` of ``basis``, ``note`` and ``date``, noting every mistake.

    Notes also what :func:`judge_rights` has against the statement by itself.
    """
    root.only(["rights"])
    table = root.table("rights")
    if table is None:
        return None
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


def book_of(brief: RightsStatement) -> RightsBook:
    """Return the basis as one statement about every file, granting what :data:`GRANTED` says.

    ``brief`` must be one that :func:`judge_rights` has nothing against.
    """
    basis, other = FROM_HOUSE[brief.basis]
    day = None if brief.date is None else date.fromisoformat(brief.date)
    statement = Statement(
        BRIEF_ID,
        basis,
        paths=("**",),
        acts=dict.fromkeys(GRANTED[brief.basis], ALLOW),
        other_basis=other,
        copyright=Copyright("publicdomain") if brief.basis == "public-domain" else None,
        note=brief.note,
        determined=day,
    )
    return RightsBook((statement,), brief=True)


def _is_day(text: str) -> bool:
    """Return whether ``text`` is ``YYYY-MM-DD`` and a day of the calendar."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _refusal(code: str, detail: str = "") -> Reason:
    return Reason(code, RULES[code].level, detail)
