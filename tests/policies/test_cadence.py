"""Cadence, choice and forecast: years of nights under a clock of our own."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.blackouts import Blackouts, window
from policies.cadence import (
    Cadence,
    History,
    ahead_from,
    due_at,
    is_asked_for,
    is_believed,
    wanted_since,
)
from policies.choice import chosen
from policies.forecast import Demand, Forecast, Tier, forecast
from policies.model import Fixity
from policies.pauses import Pause, Pauses
from policies.sampling import Sample, largest_bad_share
from policies.tiers import cadence_of, tier_of

_START = datetime(2026, 1, 1, 22, tzinfo=UTC)
_DAY = timedelta(days=1)
_QUARTER = Cadence(timedelta(days=90), (timedelta(hours=24), timedelta(days=30)))


def bag(name: str, size: int, checked: datetime = _START, *, failing: bool = False) -> History:
    """A bag that was sealed when it was last checked, or long before."""
    return History(name, "disk", checked, checked, failing, size)


def test_a_bag_is_due_after_sealing_and_then_once_a_period() -> None:
    one = bag("a", 1)
    assert due_at(one, _QUARTER) == _START + _DAY
    one = one._replace(checked=_START + _DAY)
    assert due_at(one, _QUARTER) == _START + 30 * _DAY
    one = one._replace(checked=_START + 31 * _DAY)
    assert due_at(one, _QUARTER) == _START + 121 * _DAY


def test_a_check_that_came_late_counts_for_all_that_were_due_before_it() -> None:
    one = bag("a", 1)._replace(checked=_START + 50 * _DAY)
    assert due_at(one, _QUARTER) == _START + 140 * _DAY


@given(st.text(min_size=1, max_size=8), st.floats(0, 0.5), st.integers(1, 1000))
def test_jitter_makes_a_bag_due_sooner_and_never_later(name: str, jitter: float, days: int) -> None:
    plain = Cadence(timedelta(days=days))
    drawn = due_at(bag(name, 1), Cadence(plain.period, jitter=jitter))
    assert due_at(bag(name, 1), plain) - plain.period * jitter <= drawn
    assert drawn <= due_at(bag(name, 1), plain)
    assert _START < ahead_from(bag(name, 1), plain) < due_at(bag(name, 1), plain)


@given(st.text(min_size=1, max_size=8), st.floats(0, 0.5), st.integers(1, 5000))
def test_a_bag_is_open_near_the_middle_of_its_wait(name: str, jitter: float, days: int) -> None:
    cadence = Cadence(timedelta(days=days), jitter=jitter)
    half = (due_at(bag(name, 1), cadence) - _START) / 2
    early = _START + half - ahead_from(bag(name, 1), cadence)
    assert timedelta(0) <= early <= half / 32 + _DAY * (half >= 64 * _DAY)


def test_many_bags_with_a_long_period_are_open_from_few_days() -> None:
    cadence = Cadence(timedelta(days=1826), jitter=0.1)
    bags = [bag(str(n), 1)._replace(checked=_START + n * _DAY) for n in range(1826)]
    assert len({ahead_from(one, cadence) for one in bags}) < 1826 / 14


_SIZES = st.lists(st.integers(0, 120), max_size=30)


@given(_SIZES, _SIZES, st.integers(1, 100))
def test_a_budget_is_exceeded_by_one_oversized_bag_at_most(
    failing: list[int], waiting: list[int], budget: int
) -> None:
    bad = [bag(f"f{n}", size, failing=True) for n, size in enumerate(failing)]
    rest = [bag(f"w{n}", size) for n, size in enumerate(waiting)]
    taken = list(chosen(bad, rest, budget))
    oversized = [one for one in taken if one.bytes > budget]
    assert len(oversized) <= 1
    assert sum(one.bytes for one in taken if one not in oversized) <= budget
    assert len({one.bag for one in taken}) == len(taken)
    assert not rest or rest[0] in taken


def test_failing_bags_come_first_and_leave_the_first_due_its_turn() -> None:
    bad = [bag("bad", 40, failing=True), bag("worse", 40, failing=True)]
    rest = [bag("late", 60), bad[0], bag("next", 1)]
    assert [one.bag for one in chosen(bad, rest, 100)] == ["bad", "late"]
    assert [one.bag for one in chosen(bad, rest)] == ["bad", "worse", "late", "next"]


def test_what_does_not_fit_is_passed_over_for_what_does() -> None:
    rest = [bag("a", 50), bag("b", 60), bag("huge", 500), bag("c", 50), bag("d", 1)]
    assert [one.bag for one in chosen([], rest, 100)] == ["a", "c"]


def test_choosing_draws_no_further_than_the_budget_reaches() -> None:
    drawn = 0

    def endless() -> object:
        nonlocal drawn
        while True:
            drawn += 1
            yield bag(str(drawn), 7)

    assert len(list(chosen([], endless(), 100))) == 14  # type: ignore[arg-type]
    assert drawn <= 14 + 1_001


class Years:
    """An archive of bags that are only sizes and dates, and a run every night."""

    def __init__(self, sizes: list[int], cadence: Cadence, budget: int, seed: int = 0) -> None:
        self.draw = random.Random(seed)
        self.cadence, self.budget, self.now = cadence, budget, _START
        self.bags: dict[str, History] = {}
        self.due: dict[str, datetime] = {}
        self.ahead: dict[str, datetime] = {}
        self.worst = self.overrun = timedelta(0)
        self.late = 0
        self.pauses: list[Pause] = []
        self.closed: Blackouts | None = None
        self.grow(sizes)

    def grow(self, sizes: list[int]) -> None:
        """Seal more bags."""
        for size in sizes:
            self._keep(bag(str(len(self.bags)), size, self.now))

    def _keep(self, one: History) -> None:
        self.bags[one.bag], self.due[one.bag] = one, due_at(one, self.cadence)
        self.ahead[one.bag] = ahead_from(one, self.cadence)

    def night(self, *, missed: bool = False) -> None:
        """Let a night pass; note how late what is read is, and how much is late after it."""
        if not missed:
            paused = Pauses(self.pauses, self.now)
            shut = self.closed is not None and self.closed.at(self.now) is not None
            open_now = (
                one
                for one in self.bags.values()
                if self.ahead[one.bag] <= self.now
                and not shut
                and not paused.of_bag(one.bag, one.tier)
            )
            worth = sorted(open_now, key=lambda one: self.due[one.bag])
            bad = sorted((one for one in worth if one.failing), key=lambda one: one.checked)
            for one in list(chosen(bad, worth, self.budget)):
                self.worst = max(self.worst, self.now - self.due[one.bag])
                unread = self.now - one.checked
                self.overrun = max(self.overrun, unread - self.cadence.period)
                failing = self.draw.random() < 0.001
                self._keep(one._replace(checked=self.now, failing=failing))
        self.late = sum(self.bags[name].bytes for name, due in self.due.items() if due < self.now)
        self.now += _DAY


def _uneven(count: int, seed: int) -> list[int]:
    draw = random.Random(seed)
    return [round(draw.lognormvariate(2, 1)) + 1 for _ in range(count)]


def test_in_three_years_with_a_budget_just_sufficient_no_bag_is_later_than_the_outage() -> None:
    cadence = Cadence(timedelta(days=90), jitter=0.3)
    sizes = _uneven(2_000, 1)
    growth = _uneven(400, 2)
    need = (sum(sizes) + sum(growth)) / (90 * 0.85)  # a bag is due after 0.85 periods on average
    years = Years(sizes, cadence, round(need * 1.03), 3)
    outage = range(500, 507)
    for night in range(3 * 365):
        years.grow(growth[night : night + 1])
        years.night(missed=night in outage or night % 97 == 0)
    assert years.worst > timedelta(0), "the budget is more than just sufficient"
    assert years.overrun <= timedelta(days=len(outage))
    assert years.late == 0


def test_no_bag_is_later_than_the_pause_and_the_closed_nights_that_were_foreseen() -> None:
    """A tier paused for a month and closed at Christmas: nothing read meanwhile, all made good."""
    cadence = Cadence(timedelta(days=90), jitter=0.3)
    sizes = _uneven(400, 1)
    years = Years(sizes, cadence, round(sum(sizes) / (90 * 0.85) * 1.25), 3)
    for _ in range(200):
        years.night()
    begun, month = years.now, 30 * _DAY
    whole = Pause(None, "disk", begun, begun + month, "a day", "rewiring", 1, "ann")
    years.pauses = [whole, Pause("7", None, begun, begun + 40 * _DAY, "a day", "on loan", 2, "ben")]
    years.closed = Blackouts([window("2026-12-20..2027-01-03")], UTC)
    told = _forecast_of(years, whole.until)
    assert told.breach is not None
    read: dict[str, datetime] = {}
    late_on = None
    while years.now < begun + 400 * _DAY:
        before = {name: one.checked for name, one in years.bags.items()}
        now = years.now
        years.night()
        if years.late and late_on is None:
            late_on = now.date()
        for name, one in years.bags.items():
            if one.checked != before[name]:
                assert now >= whole.until
                assert not date(2026, 12, 20) <= now.date() <= date(2027, 1, 3)
                read.setdefault(name, now)
    assert late_on is not None
    assert abs((late_on - told.breach).days) <= 1
    assert read["7"] >= begun + 40 * _DAY
    assert years.overrun <= 40 * _DAY
    assert years.late == 0


def test_with_too_small_a_budget_debt_rises_and_the_forecast_names_the_day() -> None:
    cadence = Cadence(timedelta(days=90), jitter=0.3)
    sizes = _uneven(2_000, 1)
    years = Years(sizes, cadence, round(sum(sizes) / 130), 3)
    told = _forecast_of(years)
    assert not told.closes
    assert told.breach is not None
    while not years.late:
        years.night()
    assert abs((years.now.date() - told.breach).days) <= 2
    debts = []
    for _ in range(200):
        years.night()
        debts.append(years.late)
    assert debts[-1] > debts[100] > debts[0]


def test_the_day_of_the_breach_is_told_as_soon_as_it_is_certain_and_not_before() -> None:
    today = date(2027, 1, 1)
    tiers = [Tier("disk", 900, 90)]
    demands = [Demand(today + n * _DAY, 10) for n in range(90)]
    assert forecast(demands, tiers, 10, today).breach is None
    told = forecast(demands, tiers, 9.9, today)
    assert told == Forecast(9.9, 10.0, today, 0)
    burst = [Demand(today + 5 * _DAY, 61), Demand(today + 9 * _DAY, 1)]
    assert forecast(burst, tiers, 10, today).breach == today + 5 * _DAY
    assert forecast([Demand(today + 5 * _DAY, 60)], tiers, 10, today).breach is None


_DAYS = st.integers(0, 12)


@given(
    st.lists(st.tuples(_DAYS, _DAYS, st.integers(0, 50)), max_size=12),
    st.floats(0, 40, allow_subnormal=False),
)
def test_the_breach_is_the_first_day_of_any_stretch_into_which_too_much_must_fit(
    asked: list[tuple[int, int, int]], pace: float
) -> None:
    today = date(2027, 1, 1)
    demands = [
        Demand(today + (start + wait) * _DAY, size, today + (start - 3) * _DAY)
        for start, wait, size in asked
    ]
    expected = None
    for day in sorted({one.day for one in demands}):
        for first in sorted({max(one.start, today) for one in demands}):
            fits = pace * ((day - first) / _DAY + 1)
            due = sum(
                one.bytes for one in demands if max(one.start, today) >= first and one.day <= day
            )
            if expected is None and due > fits and day >= first:
                expected = (day, round(due - fits))
    found = forecast(demands, [], pace, today)
    assert (found.breach and (found.breach, found.missing)) == expected


def _forecast_of(years: Years, paused_until: datetime = _START) -> Forecast:
    days: dict[tuple[date, date], int] = {}
    for one in years.bags.values():
        key = (years.due[one.bag].date(), max(ahead_from(one, years.cadence), paused_until).date())
        days[key] = days.get(key, 0) + one.bytes
    demands = [Demand(day, size, start) for (day, start), size in days.items()]
    total = sum(one.bytes for one in years.bags.values())
    return forecast(demands, [Tier("disk", total, 90)], years.budget, years.now.date())


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=20), st.integers(20, 100), st.randoms())
def test_nobody_starves(sizes: list[int], budget: int, draw: random.Random) -> None:
    """Whatever the sizes and however many bags fail for ever, each is read again and again."""
    cadence = Cadence(timedelta(days=10))
    years = Years(sizes, cadence, budget)
    cursed = {name for name in years.bags if draw.random() < 0.3}
    seen = dict.fromkeys(years.bags, 0)
    nights = 3 * (len(sizes) + sum(sizes) // budget) + 60
    for _ in range(nights):
        before = {name: one.checked for name, one in years.bags.items()}
        for name in cursed:
            years.bags[name] = years.bags[name]._replace(failing=True)
        years.night()
        for name, one in years.bags.items():
            seen[name] += one.checked != before[name]
    assert min(seen.values()) >= 2


_FIXITY = Fixity(
    tiers={"tape": ("tape-*", "reel-?"), "cold": ("tape-cold-*",)},
    after_sealing=("1 month", "1 day"),
    jitter=10.0,
    cadence={"default": "90 days", "tape": "1 year"},
)


@pytest.mark.parametrize(
    ("bag_id", "tier"),
    [("tape-1", "tape"), ("reel-7", "tape"), ("reel-77", "default"), ("a", "default")],
)
def test_a_bag_is_on_the_first_tier_that_its_id_fits(bag_id: str, tier: str) -> None:
    assert tier_of(bag_id, _FIXITY) == tier


def test_a_tier_without_a_cadence_of_its_own_has_the_default_one() -> None:
    waits = (timedelta(days=1), timedelta(days=30))
    assert cadence_of("tape", _FIXITY) == Cadence(timedelta(days=365), waits, 0.1)
    assert cadence_of("cold", _FIXITY) == Cadence(timedelta(days=90), waits, 0.1)
    assert cadence_of("default", Fixity()) is None


@pytest.mark.parametrize(
    ("sampled", "population", "expected"),
    [(0, 100, 1.0), (100, 100, 0.0), (59, 10**6, 0.0495), (2_995, 10**6, 0.000997)],
)
def test_a_sound_sample_rules_out_only_so_much(
    sampled: int, population: int, expected: float
) -> None:
    assert largest_bad_share(sampled, population) == pytest.approx(expected, rel=0.01)


@given(st.integers(1, 500), st.integers(0, 500))
def test_a_larger_sample_never_says_less(population: int, sampled: int) -> None:
    sampled = min(sampled, population - 1)
    assert largest_bad_share(sampled + 1, population) <= largest_bad_share(sampled, population)


def test_the_bound_is_the_exact_one() -> None:
    population, sampled = 60, 12
    bound = round(largest_bad_share(sampled, population) * population)
    for bad, ruled_out in ((bound, False), (bound + 1, True)):
        chances = accumulate(
            ((population - bad - n) / (population - n) for n in range(sampled)),
            lambda a, b: a * b,
        )
        assert (list(chances)[-1] <= 0.05) is ruled_out


def test_a_bag_is_asked_for_until_it_is_read() -> None:
    one = bag("a", 1)
    assert not is_asked_for(one, None)
    assert is_asked_for(one, _START + _DAY)
    assert not is_asked_for(one._replace(checked=_START + _DAY), _START + _DAY)


def test_a_bag_is_wanted_since_the_first_thing_that_happened_after_it_was_read() -> None:
    one = bag("a", 1)
    before, later = _START - _DAY, _START + _DAY
    assert wanted_since(one, "disk", {}) is None
    assert wanted_since(one, "disk", {"tape": later, "disk": before}) is None
    assert wanted_since(one, "disk", {"": later, "disk": later + _DAY}) == later


def test_a_sample_with_a_bad_one_rules_nothing_out() -> None:
    assert Sample(1000, 59, 1).largest_bad_share is None
    assert Sample(1000, 59, 0).largest_bad_share == largest_bad_share(59, 1000)


def test_a_sealing_after_the_last_check_says_nothing_of_when_the_bag_is_due() -> None:
    one = bag("a", 1)._replace(sealed=_START + 10_000 * _DAY)
    assert due_at(one, _QUARTER) == _START + 90 * _DAY


def test_a_check_is_not_believed_to_have_been_the_day_after_tomorrow() -> None:
    assert is_believed(bag("a", 1, _START + _DAY), _START)
    assert not is_believed(bag("a", 1, _START + 1.01 * _DAY), _START)
