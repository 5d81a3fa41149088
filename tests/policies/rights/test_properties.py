"""Properties of every answer, whatever the statements: they are tried by the hundred."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from policies.rights.commands import COMMANDS, Circumstances, judge_command
from policies.rights.decide import Answer, Question, decide
from policies.rights.model import ALLOW, DISALLOW, Case, Grant, Statement, Term
from policies.rights.words import ACTS, AUDIENCES, LAYERS, STATUSES
from tests.policies.rights.scene import TODAY

_DAYS = st.integers(-40, 40).map(lambda days: TODAY + timedelta(days))
_PLACES = st.lists(st.sampled_from(["FR", "DE", "US", "EU", "world"]), max_size=2).map(tuple)
_CASES = st.lists(
    st.builds(Case, st.sampled_from(AUDIENCES), _PLACES, st.none(), st.none()),
    min_size=1,
    max_size=2,
).map(tuple)
_GRANTS = st.one_of(
    st.just(ALLOW),
    st.just(DISALLOW),
    st.builds(Grant, st.sampled_from(["conditional", "disallow"]), _CASES),
)
_DENIALS = st.one_of(st.just(DISALLOW), st.builds(Grant, st.just("disallow"), _CASES))
_TERMS = st.one_of(
    st.just(Term(None, "open")),
    st.tuples(_DAYS, _DAYS).map(lambda days: Term(min(days), max(days))),
)


def _statements(grants: st.SearchStrategy[Grant] = _GRANTS) -> st.SearchStrategy[Statement]:
    return st.builds(
        Statement,
        id=st.integers(0, 10_000).map(lambda number: f"R-{number}"),
        basis=st.just("license"),
        acts=st.dictionaries(st.sampled_from(list(ACTS)), grants, max_size=4),
        status=st.sampled_from([*STATUSES, "active", "active", "active"]),
        layers=st.sets(st.sampled_from(LAYERS), min_size=1).map(sorted).map(tuple),
        term=_TERMS,
        embargo_until=st.none() | _DAYS,
    )


_FOUND = st.lists(_statements(), max_size=4, unique_by=lambda one: one.id)
_QUESTIONS = st.builds(
    Question,
    st.sampled_from(list(ACTS)),
    _DAYS,
    st.sampled_from(AUDIENCES),
    st.sampled_from([None, "FR", "EU", "world"]),
    st.sampled_from([(), ("recording", "performance", "work"), ("artwork",)]),
)
_RANK = {"deny": 0, "conditional": 1, "allow": 2}


@given(_FOUND, _statements(_DENIALS), _QUESTIONS)
def test_a_denying_statement_never_widens_what_is_allowed(
    found: list[Statement], denying: Statement, question: Question
) -> None:
    denying = replace(denying, id="R-x")
    before, after = decide(found, question), decide([*found, denying], question)
    assert _RANK[after.verdict] <= _RANK[before.verdict]


@given(_FOUND, _QUESTIONS, st.randoms(use_true_random=False))
def test_the_order_of_statements_plays_no_part(
    found: list[Statement], question: Question, dice: Any
) -> None:
    mixed = list(found)
    dice.shuffle(mixed)
    assert decide(mixed, question) == decide(found, question)
    for command in ("derive", "export", "share", "purge"):
        known = Circumstances(copies=2, personal_fields=("OWNE",), derivative=True)
        assert judge_command(command, mixed, question, known) == judge_command(
            command, found, question, known
        )


@given(_FOUND, _QUESTIONS)
def test_every_day_has_one_answer_and_it_only_changes_where_a_day_is_named(
    found: list[Statement], question: Question
) -> None:
    named = {TODAY}
    for one in found:
        end = one.term.end
        named |= {one.term.start or TODAY, one.embargo_until or TODAY}
        named |= {end + timedelta(1)} if isinstance(end, date) else set()
    last: Answer | None = None
    for offset in range(-45, 46):
        day = TODAY + timedelta(offset)
        answer = decide(found, replace(question, as_of=day))
        assert answer == decide(found, replace(question, as_of=day))
        if last is not None and day not in named:
            assert answer.verdict == last.verdict
        last = answer


@given(_FOUND, _QUESTIONS)
def test_a_narrower_audience_is_never_worse_off(found: list[Statement], question: Question) -> None:
    answers = [decide(found, replace(question, audience=audience)) for audience in AUDIENCES]
    allowed = [answer.allowed for answer in answers]
    assert allowed == sorted(allowed, reverse=True)


@given(_FOUND, _QUESTIONS)
def test_an_answer_always_says_why_and_who_decided(
    found: list[Statement], question: Question
) -> None:
    answer = decide(found, question)
    if answer.verdict == "deny":
        assert answer.reasons
        assert answer.changes
        assert all(reason.level == "refuse" for reason in answer.reasons)
        assert all("{" not in reason.sentence for reason in answer.reasons)
    else:
        assert answer.statement in {one.id for one in found}
        assert not answer.reasons


@given(_FOUND, _QUESTIONS)
def test_reading_to_verify_is_never_blocked(found: list[Statement], question: Question) -> None:
    assert COMMANDS["verify"] == ()
    assert judge_command("verify", found, question).verdict == "allow"
