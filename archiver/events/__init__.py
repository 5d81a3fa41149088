"""The event log: what happened to which bag, when, by whom; append-only and chained."""

from archiver.events.event import BEGINNING, Agent, Event, UnknownVersionError, this_program
from archiver.events.head import Head
from archiver.events.log import EventLog
from archiver.events.since import LogChangedError
from archiver.events.tail import LogBrokenError, LogNewerError

__all__ = [
    "BEGINNING",
    "Agent",
    "Event",
    "EventLog",
    "Head",
    "LogBrokenError",
    "LogChangedError",
    "LogNewerError",
    "UnknownVersionError",
    "this_program",
]
