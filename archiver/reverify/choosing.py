"""What one run takes on: what is named, drawn or due, less what is paused or closed just now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile

from archiver.archive import Archive
from archiver.catalogue import Catalogue
from archiver.catalogue.plan import Plan
from archiver.catalogue.rows import CheckRow
from archiver.clock import parse_utc, utc_text
from archiver.errors import UnknownBagError
from archiver.reverify.drawing import drawn_from
from archiver.reverify.due_dates import history_of
from archiver.reverify.local_time import zone_of
from archiver.reverify.outlook import RUNS, brought_up_to_date, measured_rate
from policies.blackouts import Blackouts, Window, blackouts_of
from policies.cadence import History
from policies.choice import chosen
from policies.model import Fixity
from policies.pauses import Pauses
from policies.quantities import minutes, size_in_bytes

_RETRY = timedelta(hours=12)  # a failing bag is read again by the next night's run
_Sieve = Callable[[Iterable[CheckRow]], Iterator[CheckRow]]
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a run was asked to do.

    ``bags`` names bags outright; ``everything`` takes all of them, due or not. ``max_seconds``
    and ``max_bytes`` end the run, ``rate`` (bytes a second) slows it; ``None`` leaves it to the
    policy. ``sample`` takes so many bags, drawn at random. ``as_if_asked`` takes all of the tier
    for due, as :func:`archiver.reverify.asking.ask_for_all` would make it; for plans.
    """

    bags: tuple[str, ...] = ()
    tier: str | None = None
    everything: bool = False
    max_seconds: float | None = None
    max_bytes: int | None = None
    rate: float | None = None
    sample: int | None = None
    as_if_asked: bool = False


@dataclass(frozen=True, slots=True)
class Closed:
    """A tier of which nothing is read because a window of the policy holds, and until when.

    ``until`` is in the policy's time zone; ``None`` where it is more than a year away.
    """

    tier: str
    window: str
    until: datetime | None


