"""When runs begin by themselves: at a time of day, every day or on some days of the week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)
_PATIENCE = 2  # so many gaps without a run mean trouble: one may be lost to a power cut


@dataclass(frozen=True, slots=True)
class Timetable:
    """A time of day in the machine's own time, and days of the week: 0 is Monday."""

    hour: int
    minute: int
    days: tuple[int, ...] = tuple(range(7))

    @property
    def longest_gap(self) -> timedelta:
        """The longest time from one run's beginning to the next."""
        following = (*self.days[1:], self.days[0] + 7)
        return max(later - day for day, later in zip(self.days, following, strict=True)) * _DAY

    @property
    def patience(self) -> timedelta:
        """After how long without a run that ended silence means trouble."""
        return _PATIENCE * self.longest_gap

    def next_after(self, now: datetime) -> datetime:
        """Return the first beginning after ``now``, which is in the machine's own time."""
        day = now.date()
        while True:
            moment = datetime.combine(day, time(self.hour, self.minute), now.tzinfo)
            if moment > now and day.weekday() in self.days:
                return moment
            day += _DAY

    def in_words(self) -> str:
        """Return it as a person says it: ``02:30 every day``, ``02:30 mon,thu``."""
        days = "every day" if len(self.days) == 7 else ",".join(DAYS[day] for day in self.days)
        return f"{self.hour:02d}:{self.minute:02d} {days}"


def timetable(at: str, on: str = "") -> Timetable:
    """Read ``02:30`` and ``mon,thu`` (nothing: every day). Raises ``ValueError`` on all else."""
    hour, colon, minute = at.partition(":")
    if not (colon and len(minute) == 2 and (hour + minute).isascii()):
        raise ValueError(at)
    moment = time(int(hour), int(minute))
    names = [name.strip().lower()[:3] for name in on.split(",")] if on else list(DAYS)
    return Timetable(moment.hour, moment.minute, tuple(sorted({DAYS.index(one) for one in names})))
