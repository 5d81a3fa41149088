"""PREMIS 3 rights statements. What PREMIS has no place for stands in notes, never left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from archiver.writers.model import BagRecord
from archiver.writers.premis_objects import entity_id, identifier
from archiver.writers.vocabulary import RIGHTS_BASES, term
from archiver.writers.xml import element
from policies.rights.model import Case, Copyright, Grant, RightsBook, Statement
from policies.rights.words import LAYERS

_UNKNOWN = "unknown"
_EVERYTHING = ("**",)


def rights_ids(bag: BagRecord) -> list[str]:
    """Return the identifiers of the bag's rights statements."""
    return [_identifier(bag, statement) for statement in bag.rights.statements]


def rights_elements(bag: BagRecord) -> Iterator[bytes]:
    """Yield one element ``rights`` a statement."""
    for one in bag.rights.statements:
        granted = "".join(_granted(one, act, grant) for act, grant in one.acts.items())
        yield (
            f"<rights><rightsStatement>"
            f"{identifier('rightsStatementIdentifier', _identifier(bag, one))}"
            f"{term('rightsBasis', one.basis, 'rightsBasis', RIGHTS_BASES[one.basis])}"
            f"{_information(one, bag.rights)}{granted}"
            f"{identifier('linkingObjectIdentifier', entity_id(bag))}"
            "</rightsStatement></rights>\n"
        ).encode()


def _identifier(bag: BagRecord, statement: Statement) -> str:
    return f"{bag.identifier}#rights-{statement.id}"


def _information(one: Statement, book: RightsBook) -> str:
    """Return what PREMIS asks for on each basis; it always has a place for notes."""
    territory = book.defaults.territory or _UNKNOWN
    if one.basis == "copyright":
        held = one.copyright or Copyright("copyrighted")
        day = _day("copyrightStatusDeterminationDate", held.determined or one.determined)
        return (
            f"<copyrightInformation>{element('copyrightStatus', held.status)}"
            f"{element('copyrightJurisdiction', held.jurisdiction or territory)}{day}"
            f"{_notes('copyrightNote', one)}{_dates('copyrightApplicableDates', one)}"
            "</copyrightInformation>"
        )
    if one.basis == "license":
        return (
            f"<licenseInformation>{_licence_document(one)}"
            f"{_notes('licenseNote', one) or element('licenseNote', 'not described')}"
            f"{_dates('licenseApplicableDates', one)}</licenseInformation>"
        )
    if one.basis == "statute":
        cited = one.statute.citation if one.statute else one.note
        found = (one.statute.determined if one.statute else None) or one.determined
        return (
            f"<statuteInformation>{element('statuteJurisdiction', territory)}"
            f"{element('statuteCitation', cited or _UNKNOWN)}"
            f"{_day('statuteInformationDeterminationDate', found)}{_notes('statuteNote', one)}"
            f"{_dates('statuteApplicableDates', one)}</statuteInformation>"
        )
    return (
        f"<otherRightsInformation>{element('otherRightsBasis', one.other_basis or 'other')}"
        f"{_dates('otherRightsApplicableDates', one)}{_notes('otherRightsNote', one)}"
        "</otherRightsInformation>"
    )


def _licence_document(one: Statement) -> str:
    if not one.statement_uri:
        return ""
    name = "licenseDocumentationIdentifier"
    return (
        f"<{name}><{name}Type>URI</{name}Type>{element(f'{name}Value', one.statement_uri)}</{name}>"
    )


def _notes(name: str, one: Statement) -> str:
    return "".join(element(name, note) for note in _said(one))


def _said(one: Statement) -> Iterator[str]:
    """Yield in words whatever the statement says beyond PREMIS's own elements."""
    if one.note:
        yield one.note
    told = {
        "reference": one.reference,
        "rights statement": one.statement_uri if one.basis != "license" else None,
        "applies to": ", ".join(one.paths) if one.paths != _EVERYTHING else None,
        "applies to ISRC prefixes": ", ".join(one.isrc_prefixes),
        "does not apply to": ", ".join(one.excluded),
        "layers": ", ".join(one.layers) if one.layers != LAYERS else None,
        "rightsholders": ", ".join(holder.name for holder in one.rightsholders),
        "attribution": one.attribution,
        "evidence": ", ".join(one.evidence),
        "kept dark until": one.embargo_until,
        "ends": one.term.end if isinstance(one.term.end, date) and not one.term.start else None,
        "status": one.status if one.status != "active" else None,
        "determined": one.determined if one.basis in ("license", "other") else None,
    }
    for label, value in told.items():
        if value:
            yield f"{label}: {value}"
    if one.personal_data:
        yield "holds personal data"
    if one.culturally_sensitive:
        yield "culturally sensitive"


def _granted(one: Statement, act: str, grant: Grant) -> str:
    notes = "".join(
        element("rightsGrantedNote", note) for case in grant.cases if (note := _case(case))
    )
    return (
        f"<rightsGranted>{element('act', act)}{element('restriction', grant.restriction)}"
        f"{_dates('termOfGrant', one)}{notes}</rightsGranted>"
    )


def _case(case: Case) -> str:
    told = {
        "audience": case.audience,
        "territory": ", ".join(case.territory),
        "most copies": case.max_copies,
        "note": case.note,
    }
    return "; ".join(f"{label}: {value}" for label, value in told.items() if value)


def _dates(name: str, one: Statement) -> str:
    """Return the term; PREMIS wants its first day, without which an end stands in a note."""
    if one.term.start is None:
        return ""
    end = element("endDate", one.term.end) if isinstance(one.term.end, date) else ""
    return f"<{name}>{element('startDate', one.term.start)}{end}</{name}>"


def _day(name: str, day: date | None) -> str:
    return element(name, day) if day else ""
