"""What the tests of the log work on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from archiver.clock import fixed_clock
from archiver.events import Agent, Event, EventLog
from archiver.events.head import read_head

CLOCK = fixed_clock(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
AGENT = Agent("audio-archiver", "1", "ann")


def log_in(folder: Path, file_limit: int = 64 << 20) -> EventLog:
    """Return a log in ``folder``, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    return EventLog(folder, CLOCK, file_limit=file_limit)


def add(log: EventLog, number: int) -> Event:
    """Append the event that tests call ``number``."""
    detail = {"number": number, "name": "é\u202e"}
    return log.append("verify", bag=f"b{number}", outcome="valid", detail=detail, agent=AGENT)


def codes(log: EventLog) -> list[str]:
    """The codes of what is wrong with the log."""
    return [finding.code for finding in log.check()]


def numbers(log: EventLog) -> list[object]:
    """The numbers of the events that can be read."""
    return [one.detail["number"] for one in log.scan() if isinstance(one, Event)]


def assert_sound(log: EventLog, events: int) -> None:
    """The log holds that many events in an unbroken chain, and its head is the last of them."""
    assert log.check() == []
    assert [event.seq for event in log.read()] == list(range(1, events + 1))
    head = log.head()
    assert head.seq == events
    assert read_head(log.folder) == (head if events else None)
