"""Gaps and contradictions in the rights of a source, a bag, or all bags of an archive."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import get_args

from archiver.audio.tags import TagReader
from archiver.errors import IncompleteError
from archiver.packaging.outcome import Remark
from archiver.rights.embedded import claims_in, isrcs_in
from archiver.rights.evidence import kept_documents, name_in_bag, pieces_of
from archiver.rights_desk.subject import Subject, bag_claims
from policies.bases import BASES
from policies.codes import RULES
from policies.rights import RightsBook
from policies.rights.book import expiring, judge_book
from policies.rights.claims import compare_claims
from policies.rights.decide import Question, decide
from policies.rights.effective import Answering, Group
from policies.rights.model import Evidence
from policies.rights.words import Act
from policies.verdicts import Reason

_CONFLICT = "rights-statements-conflict"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check came to: how many files were looked at, and all that is to be said."""

    files: int
    remarks: tuple[Remark, ...]

    @property
    def refused(self) -> bool:
        """Whether something stands against keeping or against the statements."""
        return any(remark.reason.level == "refuse" for remark in self.remarks)


def check(subject: Subject, as_of: date, accepted: Collection[str] = tuple(BASES)) -> Checked:
    """Look for gaps and contradictions. Nothing is written; files are opened for their tags.

    A bag's own record of claims is used, so its payload is not opened. Raises
    :class:`IncompleteError` when the folder cannot be listed.
    """
    general = [Remark(None, reason) for reason in _general(subject, accepted)]
    general += [Remark(None, reason) for _, reason in expiring(subject.book, as_of)]
    answering = Answering(subject.book, as_of)
    groups: Counter[int] = Counter()
    first: dict[int, str] = {}
    told: list[Remark] = []
    try:
        for path, group, reasons in _files(subject, answering):
            groups[group.number] += 1
            first.setdefault(group.number, path)
            if not group.keeping.allowed:
                told += [Remark(path, reason) for reason in group.keeping.reasons]
            told += [Remark(path, reason) for reason in reasons]
    except OSError as error:
        raise IncompleteError(f"{subject.top} cannot be listed: {error.strerror}") from error
    for group in answering.groups:
        number = groups[group.number]
        told += [Remark(first[group.number], one) for one in _conflicts(group, as_of, number)]
    used = {one.id for group in answering.groups for one in group.statements}
    idle = [one.id for one in subject.book.statements if one.id not in used]
    told += [Remark(None, _reason("rights-statement-idle", name)) for name in sorted(idle)]
    return Checked(sum(groups.values()), (*general, *told))


def _general(subject: Subject, accepted: Collection[str]) -> Iterator[Reason]:
    if subject.in_force is not None:
        yield from subject.in_force.reasons(accepted)
        return
    bag = subject.bag or ""
    documents = _in_bag(subject.book)
    digests = {one.id: _digest(bag, one) for one in documents.evidence}
    yield from (reason for _, reason in judge_book(documents, digests, accepted))
    for code, detail, path in bag_claims(bag):
        yield Reason(code, RULES[code].level, f"{path}: {detail}")


def _in_bag(book: RightsBook) -> RightsBook:
    """Return the book with each document where the bag has it; confidential ones are elsewhere."""
    kept = {one.id for one in kept_documents(book)}
    evidence = tuple(
        replace(one, file=name_in_bag(one))
        if one.id in kept
        else replace(one, file=None, reference=one.reference or "kept outside the bag")
        for one in book.evidence
    )
    return replace(book, evidence=evidence)


def _digest(bag: str, document: Evidence) -> str | None:
    import hashlib

    if document.file is None:
        return None
    digest = hashlib.sha256()
    try:
        for piece in pieces_of(document, bag):
            digest.update(piece)
    except OSError:
        return None
    return digest.hexdigest()


def _files(
    subject: Subject, answering: Answering
) -> Iterator[tuple[str, Group, tuple[Reason, ...]]]:
    """Yield each file with its group, and what it claims otherwise."""
    if subject.bag is not None and not answering.needs_isrc:
        for path in subject.paths():
            yield path, answering.group(path), ()
        return
    places = ((path, os.path.join(os.path.abspath(subject.top), path)) for path in subject.paths())
    with TagReader(os.cpu_count() or 1) as reader:
        for path, record in reader.read_many(places):
            group = answering.group(path, isrcs_in(record))
            reasons = compare_claims(claims_in(record), group.statements, subject.book)
            yield path, group, () if subject.bag is not None else tuple(reasons)


def _conflicts(group: Group, as_of: date, files: int) -> Iterator[Reason]:
    """Yield the contradictions between the statements about a group of files, once a pair."""
    seen = set()
    for act in get_args(Act):
        for audience, place in (("staff", None), ("public", "world")):
            question = Question(act, as_of, audience, place, group.layers)  # type: ignore[arg-type]
            for reason in decide(group.statements, question).reasons:
                if reason.code == _CONFLICT and reason.detail not in seen:
                    seen.add(reason.detail)
                    if not (act == "replicate" and not group.keeping.allowed):
                        yield replace(reason, detail=f"{reason.detail} ({files:,} files)")


def _reason(code: str, detail: str) -> Reason:
    return Reason(code, RULES[code].level, detail)
