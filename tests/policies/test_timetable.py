"""Timetables: when the next run begins, and how long silence is borne."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from policies.timetable import timetable

WEDNESDAY = datetime(2026, 11, 25, 20, 0)


@pytest.mark.parametrize(
    ("at", "on", "following", "gap"),
    [
        ("02:30", "", datetime(2026, 11, 26, 2, 30), 1),
        ("20:00", "", datetime(2026, 11, 26, 20, 0), 1),
        ("20:01", "", datetime(2026, 11, 25, 20, 1), 1),
        ("02:30", "wed", datetime(2026, 12, 2, 2, 30), 7),
        ("02:30", "Monday, thu", datetime(2026, 11, 26, 2, 30), 4),
        ("02:30", "sat,sun", datetime(2026, 11, 28, 2, 30), 6),
    ],
)
def test_the_next_beginning_and_the_longest_gap(
    at: str, on: str, following: datetime, gap: int
) -> None:
    table = timetable(at, on)
    assert table.next_after(WEDNESDAY) == following
    assert table.longest_gap == timedelta(days=gap)
    assert table.patience == timedelta(days=2 * gap)


@pytest.mark.parametrize(
    ("at", "on"), [("24:00", ""), ("2", ""), ("02:3", ""), ("two:00", ""), ("02:30", "someday")]
)
def test_what_is_no_timetable_is_refused(at: str, on: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        timetable(at, on)


@pytest.mark.parametrize(
    ("on", "words"), [("", "02:30 every day"), ("thu,mon", "02:30 mon,thu"), ("sun", "02:30 sun")]
)
def test_a_timetable_is_said_in_words(on: str, words: str) -> None:
    assert timetable("02:30", on).in_words() == words
