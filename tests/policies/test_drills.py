"""When the policy wants the next fire drill."""

from __future__ import annotations

from datetime import datetime

from policies.drills import due_from

HELD = datetime(2026, 3, 1)


def test_a_drill_is_due_the_policys_time_after_the_last_one() -> None:
    assert due_from(HELD, "1 year") == datetime(2027, 3, 1)
    assert due_from(HELD, "30 days") == datetime(2026, 3, 31)


def test_where_the_policy_asks_for_none_none_is_due() -> None:
    assert due_from(HELD, "") is None
