"""The event log: what happened to which bag, when, by whom; append-only and chained."""

from archiver.events.event import Agent, Event, UnknownVersionError, this_program
from archiver.events.head import Head
from archiver.events.log import EventLog
from archiver.events.tail import LogBrokenError, LogNewerError

__all__ = [
    "Agent",
    "Event",
    "EventLog",
    "Head",
    "LogBrokenError",
    "LogNewerError",
    "UnknownVersionError",
    "this_program",
]
