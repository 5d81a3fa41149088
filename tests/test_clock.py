"""File times are written so that nothing of them is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.clock import parse_utc_ns, utc_text_ns


@given(st.integers(min_value=-(2**80), max_value=2**80))
def test_every_file_time_comes_back_as_it_was(nanoseconds: int) -> None:
    assert parse_utc_ns(utc_text_ns(nanoseconds)) == nanoseconds


def test_a_file_time_is_plain_iso_8601_where_a_calendar_reaches() -> None:
    assert utc_text_ns(-1) == "1969-12-31T23:59:59.999999999Z"
    assert utc_text_ns(253402300800 * 10**9) == "@253402300800.000000000"


@pytest.mark.parametrize(
    "text", ["", "2026-01-01T00:00:00Z", "@1.5", "@1.000000000Z", "x.123456789Z"]
)
def test_what_is_no_file_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_utc_ns(text)
