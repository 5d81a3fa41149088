"""When a bag is due to be checked again: some time after it was sealed, then once a period."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

_LONG = timedelta(days=64)
CLOCKS_DIFFER = timedelta(days=1)
"""By how much the clocks of two machines may differ, at most."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often the bags of a tier are checked.

    ``after_sealing``: how long after it was sealed a bag is checked, the shortest first; then
    every ``period``. ``jitter`` (0 to 0.5) is the share of a period by which bags are due earlier
    than that, each by a part of its own, so that what was sealed together is not due together;
    never later.
    """

    period: timedelta
    after_sealing: tuple[timedelta, ...] = ()
    jitter: float = 0.0


class History(NamedTuple):
    """What is known of one bag. (A tuple: a national library has a million.)

    ``checked`` is when all of it was last read and compared, its sealing counting as a check;
    ``failing`` whether that, or a later look, found anything wrong.
    """

    bag: str
    tier: str
    sealed: datetime
    checked: datetime
    failing: bool
    bytes: int


def due_at(history: History, cadence: Cadence) -> datetime:
    """Return when the bag is due: the first moment after its last check that asks for one."""
    for wait in cadence.after_sealing:
        early = history.sealed + wait
        # Sealed after it was checked: a clock was wrong that day, and says nothing of any other.
        if history.sealed <= history.checked < early and wait < cadence.period:
            return early
    return history.checked + cadence.period * (1 - cadence.jitter * _part_of(history.bag))


def is_believed(history: History, now: datetime) -> bool:
    """Whether the bag's last check can have been when it says, as far as can be told at ``now``.

    A check of tomorrow shows that a clock was wrong, and not how long the bag was left unread.
    """
    return history.checked <= now + CLOCKS_DIFFER


def is_asked_for(history: History, asked: datetime | None) -> bool:
    """Whether all that is like the bag was asked for at ``asked`` and it was not read since."""
    return asked is not None and history.checked < asked


def wanted_since(history: History, tier: str, asked: Mapping[str, datetime]) -> datetime | None:
    """Return since when the bag is wanted for something that happened; ``None`` when it is not.

    ``asked`` tells when all of a tier, or under "" all there is, was asked for.
    """
    moments = (asked.get(name) for name in (tier, ""))
    return min((one for one in moments if one and is_asked_for(history, one)), default=None)


def ahead_from(history: History, cadence: Cadence) -> datetime:
    """Return when spare budget may be spent on the bag: reading it sooner would prove little.

    That is the middle of its wait, and of a long wait the beginning of a round of days near it, so
    that bags by the million are open from few different days.
    """
    half = (due_at(history, cadence) - history.checked) / 2
    moment = history.checked + half
    if half < _LONG:
        return moment
    days = 1 << (half // _LONG).bit_length()  # a thirty-second of the half at most
    first = date.fromordinal(moment.toordinal() // days * days)
    return datetime.combine(first, time(), moment.tzinfo)


def _part_of(bag: str) -> float:
    """Return the bag's own part of the jitter, 0 to 1, the same for ever."""
    return int.from_bytes(hashlib.sha256(bag.encode()).digest()[:4]) / 0xFFFFFFFF
