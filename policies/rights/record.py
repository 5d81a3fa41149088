"""Statements as JSON-ready values, in the very shape of a rights file, and back again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from policies.mistakes import Table
from policies.rights.model import (
    ALLOW,
    DISALLOW,
    Case,
    Evidence,
    Grant,
    RightsBook,
    Statement,
    Term,
)
from policies.rights.reading import FORMAT, VERSION, RightsMistakes, read_book
from policies.rights.simple import RightsStatement, book_of, judge_rights
from policies.rights.words import LAYERS, PREMIS_BASES

BAG_FORMAT = "audio-archiver/rights"
BAG_VERSION = 2


def book_record(book: RightsBook) -> dict[str, Any]:
    """Return ``defaults``, ``statements`` and ``evidence`` as a rights file has them."""
    return {
        "defaults": _full(asdict(book.defaults)),
        "statements": [statement_record(one) for one in book.statements],
        "evidence": [evidence_record(one) for one in book.evidence],
    }


def statement_record(one: Statement) -> dict[str, Any]:
    """Return one statement; keys that say nothing are left out."""
    return _full(
        {
            "id": one.id,
            "status": one.status,
            "since": one.since,
            "reference": one.reference,
            "basis": one.basis,
            "other_basis": one.other_basis,
            "note": one.note,
            "determined": one.determined,
            "layers": None if one.layers == LAYERS else one.layers,
            "copyright": asdict(one.copyright) if one.copyright else None,
            "statement_uri": one.statement_uri,
            "rightsholders": [_full(asdict(holder)) for holder in one.rightsholders],
            "term": None if one.term == Term(None, "open") else asdict(one.term),
            "statute": _statute(one),
            "acts": {act: _grant(grant) for act, grant in one.acts.items()} or {},
            "embargo_until": one.embargo_until,
            "on_expiry": one.on_expiry,
            "privacy": {
                key: True for key in ("personal_data", "culturally_sensitive") if getattr(one, key)
            },
            "attribution": one.attribution,
            "evidence": one.evidence,
            "review_due": one.review_due,
            "applies_to": [*one.paths, *({"isrc_prefix": code} for code in one.isrc_prefixes)],
            "except": one.excluded,
        },
        keep=("acts",),
    )


def evidence_record(one: Evidence) -> dict[str, Any]:
    """Return one evidence document."""
    return _full({**asdict(one), "confidential": one.confidential or None})


def _statute(one: Statement) -> dict[str, Any] | None:
    if one.statute is None:
        return None
    record = asdict(one.statute)
    attested = record.pop("attested")
    return {**record, "attest": dict.fromkeys(sorted(attested), True)}


def _grant(grant: Grant) -> Any:
    if grant in (ALLOW, DISALLOW):
        return grant.restriction
    cases = [_case(grant, case) for case in grant.cases]
    return cases[0] if len(cases) == 1 else cases


def _case(grant: Grant, case: Case) -> dict[str, Any]:
    return _full({"restriction": grant.restriction, **asdict(case)})


def _full(record: Mapping[str, Any], keep: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return what says something, days as text, tables within likewise."""
    return {
        key: _ready(value)
        for key, value in record.items()
        if key in keep or value not in (None, (), [], {})
    }


def _ready(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return _full(value) if isinstance(value, dict) else value


def bag_book(record: Mapping[str, Any]) -> RightsBook:
    """Return the statements in a bag's ``metadata/rights.json``, of version 1 or 2.

    Raises :class:`policies.rights.reading.RightsMistakes` for what is neither.
    """
    root = Table(record)
    root.word("format", [BAG_FORMAT])
    version = root.value("version", int)
    if version not in (None, 1, BAG_VERSION):
        root.wrong("version", f"there is no version {version}", "update the program")
    if root.mistakes:
        raise RightsMistakes(root.mistakes)
    if version == 1 or record.get("scope") == "bag":
        return book_of(_brief(root))
    names = ("defaults", "statements", "evidence")
    book = read_book(
        Table(
            {"format": FORMAT, "version": VERSION}
            | {key: record[key] for key in names if key in record},
            mistakes=root.mistakes,
        )
    )
    if book is None:
        raise RightsMistakes(root.mistakes)
    return book


def _brief(root: Table) -> RightsStatement:
    basis = root.value("basis", str)
    note, day = (root.value(key, str | None) for key in ("note", "date"))
    brief = RightsStatement(basis or "", note, day)
    for reason in judge_rights(brief):
        root.wrong("basis", reason.sentence)
    if root.mistakes:
        raise RightsMistakes(root.mistakes)
    return brief


def basis_of(book: RightsBook) -> str:
    """Return the basis a catalogue shows: one word, or several in order of the alphabet."""
    words = {one.house_basis for one in book.statements if one.status == "active"}
    return ", ".join(sorted(words)) or PREMIS_BASES[-1]
