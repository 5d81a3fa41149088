"""Pauses: which hold, for what, and that each ends by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from policies.model import Fixity
from policies.pauses import Pause, Pauses, longest_pause

_NOW = datetime(2026, 6, 1, 22, tzinfo=UTC)
_DAY = timedelta(days=1)


def paused(days: float, bag: str | None = None, tier: str | None = None, seq: int = 1) -> Pause:
    """A pause that began yesterday and ends so many days from now."""
    return Pause(bag, tier, _NOW - _DAY, _NOW + days * _DAY, "a day", "moving", seq, "ann")


def test_a_pause_holds_for_what_it_names_and_the_one_that_ends_last_counts() -> None:
    whole, tape, one = paused(1), paused(3, tier="tape"), paused(2, bag="a")
    only = Pauses([tape, one], _NOW)
    assert only.of_tier("tape") == tape
    assert only.of_tier("default") is None
    assert only.of_bag("a", "default") == one
    assert only.of_bag("a", "tape") == tape
    assert only.of_bag("b", "default") is None
    assert only.bags == (one,)
    every = Pauses([whole, tape, one], _NOW)
    assert (every.of_tier("default"), every.of_bag("a", "default")) == (whole, one)


@given(st.floats(-5, 5), st.floats(0, 5))
def test_a_pause_ends_by_itself_and_not_before(ends: float, later: float) -> None:
    one = paused(ends)
    at = _NOW + later * _DAY
    assert bool(Pauses([one], at).all) is (at < one.until)
    assert not Pauses([one], one.since - timedelta(seconds=1)).all


def test_the_longest_pause_is_what_the_policy_says_and_is_never_without_an_end() -> None:
    assert longest_pause(Fixity()) == timedelta(days=90)
    assert longest_pause(Fixity(longest_pause="2 weeks")) == timedelta(days=14)
