"""Recording codes compare however they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.isrc import is_plain_isrc, normal_isrc


@pytest.mark.parametrize(
    "text",
    [
        "DEA122600001",
        "de-a12-26-00001",
        "ISRC DE A12 26 00001",
        "isrc:de\u2011a12\u201126\u201100001",
        " DE‐A12‐26‐OOOOI ",
        "DEA1226OOOO1",
        "DEA12260000l",
    ],
)
def test_a_code_has_one_form_however_it_is_written(text: str) -> None:
    assert normal_isrc(text) == "DEA122600001"


def test_letters_and_digits_in_the_registrant_stay_as_they_are() -> None:
    assert normal_isrc("us-o0i-26-00001") == "USO0I2600001"


@pytest.mark.parametrize("text", ["", "ISRC", "DEA12260000", "DEA1226000012", "DEA12X600001"])
def test_what_has_not_the_form_of_a_code_is_none(text: str) -> None:
    assert normal_isrc(text) is None


def test_only_what_needs_no_guessing_is_plainly_a_code() -> None:
    assert is_plain_isrc("de-a12-26-00001")
    assert not is_plain_isrc("DEA1226OOOO1")


@given(st.text())
def test_the_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    code = normal_isrc(text)
    assert code is None or normal_isrc(code) == code
