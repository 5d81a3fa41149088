"""What can be read on a day, and what becomes of a cadence where hours are closed."""

from __future__ import annotations

from datetime import UTC, date, timedelta

import pytest

from policies.forecast import Demand, Tier
from policies.model import Fixity
from policies.pace import foreseen, pace_of

_MONDAY = date(2026, 11, 23)
_DAY = timedelta(days=1)
_CLOSED = Fixity(
    cadence={"default": "100 days"},
    blackouts={"default": ("mon-fri 04:00-24:00", "sat,sun", "2026-11-24"), "tape": ()},
)


def test_nothing_is_known_before_anything_was_measured_or_said() -> None:
    assert pace_of(Fixity(), None, UTC) is None
    assert foreseen({}, [], Fixity(), None, UTC, _MONDAY) is None


def test_a_run_reads_as_long_as_it_may_and_as_much_as_it_may() -> None:
    pace = pace_of(Fixity(budget_time="2 h", budget_size="1 MB"), 100.0, UTC, ["default"])
    assert pace is not None
    assert pace.usual == pace.on(_MONDAY) == 720_000
    assert pace_of(Fixity(budget_size="1 kB"), 100.0, UTC).usual == 1000  # type: ignore[union-attr]
    assert pace_of(Fixity(), 1.0, UTC).usual == 86_400  # type: ignore[union-attr]


def test_closed_hours_are_lost_and_named_days_only_once() -> None:
    pace = pace_of(_CLOSED, 1.0, UTC, ["default"])
    assert pace is not None
    week = [pace.on(_MONDAY + n * _DAY) for n in range(7)]
    assert week == [4 * 3600, 0, 4 * 3600, 4 * 3600, 4 * 3600, 0, 0]
    assert pace.usual == pytest.approx(5 * 4 * 3600 / 7)
    sized = pace_of(Fixity(blackouts=_CLOSED.blackouts, budget_size="1 kB"), None, UTC, ["default"])
    assert sized is not None
    assert [sized.on(_MONDAY), sized.on(_MONDAY + _DAY)] == [1000, 0]


def test_hours_are_lost_to_all_only_where_every_tier_is_closed() -> None:
    both = pace_of(_CLOSED, 1.0, UTC, ["default", "tape"])
    assert both is not None
    assert both.on(_MONDAY + _DAY) == 86_400


def test_a_tier_that_is_closed_breaks_its_cadence_while_another_has_time_to_spare() -> None:
    tiers = [Tier("default", 10_000, 100), Tier("tape", 10, 100)]
    soon = {"default": [Demand(_MONDAY + _DAY, 15_000, _MONDAY)]}
    told = foreseen(soon, tiers, _CLOSED, 1.0, UTC, _MONDAY)
    assert told is not None
    assert (told.breach, told.missing, told.closes) == (_MONDAY + _DAY, 600, True)
    free = foreseen(soon, tiers, Fixity(), 1.0, UTC, _MONDAY)
    assert free is not None
    assert free.breach is None
    busy = [Tier("default", 10_000_000, 100), Tier("tape", 10, 100)]
    told = foreseen({}, busy, _CLOSED, 2.0, UTC, _MONDAY)
    assert told is not None
    assert told.pace > told.needed
    assert (told.breach, told.closes) == (None, False)


def test_what_cannot_be_begun_before_it_is_due_is_broken_on_that_day() -> None:
    late = {"default": [Demand(_MONDAY + 2 * _DAY, 5, _MONDAY + 9 * _DAY)]}
    told = foreseen(late, [Tier("default", 5, 100)], Fixity(), 1.0, UTC, _MONDAY)
    assert told is not None
    assert (told.breach, told.missing) == (_MONDAY + 2 * _DAY, 5)
