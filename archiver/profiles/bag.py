"""Judging a bag that is there: its facts are read anew, apart from its verification."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from archiver.bagit.reading.declaration import read_declaration
from archiver.bagit.reading.info import InfoReader
from archiver.bagit.reading.layout import survey_top
from archiver.bagit.reading.report import Report, finding
from archiver.bagit.reading.text import TextBlocks
from archiver.bagit.reading.walk import walk
from archiver.findings import Finding, state_of
from archiver.profiles.named import Asked
from archiver.state import State
from archiver.survey import codes as _codes  # noqa: F401  (registers the policies' codes)
from archiver.tree import Tree
from policies.profiles import (
    BagFacts,
    PayloadJudge,
    Profile,
    by_identifier,
    identifiers_in,
    judge,
)
from policies.verdicts import Reason

MOST_NAMED = 1_000
"""So many payload files that a profile does not allow are named; all of them are counted."""

_NO_FILE = -1


@dataclass(frozen=True, slots=True)
class Judged:
    """What one profile says of one bag; ``findings`` are all that is not as it asks."""

    profile: Profile
    findings: tuple[Finding, ...]

    @property
    def met(self) -> bool:
        """Whether the bag meets the profile."""
        return state_of(self.findings) is State.SOUND


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found of a bag: one verdict a profile, and what is to be said besides."""

    verdicts: tuple[Judged, ...]
    findings: tuple[Finding, ...]

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """Everything that was found."""
        return (*self.findings, *(found for one in self.verdicts for found in one.findings))

    @property
    def state(self) -> State:
        """``REFUSED`` where some profile is not met."""
        return state_of(self.all_findings)


class Judge:
    """Judges a bag when verification has come to its end and holds the bag open.

    ``judgement`` stays ``None`` where there was no bag to be looked into.
    """

    def __init__(self, wanted: Asked) -> None:
        self.wanted = wanted
        self.judgement: Judgement | None = None

    def look(self, tree: Tree, form: str) -> None:
        """Judge the bag below ``tree``, see :func:`judge_bag`."""
        self.judgement = judge_bag(tree, self.wanted, form)


def judge_bag(tree: Tree, wanted: Asked, form: str = "folder") -> Judgement:
    """Judge the bag below ``tree`` by the profiles ``wanted``.

    Only names and the bag's text files are looked at; whether its bytes are sound is for
    verification to say, which also says what cannot be read. ``form`` is "folder", "tar",
    "tar.gz" or "zip".
    """
    try:
        facts = facts_of(tree, form)
    except OSError as error:
        message = f"The bag could not be judged by a profile: {error.strerror}."
        return Judgement((), (finding("unreadable", message, None, None, {}),))
    declared = identifiers_in(facts.info)
    known = by_identifier()
    profiles = list(wanted.profiles)
    if wanted.declared:
        given = {profile.identifier for profile in profiles}
        profiles += [known[one] for one in declared if one in known and one not in given]
    by = {profile.identifier for profile in profiles}
    unknown = [one for one in declared if one not in by]
    return Judgement(
        tuple(_judged(profile, facts, tree) for profile in profiles),
        tuple(_not_checked(unknown, declared, wanted, facts)),
    )


def shortcomings(tree: Tree, profiles: Iterable[Profile]) -> tuple[Finding, ...]:
    """Return what profiles say of a bag's text files alone. Raises ``OSError``."""
    facts = facts_of(tree, "folder")
    return tuple(
        _finding(reason, None, {"profile": profile.identifier})
        for profile in profiles
        for reason in judge(profile, facts)
        if reason.code != "profile-form"
    )


def facts_of(tree: Tree, form: str) -> BagFacts:
    """Read what must be known of the bag below ``tree``. Raises ``OSError``."""
    unheard = Report()  # verification says all of it
    declaration = read_declaration(tree, unheard)
    layout = survey_top(tree, declaration.rules, unheard)
    name = declaration.rules.info_file
    info = None
    if name in layout.files:
        blocks = TextBlocks(tree, name, declaration.codec)
        info = tuple(InfoReader(name, declaration.rules, unheard).pairs(blocks))
    skip = frozenset(("data",)) if layout.has_data else frozenset()
    return BagFacts(
        version=declaration.version,
        info=info,
        manifests=tuple(map(_algorithm, (one.name for one in layout.payload_manifests))),
        tag_manifests=tuple(map(_algorithm, (one.name for one in layout.tag_manifests))),
        tag_files=tuple(path for path, size in walk(tree, "", unheard, skip) if size > _NO_FILE),
        form=form,
    )


def _algorithm(name: str) -> str:
    return name.partition("-")[2].removesuffix(".txt")


def _judged(profile: Profile, facts: BagFacts, tree: Tree) -> Judged:
    reasons = judge(profile, facts)
    detail = {"profile": profile.identifier}
    findings = [_finding(reason, None, detail) for reason in reasons]
    return Judged(profile, (*findings, *_of_payload(profile, tree, detail)))


def _of_payload(profile: Profile, tree: Tree, detail: Mapping[str, object]) -> Iterator[Finding]:
    judge_payload = PayloadJudge(profile)
    if not judge_payload.has_questions:
        return
    amiss, last = 0, None
    for path, size in walk(tree, "data", Report()):
        reason = judge_payload.take(path, size) if size > _NO_FILE else None
        if reason is not None:
            amiss, last = amiss + 1, reason
            if amiss <= MOST_NAMED:
                yield _finding(reason, path, detail)
    if last is not None and amiss > MOST_NAMED:
        counted = {**detail, "files": amiss}
        message = f"{amiss:,} files in all, of which {MOST_NAMED:,} are named"
        yield finding(last.code, message, "data", last.clause, counted)
    for reason in judge_payload.reasons():
        yield _finding(reason, None, detail)


def _finding(reason: Reason, path: str | None, detail: Mapping[str, object]) -> Finding:
    return finding(reason.code, reason.detail, path, reason.clause, detail)


def _not_checked(
    unknown: Iterable[str], declared: tuple[str, ...], wanted: Asked, facts: BagFacts
) -> Iterator[Finding]:
    for identifier in unknown:
        reason = Reason("profile-not-checked", "warn", identifier)
        yield _finding(reason, None, {"profile": identifier})
    if wanted.declared and not declared:
        where = "bag-info.txt names no profile" if facts.info is not None else "no bag-info.txt"
        yield _finding(Reason("profile-none-declared", "warn", where), None, {})
