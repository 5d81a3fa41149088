"""Errors: we could not do what was asked. (What we *found* is a finding, not an error.)

Each error says in its message what happened and to what, and in ``advice`` what to do next.
"""

from __future__ import annotations

from archiver.state import State


class ArchiverError(Exception):
    """Base of every error the engine raises on purpose."""

    state: State = State.FAILED

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice


class UsageError(ArchiverError):
    """What was asked makes no sense as asked (a bad id, contradicting options)."""

    state = State.USAGE


class UnknownBagError(UsageError):
    """A bag was named that the archive does not hold."""

    def __init__(self, bag_id: str, message: str = "") -> None:
        super().__init__(
            message or f"the archive holds no bag {bag_id!r}",
            "`archiver list` shows what the archive holds.",
        )
        self.bag_id = bag_id


class EnvironmentUnusable(ArchiverError):  # noqa: N818
    """The machine will not let us work: no space, read-only store, failing medium."""


class RefusedError(ArchiverError):
    """Policy or rights forbid what was asked."""

    state = State.REFUSED


class IncompleteError(ArchiverError):
    """Part of what was asked could not be looked at."""

    state = State.INCOMPLETE


class NoArchiveError(ArchiverError):
    """There is no archive at the place named."""

    state = State.NO_ARCHIVE


class BusyError(ArchiverError):
    """Another process holds the lock."""

    state = State.BUSY
