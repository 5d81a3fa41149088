"""Another cadence or budget, tried on what is held."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.cadence import History
from policies.model import Fixity
from policies.pauses import Pause, Pauses
from policies.what_if import Projection, Standing, WishError, changed, project

_NOW = datetime(2026, 6, 1, 22, tzinfo=UTC)
_RULES = Fixity(
    tiers={"tape": ("tape-*",)},
    after_sealing=("1 day", "30 days"),
    cadence={"default": "90 days", "tape": "1 year"},
    budget_time="8 hours",
)


def bags(*ages: tuple[str, int, int]) -> list[History]:
    """Bags (name, bytes, days since the last check), sealed long ago."""
    sealed = _NOW - timedelta(days=3000)
    return [
        History(name, "", sealed, _NOW - timedelta(days=age), False, size)
        for name, size, age in ages
    ]


def tried(pace: float | None, wishes: dict[str, str], *ages: tuple[str, int, int]) -> Projection:
    """What would become of bags with some wishes granted."""
    return project(bags(*ages), changed(_RULES, wishes), _standing(pace))


def _standing(pace: float | None, *pauses: Pause, **asked: datetime) -> Standing:
    """A rate at which so many bytes can be read in the eight hours of a night."""
    rate = None if pace is None else pace / (8 * 3600)
    return Standing(_NOW, UTC, rate, Pauses(pauses, _NOW), asked)


def test_a_shorter_cadence_needs_more_and_makes_what_is_older_overdue() -> None:
    held = (("a", 900, 50), ("tape-b", 3650, 50))
    now = tried(100.0, {}, *held)
    assert now.needed == pytest.approx(10 + 10)
    assert now.overdue_bags == 0
    assert now.round_days == pytest.approx(45.5)
    other = tried(100.0, {"cadence": "45d"}, *held)
    assert other.needed == pytest.approx(20 + 3650 / 45)
    assert (other.overdue_bags, other.overdue_bytes) == (2, 4550)
    assert other.forecast is not None
    assert (other.forecast.closes, other.forecast.breach) == (False, _NOW.date())
    only_tape = tried(100.0, {"cadence.tape": "2 years"}, *held)
    assert only_tape.needed == pytest.approx(10 + 5)


def test_each_tier_says_its_first_and_its_longest_interval() -> None:
    told = tried(None, {}, ("a", 1, 1), ("tape-b", 2, 1), ("tape-c", 3, 1))
    default, tape = told.tiers
    assert (default.name, default.first_days, default.longest_days) == ("default", 1, 90)
    assert (tape.bags, tape.bytes, tape.longest_days) == (2, 5, 365)
    assert (told.pace, told.forecast, told.round_days) == (None, None, None)
    soon = project(bags(("a", 1, 1)), Fixity(cadence={"default": "30 days"}), _standing(None))
    assert (soon.tiers[0].first_days, soon.tiers[0].longest_days) == (30, 30)


def test_where_no_check_is_promised_nothing_is_needed() -> None:
    told = project(bags(("a", 5, 5000)), Fixity(), _standing(10.0))
    assert (told.needed, told.overdue_bags, told.tiers[0].longest_days) == (0, 0, None)
    assert told.forecast is not None
    assert told.forecast.closes


def test_the_day_a_cadence_breaks_is_told() -> None:
    told = tried(10.0, {}, ("a", 300, 80))
    assert told.forecast is not None
    assert told.forecast.breach == date(2026, 6, 11)


def test_budget_and_jitter_can_be_tried_too() -> None:
    assert changed(_RULES, {"budget": "4h"}).budget_time == "4h"
    assert changed(_RULES, {"budget": "2 TB"}).budget_size == "2 TB"
    assert changed(_RULES, {"budget": "none"}).budget_time == ""
    assert changed(_RULES, {"jitter": "12.5"}).jitter == 12.5
    assert changed(_RULES, {}) is _RULES


def test_blackout_windows_can_be_tried_too_and_cost_the_hours_they_close() -> None:
    kept = msgspec.structs.replace(_RULES, blackouts={"tape": ("sat",)})
    assert changed(kept, {"blackout": "none"}).blackouts == {"default": ()}
    own = {"default": ("mon-fri 07:00-19:00",), "tape": ("sat",)}
    assert changed(kept, {"blackout.default": "mon-fri 07:00-19:00"}).blackouts == own
    held = (("a", 900, 50), ("tape-b", 3650, 50))
    told = tried(100.0, {"blackout": "00:00-20:00"}, *held)
    assert told.pace == pytest.approx(50)
    assert told.round_days == pytest.approx(91)


def test_what_was_asked_for_is_due_and_what_is_paused_waits_for_the_end_of_its_pause() -> None:
    held = bags(("a", 300, 10), ("tape-b", 5, 10))
    asked = project(held, _RULES, _standing(10.0, tape=_NOW - timedelta(days=1)))
    assert (asked.overdue_bags, asked.overdue_bytes) == (1, 5)
    all_of_it = Standing(_NOW, UTC, 1.0, Pauses((), _NOW), {"": _NOW - timedelta(days=1)})
    assert project(held, _RULES, all_of_it).overdue_bags == 2
    pause = Pause("a", None, _NOW, _NOW + timedelta(days=85), "a day", "moving", 1, "ann")
    told = project(held, _RULES, _standing(100.0, pause)).forecast
    assert told is not None
    assert told.breach == date(2026, 8, 20)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cadence", "soon"), ("cadence", "0d"), ("budget", "90d"), ("jitter", "51"),
        ("jitter", "-1"), ("blackout", "often"), ("tiers", "1d"), ("", ""),
    ],
)  # fmt: skip
def test_what_is_no_wish_is_said_to_be_none(name: str, value: str) -> None:
    with pytest.raises(WishError, match=f"{name}={value}"):
        changed(_RULES, {name: value})


_BAGS = st.lists(
    st.tuples(st.sampled_from(["a", "b", "tape-c"]), st.integers(1, 999), st.integers(0, 800)),
    min_size=1,
    max_size=20,
)


@given(_BAGS, st.integers(1, 400), st.integers(1, 400), st.floats(1, 1e6))
def test_a_longer_cadence_never_asks_for_more(
    held: list[tuple[str, int, int]], days: int, more: int, pace: float
) -> None:
    short = tried(pace, {"cadence": f"{days}d"}, *held)
    long = tried(pace, {"cadence": f"{days + more}d"}, *held)
    assert long.needed < short.needed
    assert long.overdue_bytes <= short.overdue_bytes
    assert sum(tier.bytes for tier in short.tiers) == sum(size for _, size, _ in held)
