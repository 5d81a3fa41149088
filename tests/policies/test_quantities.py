"""Lengths of time and sizes, as people write them."""

from __future__ import annotations

import re

import pytest

from policies.quantities import (
    HOURS_PATTERN,
    SIZE_PATTERN,
    TIME_PATTERN,
    days,
    minutes,
    size_in_bytes,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1 day", 1), ("90 days", 90), ("90d", 90), ("2 weeks", 14), ("6 months", 180),
     ("1 year", 365), ("10y", 3650)],
)  # fmt: skip
def test_a_length_of_time_is_a_number_of_days(text: str, expected: int) -> None:
    assert re.search(TIME_PATTERN, text)
    assert days(text) == expected


@pytest.mark.parametrize(("text", "expected"), [("30 min", 30), ("1 hour", 60), ("8 hours", 480)])
def test_a_time_in_hours_is_a_number_of_minutes(text: str, expected: int) -> None:
    assert re.search(HOURS_PATTERN, text)
    assert minutes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1 bytes", 1), ("2 kB", 2_000), ("5 TB", 5 * 10**12), ("1 PB", 10**15), ("1 KiB", 1024),
     ("3 MiB", 3 << 20), ("4GiB", 4 << 30), ("1 TiB", 1 << 40)],
)  # fmt: skip
def test_a_size_is_a_number_of_bytes(text: str, expected: int) -> None:
    assert re.search(SIZE_PATTERN, text)
    assert size_in_bytes(text) == expected


@pytest.mark.parametrize(
    "text", ["", "0 days", "days", "-1 day", "1 fortnight", "1 day\n2", "1.5 y"]
)
def test_anything_else_is_no_length_of_time(text: str) -> None:
    assert not re.search(TIME_PATTERN, text)
