"""Rights: no source without a basis, and a basis that says which."""

from __future__ import annotations

import pytest

from policies.codes import RULES
from policies.rights import (
    BASES,
    NEED_A_NOTE,
    RightsMistakes,
    RightsStatement,
    judge_rights,
    parse_rights_file,
)


def codes(statement: RightsStatement | None, *accepted: str) -> list[str]:
    reasons = judge_rights(statement, accepted or tuple(BASES))
    assert all(reason.level == "refuse" for reason in reasons)
    return [reason.code for reason in reasons]


def mistakes(text: str) -> list[str]:
    with pytest.raises(RightsMistakes) as caught:
        parse_rights_file(text.encode())
    return [str(mistake) for mistake in caught.value.mistakes]


def test_without_a_statement_nothing_comes_in() -> None:
    (reason,) = judge_rights(None)
    assert reason.code == "rights-missing"
    assert "--basis" in reason.advice


@pytest.mark.parametrize("basis", sorted(set(BASES) - NEED_A_NOTE))
def test_some_bases_speak_for_themselves(basis: str) -> None:
    assert codes(RightsStatement(basis)) == []


@pytest.mark.parametrize("basis", sorted(NEED_A_NOTE))
@pytest.mark.parametrize("note", [None, "", " \t"])
def test_other_bases_need_a_note(basis: str, note: str | None) -> None:
    assert codes(RightsStatement(basis, note)) == ["rights-note-missing"]
    assert codes(RightsStatement(basis, "CC BY 4.0")) == []


def test_an_unknown_basis_is_refused() -> None:
    assert codes(RightsStatement("finders-keepers")) == ["rights-basis-unknown"]


def test_a_basis_the_policy_does_not_accept_is_refused() -> None:
    assert codes(RightsStatement("statute", "§ 60f"), "licence") == ["rights-basis-not-accepted"]
    assert codes(RightsStatement("licence", "CC0"), "licence") == []


@pytest.mark.parametrize("day", ["2024-5-1", "2024-02-30", "20240501", "1 May", "2024-05-01T00"])
def test_a_date_is_a_day_of_the_calendar(day: str) -> None:
    assert codes(RightsStatement("own-production", date=day)) == ["rights-date-malformed"]
    assert codes(RightsStatement("own-production", date="2024-02-29")) == []


def test_everything_wrong_with_a_statement_is_said_at_once() -> None:
    found = codes(RightsStatement("licence", date="soon"), "statute")
    assert found == ["rights-basis-not-accepted", "rights-note-missing", "rights-date-malformed"]


@pytest.mark.parametrize("day", ["2024-05-01", '"2024-05-01"'])
def test_a_rights_file_is_read(day: str) -> None:
    text = f'[rights]\nbasis = "licence"\nnote = "CC BY-SA 4.0"\ndate = {day}\n'
    statement = RightsStatement("licence", "CC BY-SA 4.0", "2024-05-01")
    assert parse_rights_file(text.encode()) == statement


def test_the_example_in_the_advice_is_a_rights_file() -> None:
    advice = RULES["rights-missing"].advice
    found = parse_rights_file(advice[advice.index("[rights]") :].encode())
    assert isinstance(found, RightsStatement)
    assert found.basis == "licence"


def test_note_and_date_may_be_left_out_where_the_basis_allows_it() -> None:
    assert parse_rights_file(b'[rights]\nbasis = "public-domain"') == RightsStatement(
        "public-domain"
    )


def test_every_mistake_in_a_rights_file_is_reported_at_once() -> None:
    found = mistakes('x = 1\n[rights]\nbasis = "licence"\nnote = 3\ndate = "2024"\nfoo = 1\n')
    assert [line.split(":")[0] for line in found] == [
        "x",
        "rights.foo",
        "rights.note",
        "rights.date",
    ]


def test_a_missing_note_is_reported_at_its_key() -> None:
    (found,) = mistakes('[rights]\nbasis = "donor"\n')
    assert found.startswith("rights.note: the rights basis donor needs a note")


def test_a_misspelt_basis_is_answered_with_the_right_one() -> None:
    assert mistakes('[rights]\nbasis = "license"\n') == [
        "rights.basis: 'license' is not known (did you mean licence?)"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the rights file is empty"),
        ("rights = 1", "rights: must be a table"),
        ("[rights]", "rights.basis: this key is missing"),
        ("[rights", "not TOML"),
    ],
)
def test_a_file_that_is_no_rights_file_is_refused(text: str, expected: str) -> None:
    (found,) = mistakes(text)
    assert found.startswith(expected)
