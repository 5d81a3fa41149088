"""Blackout windows: what is closed when, also on the nights that clocks are changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.blackouts import Blackouts, blackouts_of, window
from policies.model import Fixity

_ZURICH = ZoneInfo("Europe/Zurich")
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


def closed(*texts: str, zone: str = "Europe/Zurich") -> Blackouts:
    """Windows, as a policy has them."""
    return Blackouts(map(window, texts), ZoneInfo(zone))


@pytest.mark.parametrize(
    ("text", "moment", "holds"),
    [
        ("mon-fri 07:00-19:00", "2026-11-25 07:00", True),
        ("mon-fri 07:00-19:00", "2026-11-25 06:59", False),
        ("mon-fri 07:00-19:00", "2026-11-25 19:00", False),
        ("mon-fri 07:00-19:00", "2026-11-28 12:00", False),
        ("fri-mon", "2026-11-29 12:00", True),
        ("fri-mon", "2026-11-26 12:00", False),
        ("sat,sun", "2026-11-28 00:00", True),
        ("wed 22:00-06:00", "2026-11-26 05:59", True),
        ("wed 22:00-06:00", "2026-11-25 05:59", False),
        ("20:00-24:00", "2026-11-25 23:59", True),
        ("20:00-24:00", "2026-11-25 00:00", False),
        ("2026-12-24..2027-01-02", "2027-01-02 23:59", True),
        ("2026-12-24..2027-01-02", "2027-01-03 00:00", False),
        ("2026-12-24 08:00-10:00", "2026-12-24 09:00", True),
        ("2026-12-24 08:00-10:00", "2027-12-24 09:00", False),
    ],
)
def test_a_window_holds_by_the_clock_on_the_wall(text: str, moment: str, holds: bool) -> None:
    wall = datetime.fromisoformat(moment).replace(tzinfo=_ZURICH)
    found = closed(text).at(wall.astimezone(UTC))
    assert (found is not None) is holds
    assert found is None or found.text == text


@pytest.mark.parametrize(
    "text",
    [
        "", "mon-", "someday", "25:00-26:00", "07:60-08:00", "07:00-07:00", "2026-02-30",
        "2026-12-24..2026-12-23", "mon 7-19", "mon  07:00-19:00",
    ],
)  # fmt: skip
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        window(text)


def test_an_hour_that_comes_twice_is_closed_twice_and_one_left_out_not_at_all() -> None:
    small = closed("02:15-02:45")
    minutes = [datetime(2026, 10, 25, tzinfo=UTC) + n * _MINUTE for n in range(180)]
    assert sum(small.at(one) is not None for one in minutes) == 60
    minutes = [datetime(2026, 3, 29, tzinfo=UTC) + n * _MINUTE for n in range(180)]
    assert sum(small.at(one) is not None for one in minutes) == 0


_TEXTS = st.sampled_from(
    ["mon-fri 07:00-19:00", "22:00-06:00", "01:30-02:30", "02:15-03:15", "sat,sun", "2026-03-29",
     "2026-10-24..2026-10-26 00:00-12:00", "sun 23:00-01:00"]
)  # fmt: skip
_NEAR = st.sampled_from([datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)])


@given(
    st.lists(_TEXTS, min_size=1, max_size=3),
    st.sampled_from(["Europe/Zurich", "UTC", "America/New_York", "Australia/Lord_Howe"]),
    _NEAR,
    st.integers(0, 3 * 24 * 60),
)
def test_it_is_open_again_at_the_first_minute_that_no_window_holds(
    texts: list[str], zone: str, day: datetime, minute: int
) -> None:
    windows = closed(*texts, zone=zone)
    begun = day + minute * _MINUTE
    until = windows.open_from(begun)
    assert until is not None
    assert windows.at(until) is None
    expected = begun
    while windows.at(expected) is not None:
        expected += _MINUTE
    assert until == expected


def test_what_is_closed_for_ever_is_never_open_again() -> None:
    assert closed("mon-sun").open_from(datetime(2026, 1, 1, tzinfo=UTC)) is None


@given(st.lists(_TEXTS, max_size=3), st.dates(date(2026, 1, 1), date(2027, 1, 1)))
def test_the_closed_minutes_of_a_day_are_those_at_which_a_window_holds(
    texts: list[str], day: date
) -> None:
    windows = closed(*texts, zone="UTC")
    begun = datetime(day.year, day.month, day.day, tzinfo=UTC)
    held = sum(windows.at(begun + n * 15 * _MINUTE) is not None for n in range(96))
    assert held * 15 == windows.closed(day).bit_count()


def test_named_days_are_not_what_is_usual() -> None:
    windows = closed("sat", "2026-11-25")
    assert windows.closed(date(2026, 11, 25)).bit_count() == 1440
    assert windows.closed(date(2026, 11, 25), usual=True) == 0
    assert closed("20:00-04:00").closed(date.min).bit_count() == 240


def test_a_tier_without_windows_of_its_own_has_those_of_the_default_one() -> None:
    rules = Fixity(blackouts={"default": ("sat",), "tape": ()})
    saturday = datetime(2026, 11, 28, 12, tzinfo=UTC)
    assert blackouts_of("disk", rules, UTC).at(saturday) is not None
    assert blackouts_of("tape", rules, UTC).at(saturday) is None
    assert blackouts_of("disk", Fixity(), UTC).at(saturday) is None
