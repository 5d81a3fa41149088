"""Answers: denial wins, the strictest layer decides, days are whole, and each answer says why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from policies.rights.decide import Question, decide
from policies.rights.model import ALLOW, DISALLOW, Case, Grant, Term
from policies.rights.words import ACTS, AUDIENCES, Act, Audience
from tests.policies.rights.scene import TODAY, ask, codes, granting, on_condition, statement

YESTERDAY, TOMORROW = TODAY - timedelta(1), TODAY + timedelta(1)


def test_what_no_statement_is_about_is_denied() -> None:
    answer = ask("replicate")
    assert (answer.verdict, answer.statement, codes(answer)) == (
        "deny", None, ["rights-none-applies"],
    )  # fmt: skip
    assert answer.changes == ("a statement about it that grants replicate",)


def test_a_superseded_statement_is_as_if_it_were_not_there() -> None:
    assert codes(ask("use", granting("use", status="superseded"))) == ["rights-none-applies"]
    forbidding = statement("R-0", acts={"use": DISALLOW}, status="superseded")
    assert ask("use", granting("use"), forbidding).allowed


@pytest.mark.parametrize("act", ACTS)
def test_what_is_not_granted_is_denied(act: Act) -> None:
    others = [other for other in ACTS if other != act]
    answer = ask(act, granting(*others))
    assert not answer.allowed
    assert answer.statement == "R-1"
    assert answer.changes == (f"a statement that grants {act}",)
    assert ask(act, granting(act)).verdict == "allow"


@pytest.mark.parametrize("status", ["disputed", "withdrawn"])
def test_a_statement_in_question_stops_every_act(status: str) -> None:
    doubtful = statement("R-2", status=status, since=YESTERDAY, reference="letter\n7")
    for act in ACTS:
        answer = ask(act, granting(*ACTS), doubtful)
        assert codes(answer) == ["rights-disputed"]
        assert answer.statement == "R-2"
    assert answer.reasons[0].detail == f"R-2 is {status} since 2026-06-14 (letter\\u000A7)"
    assert answer.changes == ("settling R-2",)


def test_every_day_of_a_term_is_included_and_no_other() -> None:
    one = granting("use", term=Term(TODAY, TODAY))
    assert ask("use", one).verdict == "allow"
    assert codes(ask("use", one, as_of=YESTERDAY)) == ["rights-not-begun"]
    assert codes(ask("use", one, as_of=TOMORROW)) == ["rights-expired"]


def test_an_end_that_is_open_or_unknown_does_not_come() -> None:
    for end in ("open", "unknown"):
        assert ask("use", granting("use", term=Term(None, end)), as_of=date.max).allowed


def test_an_answer_that_time_will_change_says_when() -> None:
    one = granting("use", term=Term(None, TOMORROW))
    assert ask("use", one).changes == ("after 2026-06-16 a term is over",)
    late = ask("use", one, as_of=TOMORROW + timedelta(1))
    assert late.changes == ("renewing R-1, or another basis",)
    early = ask("use", granting("use", term=Term(TOMORROW)))
    assert early.changes == ("from 2026-06-16 on, R-1 grants it",)
    assert early.reasons[0].detail == "R-1 starts on 2026-06-16"


def test_a_denial_out_of_its_term_denies_no_more() -> None:
    over = statement("R-2", acts={"use": DISALLOW}, term=Term(None, YESTERDAY))
    assert ask("use", granting("use"), over).verdict == "allow"
    assert codes(ask("use", over)) == ["rights-act-not-granted"]


def test_denial_wins_over_permission_and_the_contradiction_is_named() -> None:
    answer = ask("use", granting("use"), statement("R-2", acts={"use": DISALLOW}))
    assert codes(answer) == ["rights-statements-conflict"]
    assert answer.statement == "R-2"
    assert answer.reasons[0].detail == "R-1 allows and R-2 forbids use"
    assert answer.changes == ("superseding R-2 or R-1",)


def test_a_plain_denial_names_who_forbids() -> None:
    answer = ask("use", statement(acts={"use": DISALLOW}))
    assert codes(answer) == ["rights-act-not-granted"]
    assert answer.reasons[0].detail == "R-1 forbids use"


def test_a_denial_reaches_its_audience_and_all_wider_ones() -> None:
    grant = Grant("disallow", (Case("registered", ("US",)),))
    found = [granting("disseminate"), statement("R-2", acts={"disseminate": grant})]
    for audience in AUDIENCES:
        allowed = AUDIENCES.index(audience) < AUDIENCES.index("registered")
        assert ask("disseminate", *found, audience=audience, territory="US").allowed is allowed
        assert ask("disseminate", *found, audience=audience, territory="FR").allowed
        assert ask("disseminate", *found, audience=audience, territory="world").allowed is allowed
    alone = ask("disseminate", found[1], audience="public", territory="US")
    assert alone.reasons[0].detail == "R-2 forbids disseminate (to registered in US)"


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_permission_reaches_its_audience_and_all_narrower_ones(audience: Audience) -> None:
    one = statement(acts={"disseminate": on_condition(audience="registered")})
    answer = ask("disseminate", one, audience=audience, territory="world")
    assert answer.allowed is (AUDIENCES.index(audience) <= AUDIENCES.index("registered"))


def test_conditions_stand_in_the_answer() -> None:
    case = {"audience": "onsite", "territory": ("FR",), "note": "2 terminals", "max_copies": 1000}
    one = statement(acts={"disseminate": on_condition(**case)})
    answer = ask("disseminate", one, audience="onsite", territory="FR")
    assert answer.verdict == "conditional"
    assert answer.conditions == ("R-1: onsite in FR, at most 1,000 copies, 2 terminals",)
    refused = ask("disseminate", one, audience="public", territory="DE")
    assert codes(refused) == ["rights-export-not-granted"]
    assert refused.reasons[0].detail == (
        "R-1 does not grant disseminate to public/DE (granted: onsite in FR, at most 1,000 copies,"
        " 2 terminals)"
    )
    nowhere = ask("disseminate", one, audience="public")
    assert "to public (granted" in nowhere.reasons[0].detail


def test_one_case_of_several_is_enough() -> None:
    grant = Grant("conditional", (Case("onsite", ("FR",)), Case("public", ("BE",))))
    one = statement(acts={"disseminate": grant})
    answers = {
        (audience, place): ask("disseminate", one, audience=audience, territory=place).verdict
        for audience in ("onsite", "public")
        for place in ("FR", "BE", "DE")
    }
    assert answers == {
        ("onsite", "FR"): "conditional", ("onsite", "BE"): "conditional", ("onsite", "DE"): "deny",
        ("public", "FR"): "deny", ("public", "BE"): "conditional", ("public", "DE"): "deny",
    }  # fmt: skip
    best = ask("disseminate", one, audience="onsite", territory="BE")
    assert best.conditions == ("R-1: public in BE",)


def test_a_condition_wins_over_a_permission() -> None:
    narrow = statement("R-2", acts={"disseminate": on_condition(audience="onsite")})
    found = [granting("disseminate"), narrow]
    assert ask("disseminate", *found, audience="onsite").statement == "R-2"
    assert ask("disseminate", *found, audience="onsite").verdict == "conditional"
    assert not ask("disseminate", *found, audience="public").allowed


def test_an_embargo_keeps_dark_until_its_day() -> None:
    one = granting("disseminate", "distribute", "use", embargo_until=TODAY)
    assert ask("disseminate", one).allowed
    for act in ("disseminate", "distribute"):
        answer = ask(act, one, as_of=YESTERDAY)
        assert codes(answer) == ["rights-embargoed"]
        assert answer.changes == ("from 2026-06-15 on, the embargo of R-1 is over",)
    assert ask("use", one, as_of=YESTERDAY).allowed


SOUND = ("recording", "performance", "work")


def test_what_leaves_the_house_needs_every_layer_cleared() -> None:
    cleared = granting("disseminate", "replicate", layers=("recording", "performance"))
    answer = ask("disseminate", cleared, layers=SOUND)
    assert codes(answer) == ["rights-layer-not-cleared"]
    assert answer.statement is None
    assert answer.reasons[0].detail == "recording, performance cleared, work not"
    assert ask("replicate", cleared, layers=SOUND).allowed
    more = granting("disseminate", name="R-2", layers=("work",))
    assert ask("disseminate", cleared, more, layers=SOUND).allowed


def test_a_denial_on_one_layer_denies_the_whole() -> None:
    song = statement("R-2", acts={"replicate": DISALLOW}, layers=("work",))
    assert not ask("replicate", granting("replicate"), song, layers=SOUND).allowed
    assert ask("replicate", granting("replicate"), song, layers=("artwork",)).allowed
    assert not ask("replicate", granting("replicate"), song).allowed


def test_what_has_no_layer_of_its_own_takes_whatever_is_spoken_of() -> None:
    assert ask("disseminate", granting("disseminate", layers=("work",))).allowed


def test_statements_about_other_layers_grant_nothing() -> None:
    cover = granting("use", layers=("artwork",))
    assert codes(ask("use", cover, layers=SOUND)) == ["rights-act-not-granted"]


def test_all_that_stands_against_an_act_is_said() -> None:
    found = [
        granting("disseminate", embargo_until=TOMORROW, layers=("recording",)),
        statement("R-2", acts={"disseminate": on_condition(audience="staff")}, layers=("work",)),
    ]
    answer = ask("disseminate", *found, audience="public", layers=("recording", "work"))
    assert codes(answer) == ["rights-embargoed", "rights-export-not-granted"]
    assert answer.statement == "R-1"


def test_a_denied_layer_is_more_to_the_point_than_an_uncovered_one() -> None:
    song = statement("R-2", acts={"disseminate": DISALLOW}, layers=("work",))
    answer = ask("disseminate", song, layers=("recording", "work"))
    assert codes(answer) == ["rights-export-not-granted"]


def test_the_strictest_of_several_permissions_decides() -> None:
    found = [granting("use"), statement("R-2", acts={"use": on_condition(note="ask first")})]
    answer = decide(found, Question("use", TODAY))
    assert (answer.verdict, answer.statement) == ("conditional", "R-2")
    assert decide(
        [granting("use", name="R-3"), granting("use")], Question("use", TODAY)
    ).statement == ("R-1")


def test_two_statements_that_do_not_speak_of_an_act_are_both_named() -> None:
    answer = ask("delete", granting("use"), granting("use", name="R-2"))
    assert answer.reasons[0].detail == "R-1, R-2 do not speak of delete"
    assert ALLOW.cases == (Case("public"),)


def test_only_what_would_grant_on_another_day_is_named_for_its_term() -> None:
    over = granting("use", term=Term(None, YESTERDAY), layers=("recording",))
    other = granting("use", name="R-2", term=Term(None, YESTERDAY), layers=("artwork",))
    answer = ask("use", over, other, layers=SOUND)
    assert [reason.detail for reason in answer.reasons] == ["R-1 ended on 2026-06-14"]
