"""Windows in which nothing is read: hours of working days, named days, by the clock on the wall.

A window holds by what the clock of the policy's own time zone shows. So it needs no rule for
nights on which clocks are changed: an hour that comes twice is closed twice, one that is left out
is closed not at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from policies.model import Fixity
from policies.tiers import DEFAULT_TIER
from policies.timetable import DAYS

MINUTES = 24 * 60
"""The minutes of a day."""
_ALL = (1 << MINUTES) - 1
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_FAR = timedelta(days=400)
_PARTS = re.compile(
    r"(?:(?P<first>\d{4}-\d\d-\d\d)(?:\.\.(?P<last>\d{4}-\d\d-\d\d))?|(?P<days>[a-z][a-z,-]*))?"
    r" ?(?:(?P<begin>\d\d:\d\d)-(?P<end>\d\d:\d\d))?",
    re.ASCII,
)


class Window(NamedTuple):
    """One window, ``text`` as the policy has it: on some days of the week, or on named days.

    It begins on each of its days at minute ``begin``, and ends just before minute ``end``, on the
    day after where that is not later.
    """

    text: str
    days: frozenset[int]
    first: date
    last: date
    begin: int
    end: int

    @property
    def named(self) -> bool:
        """Whether it is for days with a date, which pass once."""
        return self.first != date.min

    def closed(self, day: date) -> int:
        """Return the minutes of a day that it closes: bit n stands for minute n on the wall."""
        closed, wraps = 0, self.end <= self.begin
        if self._is_on(day):
            closed = _between(self.begin, MINUTES if wraps else self.end)
        if wraps and day > date.min and self._is_on(day - _DAY):
            closed |= _between(0, self.end)
        return closed

    def _is_on(self, day: date) -> bool:
        return self.first <= day <= self.last and day.weekday() in self.days


def window(text: str) -> Window:
    """Read ``mon-fri 07:00-19:00``, ``sat,sun``, ``2026-12-24..2027-01-02 08:00-12:00``.

    Without days it is every day, without hours all day. Raises ``ValueError`` on all else.
    """
    found = _PARTS.fullmatch(text)
    if found is None or not text.strip():
        raise ValueError(text)
    days = frozenset(_days(found["days"])) if found["days"] else frozenset(range(7))
    first = date.fromisoformat(found["first"]) if found["first"] else date.min
    last = date.fromisoformat(found["last"]) if found["last"] else first
    begin, end = (_minute(found[name] or "00:00") for name in ("begin", "end"))
    if last < first or (found["begin"] and begin == end):
        raise ValueError(text)
    return Window(text, days, first, last if found["first"] else date.max, begin, end)


class Blackouts:
    """The windows of one tier, in a time zone."""

    def __init__(self, windows: Iterable[Window], zone: tzinfo) -> None:
        self._windows, self._zone = tuple(windows), zone

    def at(self, moment: datetime) -> Window | None:
        """Return a window that holds at ``moment``."""
        wall = moment.astimezone(self._zone)
        minute = 1 << (wall.hour * 60 + wall.minute)
        return next((one for one in self._windows if one.closed(wall.date()) & minute), None)

    def open_from(self, moment: datetime) -> datetime | None:
        """Return the first moment from ``moment`` on at which no window holds, to the minute.

        ``None`` where there is none for more than a year.
        """
        end = moment + _FAR
        while moment < end:
            if self.at(moment) is None:
                return moment
            wall = moment.astimezone(self._zone)
            if self.closed(wall.date()) == _ALL:
                following = datetime.combine(wall.date() + _DAY, time(), self._zone)
                moment = following.astimezone(moment.tzinfo)
            else:
                moment = moment.replace(second=0, microsecond=0) + _MINUTE
        return None

    def closed(self, day: date, *, usual: bool = False) -> int:
        """Return the minutes of a day that are closed; ``usual``: named days left out."""
        closed = 0
        for one in self._windows:
            if not (usual and one.named):
                closed |= one.closed(day)
        return closed


def blackouts_of(tier: str, fixity: Fixity, zone: tzinfo) -> Blackouts:
    """Return the windows of a tier; one without any of its own has those of the default one."""
    texts = fixity.blackouts.get(tier, fixity.blackouts.get(DEFAULT_TIER, ()))
    return Blackouts(map(window, texts), zone)


def _between(begin: int, end: int) -> int:
    return ((1 << (end - begin)) - 1) << begin


def _minute(text: str) -> int:
    hour, minute = int(text[:2]), int(text[3:])
    if (hour, minute) == (24, 0):
        return 0
    return time(hour, minute).hour * 60 + minute


def _days(text: str) -> Iterable[int]:
    for part in text.split(","):
        first, dash, last = part.partition("-")
        begin = DAYS.index(first)
        end = DAYS.index(last) if dash else begin
        yield from (day % 7 for day in range(begin, end + 1 if end >= begin else end + 8))