class Hours:
    """When a policy's blackout windows leave each tier open."""

    def __init__(self, fixity: Fixity) -> None:
        self._fixity, self._zone = fixity, zone_of(fixity)
        self._known: dict[str, Blackouts] = {}

    def holding(self, tier: str, now: datetime) -> Window | None:
        """Return a window that keeps the tier closed at ``now``."""
        return self._of(tier).at(now)

    def closed(self, tiers: Iterable[str], now: datetime) -> tuple[Closed, ...]:
        """Return which of the tiers are closed at ``now``."""
        held = ((tier, self.holding(tier, now)) for tier in sorted(set(tiers)))
        return tuple(
            Closed(tier, window.text, self._opening(tier, now)) for tier, window in held if window
        )

    def _opening(self, tier: str, now: datetime) -> datetime | None:
        until = self._of(tier).open_from(now)
        return until.astimezone(self._zone) if until else None

    def _of(self, tier: str) -> Blackouts:
        if tier not in self._known:
            self._known[tier] = blackouts_of(tier, self._fixity, self._zone)
        return self._known[tier]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a run takes on, in order, and what it leaves alone.

    ``population`` is how many bags a sample was drawn of. ``asked`` tells since when all of a
    tier ("": of all) is wanted. ``rate`` is bytes a second as measured, and no faster than wished.
    """

    rows: Iterator[CheckRow]
    population: int
    asked: Mapping[str, datetime]
    pauses: Pauses
    closed: tuple[Closed, ...]
    rate: float | None = None

    def seconds_for(self, n_bytes: int) -> float | None:
        """Return how long reading so much takes at that rate; ``None`` before any was measured."""
        return n_bytes / self.rate if self.rate else None

    def asked_since(self, row: CheckRow) -> datetime:
        """Return since when the bag is wanted for something that happened; long ago if never."""
        return max(self.asked.get(name, _LONG_AGO) for name in ("", str(row.tier)))


def choose(catalogue: Catalogue, fixity: Fixity, wish: Wish, now: datetime) -> Choice:
    """Return what a run takes on at ``now``, to be drawn while the catalogue is open.

    All dates must have been looked up. A bag that is named outright is taken, whatever is paused
    or closed: a person wants it. Raises :class:`UsageError` for a bag that is not held.
    """
    plan, pauses = catalogue.plan, catalogue.pauses.at(now)
    rate = rate_of(plan, wish)
    asked = {tier: parse_utc(since) for tier, since in plan.asked().items()}
    if wish.bags:
        named = [_known(plan, name) for name in wish.bags]
        return Choice(iter(named), 0, asked, pauses, (), rate)
    closed = Hours(fixity).closed(_tiers(plan, wish, now), now)
    shut = {one.tier for one in closed}

    def open_now(rows: Iterable[CheckRow]) -> Iterator[CheckRow]:
        for row in rows:
            tier = str(row.tier)
            if tier not in shut and not pauses.of_bag(row.id, tier):
                yield row

    rows, population = _rows(plan, wish, now, open_now)
    return Choice(rows, population, asked, pauses, closed, rate)


def rate_of(plan: Plan, wish: Wish) -> float | None:
    """Return how fast a run will read, bytes a second: as measured, and no faster than wished."""
    rates = (measured_rate(plan.runs(RUNS)), wish.rate)
    return min((one for one in rates if one), default=None)


def nothing_is_open(archive: Archive, fixity: Fixity, wish: Wish, now: datetime) -> bool:
    """Whether every tier that a run would read of is closed at ``now``, so that none may begin.

    A tier that is paused would not be read of either, so it makes no run.
    """
    if wish.bags or not fixity.blackouts:
        return False
    with brought_up_to_date(archive, fixity, now) as catalogue:
        pauses = catalogue.pauses.at(now)
        tiers = {one for one in _tiers(catalogue.plan, wish, now) if not pauses.of_tier(one)}
    return bool(tiers) and len(Hours(fixity).closed(tiers, now)) == len(tiers)


def completed(wish: Wish, fixity: Fixity) -> Wish:
    """Return the wish with the policy's budget where nothing was said."""
    seconds, n_bytes = wish.max_seconds, wish.max_bytes
    if seconds is None and fixity.budget_time:
        seconds = 60.0 * minutes(fixity.budget_time)
    if n_bytes is None and fixity.budget_size:
        n_bytes = size_in_bytes(fixity.budget_size)
    return replace(wish, max_seconds=seconds, max_bytes=n_bytes)


def _tiers(plan: Plan, wish: Wish, now: datetime) -> set[str]:
    """Return the tiers that a run is about, as far as anything is on them."""
    tiers = {total.tier for total in plan.totals(utc_text(now))}
    return tiers & {wish.tier} if wish.tier else tiers


def _rows(
    plan: Plan, wish: Wish, now: datetime, open_now: _Sieve
) -> tuple[Iterator[CheckRow], int]:
    if wish.sample is not None:
        drawn, population = drawn_from(open_now(plan.all(wish.tier)), wish.sample)
        return iter(drawn), population
    if wish.everything:
        return open_now(plan.in_order(wish.tier)), 0  # a bag that was checked is due later
    return _within_budget(plan, wish, now, open_now), 0


def _known(plan: Plan, bag_id: str) -> CheckRow:
    row = plan.one(bag_id)
    if row is None:
        raise UnknownBagError(bag_id)
    return row


def _within_budget(plan: Plan, wish: Wish, now: datetime, open_now: _Sieve) -> Iterator[CheckRow]:
    """Yield what the policies choose out of the schedule.

    May be drawn while bags are checked: one that was is not open any more.
    """
    rows: dict[str, CheckRow] = {}

    def histories(source: Iterator[CheckRow]) -> Iterator[History]:
        for row in open_now(source):
            rows[row.id] = row
            yield history_of(row)

    moment = utc_text(now)
    failing = plan.failing(utc_text(now - _RETRY), wish.tier)
    waiting = plan.all(wish.tier) if wish.as_if_asked else plan.waiting(moment, wish.tier)
    if wish.max_bytes is None and wish.max_seconds is None and not wish.as_if_asked:
        waiting = takewhile(lambda row: str(row.due_at) <= moment, waiting)  # none is left over
    for history in chosen(histories(failing), histories(waiting), wish.max_bytes):
        yield rows.pop(history.bag)
