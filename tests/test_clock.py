"""File times are written so that nothing of them is lost."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.clock import parse_utc, parse_utc_ns, utc_text, utc_text_ns


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_comes_back_to_the_second(moment: datetime) -> None:
    assert parse_utc(utc_text(moment)) == moment.replace(microsecond=0)
    assert len(utc_text(moment)) == 20


@pytest.mark.parametrize(
    "text",
    ["", "2026-01-01", "2026-01-01T00:00:00+", "2026-W01-1T00:00:00Z", "2026-02-30T00:00:00Z",
     "2026-01-01T00:00:0xZ", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00.5Z"],
)  # fmt: skip
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_utc(text)


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
