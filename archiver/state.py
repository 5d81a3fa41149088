"""How a piece of work ended, and which ending speaks for several."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class State(Enum):
    """The ending of a piece of work. The exit codes of the program are these, see ``cli.exits``."""

    SOUND = "sound"
    FAILED = "failed"
    USAGE = "usage"
    UNSOUND = "unsound"
    INCOMPLETE = "incomplete"
    REFUSED = "refused"
    LATE = "late"
    ALTERED = "altered"
    NO_ARCHIVE = "no-archive"
    BUSY = "busy"
    INTERRUPTED = "interrupted"


# Damage outranks everything: a reader who sees one word must see that one. A failure of ours
# outranks "could not look", because more may be hidden behind it.
_GRAVITY = (
    State.SOUND,
    State.LATE,
    State.REFUSED,
    State.BUSY,
    State.NO_ARCHIVE,
    State.USAGE,
    State.ALTERED,
    State.INCOMPLETE,
    State.FAILED,
    State.INTERRUPTED,
    State.UNSOUND,
)


def worst(states: Iterable[State]) -> State:
    """Return the gravest of ``states``; ``SOUND`` when there are none."""
    return max(states, key=_GRAVITY.index, default=State.SOUND)


# What a check, by its depth, says of a bag that is as it was recorded.
SOUND_VERDICTS = ("valid", "complete", "sound-by-blake3")
