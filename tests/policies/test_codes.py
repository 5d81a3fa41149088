"""The table of reason codes is complete and speaks one language."""

from __future__ import annotations

import re

import pytest

from policies.bases import BASES, NEED_A_NOTE
from policies.codes import (
    ADMISSION,
    CONTENT,
    CONVERSION,
    LEVELS,
    PROFILES,
    RIGHTS,
    RULES,
    SOURCE,
    Rule,
)


def test_no_code_stands_in_the_table_twice() -> None:
    tables = (ADMISSION, SOURCE, RIGHTS, CONTENT, CONVERSION, PROFILES)
    assert len(RULES) == sum(map(len, tables))


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.code)
def test_every_row_says_what_why_and_what_to_do(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.code)
    assert rule.level in LEVELS
    assert rule.sentence
    assert not rule.sentence.endswith(".")
    assert rule.source
    assert rule.advice.endswith((".", "2024-05-01"))
    assert "{" not in rule.sentence.replace("{detail}", "") + rule.advice


def test_what_is_fixed_is_exactly_what_refuses_by_default() -> None:
    """But for what is asked of contents, where an institution may well be more lenient."""
    others = [rule for rule in RULES.values() if rule not in CONTENT]
    assert all(rule.fixed == (rule.level == "refuse") for rule in others)


def test_without_rights_the_advice_names_every_basis_and_shows_a_file() -> None:
    advice = RULES["rights-missing"].advice
    assert all(basis in advice for basis in BASES)
    assert "[rights]" in advice
    assert "--basis own-production" in advice


def test_the_bases_that_need_a_note_are_bases() -> None:
    assert set(BASES) >= NEED_A_NOTE
