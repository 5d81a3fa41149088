"""What stands against a rights file as a whole, whatever is asked; and what is due soon."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from policies.bases import BASES
from policies.codes import RULES
from policies.names import shown
from policies.rights.model import RightsBook, Statement
from policies.rights.presets import PRESETS
from policies.rights.uris import label_of, uri_hint
from policies.verdicts import Reason

NEED_EVIDENCE = frozenset({"licence", "donor", "deposit"})
"""Bases that rest on a document: the licence, the deed, the agreement."""

Remarks = Iterator[tuple[str, Reason]]


def judge_book(
    book: RightsBook,
    found: Mapping[str, str | None],
    accepted: Collection[str] = tuple(BASES),
) -> Remarks:
    """Yield the id of each statement something is to be said of, and what.

    ``found`` holds, for each evidence document with a file, the SHA-256 it has now; ``None``
    where it cannot be read. ``accepted`` are the bases that the policy accepts. Statements that
    are superseded are left alone.
    """
    for statement in sorted(book.statements, key=lambda one: one.id):
        if statement.status == "superseded":
            continue
        for reason in _reasons(statement, book, found, accepted):
            yield statement.id, reason


def _reasons(
    statement: Statement,
    book: RightsBook,
    found: Mapping[str, str | None],
    accepted: Collection[str],
) -> Iterator[Reason]:
    name, basis = statement.id, statement.house_basis
    if basis not in accepted:
        yield _reason("rights-basis-not-accepted", f"{basis} (statement {name})")
    if basis in NEED_EVIDENCE and not statement.evidence and not book.brief:
        yield _reason("rights-evidence-missing", f"{name} with basis {basis} names no document")
    yield from _evidence(statement, book, found)
    yield from _attestations(statement)
    yield from _label(statement)


def _evidence(
    statement: Statement, book: RightsBook, found: Mapping[str, str | None]
) -> Iterator[Reason]:
    for document in book.evidence:
        if document.id not in statement.evidence or document.file is None:
            continue
        digest, place = found.get(document.id), shown(document.file)
        if digest is None:
            yield _reason("rights-evidence-missing", f"{statement.id}, {document.id}: {place}")
        elif document.sha256 is not None and digest != document.sha256:
            expected, actual = document.sha256[:12], digest[:12]
            detail = f"{document.id}: expected {expected}…, found {actual}… in {place}"
            yield _reason("rights-evidence-changed", detail)


def _attestations(statement: Statement) -> Iterator[Reason]:
    statute = statement.statute
    if statute is None:
        return
    preset = PRESETS.get(statute.preset or "")
    missing = [key for key in (preset.attest if preset else ()) if key not in statute.attested]
    if statute.determined is None:
        missing.append("determined")
    if not (statute.by or "").strip():
        missing.append("by")
    if missing:
        detail = f"{statement.id}, {shown(statute.citation)}: {', '.join(missing)}"
        yield _reason("rights-attestation-missing", detail)


def _label(statement: Statement) -> Iterator[Reason]:
    uri = statement.statement_uri
    if uri is None:
        return
    label = label_of(uri)
    if label is None:
        yield _reason("rights-uri-unknown", f"{statement.id}: {shown(uri)} ({uri_hint(uri)})")
        return
    if label.uri != uri:
        yield _reason("rights-uri-normalised", f"{statement.id}: {shown(uri)} means {label.uri}")
    status = statement.copyright.status if statement.copyright else None
    if None not in (status, label.copyright_status) and status != label.copyright_status:
        detail = f"{statement.id}: {label.name} says {label.copyright_status}, status says {status}"
        yield _reason("rights-label-contradicts", detail)


def expiring(book: RightsBook, as_of: date, within_days: int | None = None) -> Remarks:
    """Yield what ends, is to be reviewed, or has ended and asks for an action.

    ``within_days``: how far to look ahead; else what the rights file says.
    """
    days = book.defaults.notice_days if within_days is None else within_days
    for one in sorted(book.statements, key=lambda one: one.id):
        if one.status == "superseded":
            continue
        if isinstance(one.term.end, date):
            left = (one.term.end - as_of).days
            action = one.on_expiry or book.defaults.on_expiry
            if left < 0 and action in ("return", "destroy", "review"):
                detail = f"{one.id}: it ended on {one.term.end} and asks for: {action}"
                yield one.id, _reason("rights-action-due", detail)
            elif 0 <= left <= days:
                detail = f"{one.id} ends on {one.term.end}, in {left:,} days"
                yield one.id, _reason("rights-term-ends", detail)
        if one.review_due is not None and (left := (one.review_due - as_of).days) <= days:
            when = f"in {left:,} days" if left >= 0 else f"{-left:,} days ago"
            detail = f"{one.id} is to be reviewed on {one.review_due}, {when}"
            yield one.id, _reason("rights-term-ends", detail)


def _reason(code: str, detail: str) -> Reason:
    return Reason(code, RULES[code].level, detail)
