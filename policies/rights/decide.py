"""Answering a question about rights: may this act be done with this file, and why.

One way through, the same for every question. Statements that match the file are collected.
One of them in question (disputed, withdrawn) stops everything but fixity checks. An embargo
stops what leaves the house. Then each layer is judged by every statement in its term that
speaks of the act: denial wins over condition, condition over permission, and what nobody
grants is not granted. The gravest layer decides. Days are whole and included; order plays no
part: statements are taken by their id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from policies.codes import RULES
from policies.names import shown
from policies.rights.model import DISALLOW, Case, Statement
from policies.rights.territories import WORLD, covers, meets
from policies.rights.words import AUDIENCES, GIVING, IN_QUESTION, Act, Audience, Layer
from policies.verdicts import Reason

Verdict = Literal["allow", "conditional", "deny"]

NOT_GRANTED: dict[Act, str] = {
    "disseminate": "rights-export-not-granted",
    "distribute": "rights-share-not-granted",
    "delete": "rights-deletion-not-granted",
    "modify": "rights-derivative-not-granted",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: an act, for whom, where, on which day.

    ``territory``: a country, ``EU`` or ``world``; ``None`` asks about no place in particular, so
    that a grant for any place answers it. ``layers`` are those the file has
    (:func:`policies.rights.layers.layers_of`); with none, whatever is spoken of counts.
    """

    act: Act
    as_of: date
    audience: Audience = "staff"
    territory: str | None = None
    layers: tuple[Layer, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question.

    ``reasons`` say why, the deciding one first; ``statement`` is the id of the statement that
    decided (``None`` where none speaks). ``conditions`` are what a conditional answer depends
    on. ``changes`` are what would make the answer another one.
    """

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    statement: str | None = None
    conditions: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether the act may be done, perhaps under conditions."""
        return self.verdict != "deny"


@dataclass(frozen=True, slots=True)
class _Obstacle:
    code: str
    detail: str
    statement: str | None
    change: str


def decide(found: Sequence[Statement], question: Question) -> Answer:
    """Answer ``question`` by the statements ``found`` to be about the file, in any order."""
    ordered = sorted(found, key=lambda statement: statement.id)
    in_question = [one for one in ordered if one.status in IN_QUESTION]
    if in_question:
        return _denied([_in_question(one) for one in in_question])
    active = [one for one in ordered if one.status == "active"]
    if not active:
        change = f"a statement about it that grants {question.act}"
        return _denied([_Obstacle("rights-none-applies", "", None, change)])
    obstacles = _embargoes(active, question)
    judged = [_judge_layer(active, layer, question) for layer in _layers(active, question)]
    obstacles += [one for layer in judged for one in layer.obstacles]
    obstacles += _uncovered(active, judged, question)
    if obstacles:
        return _denied(obstacles)
    return _granted([one for layer in judged for one in layer.granting], question)


@dataclass(frozen=True, slots=True)
class _Layer:
    """What the statements say of one layer: what stands against the act, and what grants it."""

    layer: Layer
    obstacles: list[_Obstacle]
    granting: list[Statement]

    @property
    def is_uncovered(self) -> bool:
        return not self.obstacles and not self.granting


def _layers(active: Sequence[Statement], question: Question) -> tuple[Layer, ...]:
    spoken_of = {layer for statement in active for layer in statement.layers}
    return question.layers or tuple(sorted(spoken_of))


def _judge_layer(active: Sequence[Statement], layer: Layer, question: Question) -> _Layer:
    speaking = [
        one
        for one in active
        if layer in one.layers and question.act in one.acts and one.term.holds(question.as_of)
    ]
    denying = [one for one in speaking if _denies(one, question)]
    failing = [one for one in speaking if _is_unmet(one, question)]
    granting = [
        one
        for one in speaking
        if one.acts[question.act].restriction != "disallow" and one not in failing
    ]
    obstacles = [_denial(one, granting, question) for one in denying]
    obstacles += [_unmet(one, question) for one in failing]
    return _Layer(layer, obstacles, granting)


def _denies(statement: Statement, question: Question) -> bool:
    grant = statement.acts[question.act]
    return grant.restriction == "disallow" and any(
        _rank(question.audience) >= _rank(case.audience)
        and meets(case.territory, question.territory)
        for case in grant.cases
    )


def _is_unmet(statement: Statement, question: Question) -> bool:
    grant = statement.acts[question.act]
    return grant.restriction == "conditional" and not any(
        _fits(case, question) for case in grant.cases
    )


def _fits(case: Case, question: Question) -> bool:
    return _rank(question.audience) <= _rank(case.audience) and covers(
        case.territory, question.territory
    )


def _rank(audience: Audience) -> int:
    return AUDIENCES.index(audience)


def _embargoes(active: Sequence[Statement], question: Question) -> list[_Obstacle]:
    if question.act not in GIVING:
        return []
    return [
        _Obstacle(
            "rights-embargoed",
            f"{one.id}: until {one.embargo_until}",
            one.id,
            f"from {one.embargo_until} on, the embargo of {one.id} is over",
        )
        for one in active
        if one.embargo_until is not None and one.embargo_until > question.as_of
    ]


def _uncovered(
    active: Sequence[Statement], judged: Sequence[_Layer], question: Question
) -> list[_Obstacle]:
    """Return what stands against the act because no statement grants it."""
    uncovered = [one.layer for one in judged if one.is_uncovered]
    if not uncovered:
        return []
    cleared = [one.layer for one in judged if one.granting and not one.obstacles]
    if cleared and not (question.layers and question.act in GIVING):
        return []  # what stays in the house needs one permission, and no denial
    if cleared:
        return [
            _Obstacle(
                "rights-layer-not-cleared",
                f"{', '.join(cleared)} cleared, {layer} not",
                None,
                f"a statement that grants {question.act} for the layer {layer}",
            )
            for layer in uncovered
        ]
    if any(one.obstacles for one in judged):
        return []  # said already, and more to the point
    return _out_of_term(active, uncovered, question) or [_nobody_grants(active, question)]


def _out_of_term(
    active: Sequence[Statement], layers: Sequence[Layer], question: Question
) -> list[_Obstacle]:
    """Return the statements that would grant the act on another day."""
    obstacles = []
    for one in active:
        grant = one.acts.get(question.act)
        if grant is None or grant.restriction == "disallow" or not set(one.layers) & set(layers):
            continue
        # Whatever speaks, and yet covers no layer, is out of its term.
        if one.term.is_over(question.as_of):
            change = f"renewing {one.id}, or another basis"
            end = f"{one.id} ended on {one.term.end}"
            obstacles.append(_Obstacle("rights-expired", end, one.id, change))
        else:
            change = f"from {one.term.start} on, {one.id} grants it"
            start = f"{one.id} starts on {one.term.start}"
            obstacles.append(_Obstacle("rights-not-begun", start, one.id, change))
    return obstacles


def _nobody_grants(active: Sequence[Statement], question: Question) -> _Obstacle:
    ids = ", ".join(one.id for one in active)
    return _Obstacle(
        NOT_GRANTED.get(question.act, "rights-act-not-granted"),
        f"{ids} {'does' if len(active) == 1 else 'do'} not speak of {question.act}",
        active[0].id,
        f"a statement that grants {question.act}",
    )


def _denial(statement: Statement, granting: Sequence[Statement], question: Question) -> _Obstacle:
    if granting:
        detail = f"{granting[0].id} allows and {statement.id} forbids {question.act}"
        change = f"superseding {statement.id} or {granting[0].id}"
        return _Obstacle("rights-statements-conflict", detail, statement.id, change)
    code = NOT_GRANTED.get(question.act, "rights-act-not-granted")
    detail = f"{statement.id} forbids {question.act}"
    cases = statement.acts[question.act].cases
    if cases != DISALLOW.cases:
        detail += f" ({' or '.join(f'to {case_words(case)}' for case in cases)})"
    return _Obstacle(
        code, detail, statement.id, f"another statement in the place of {statement.id}"
    )


def _unmet(statement: Statement, question: Question) -> _Obstacle:
    granted = " or ".join(map(case_words, statement.acts[question.act].cases))
    place = f"/{question.territory}" if question.territory else ""
    return _Obstacle(
        NOT_GRANTED.get(question.act, "rights-act-not-granted"),
        f"{statement.id} does not grant {question.act} to {question.audience}{place}"
        f" (granted: {granted})",
        statement.id,
        f"{statement.id} grants it to {granted}",
    )


def _in_question(statement: Statement) -> _Obstacle:
    since = f" since {statement.since}" if statement.since else ""
    reference = f" ({shown(statement.reference)})" if statement.reference else ""
    detail = f"{statement.id} is {statement.status}{since}{reference}"
    return _Obstacle("rights-disputed", detail, statement.id, f"settling {statement.id}")


def _denied(obstacles: Sequence[_Obstacle]) -> Answer:
    reasons = tuple(dict.fromkeys(refusal(one.code, one.detail) for one in obstacles))
    changes = tuple(dict.fromkeys(one.change for one in obstacles))
    return Answer("deny", reasons, obstacles[0].statement, (), changes)


def _granted(granting: Sequence[Statement], question: Question) -> Answer:
    """Return the permission; of several the strictest decides, then the first by id."""
    by_strictness = sorted(
        dict.fromkeys(one.id for one in granting),
        key=lambda name: (_named(granting, name).acts[question.act].restriction == "allow", name),
    )
    deciding = _named(granting, by_strictness[0])
    conditional = deciding.acts[question.act].restriction == "conditional"
    conditions = dict.fromkeys(
        f"{one.id}: {case_words(case)}"
        for one in sorted(granting, key=lambda one: one.id)
        if one.acts[question.act].restriction == "conditional"
        for case in one.acts[question.act].cases
        if _fits(case, question)
    )
    ends = sorted(str(one.term.end) for one in granting if isinstance(one.term.end, date))
    changes = (f"after {ends[0]} a term is over",) if ends else ()
    verdict: Verdict = "conditional" if conditional else "allow"
    return Answer(verdict, (), deciding.id, tuple(conditions), changes)


def _named(statements: Sequence[Statement], name: str) -> Statement:
    return next(one for one in statements if one.id == name)


def case_words(case: Case) -> str:
    """Return whom and where a case is about, and its terms, in words."""
    words = f"{case.audience} in {', '.join(case.territory) or WORLD}"
    if case.max_copies is not None:
        words += f", at most {case.max_copies:,} copies"
    return f"{words}, {shown(case.note)}" if case.note else words


def refusal(code: str, detail: str = "") -> Reason:
    """Return the reason ``code`` at the level the table gives it."""
    return Reason(code, RULES[code].level, detail)
