"""How a piece of work ended, as the exit code of the process. The only such table.

``docs/exit-codes.md`` is generated from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archiver.state import State


@dataclass(frozen=True, slots=True)
class Exit:
    """One row: the code, what it means, and what whoever called should do."""

    code: int
    meaning: str
    advice: str


EXITS: Mapping[State, Exit] = {
    State.SOUND: Exit(0, "All that was asked was done, and all is well.", "Nothing."),
    State.FAILED: Exit(
        1,
        "We failed: a defect of ours, or a machine that would not let us work (no space, a "
        "store that cannot be written).",
        "Read the message; mend what it names and run the command again.",
    ),
    State.USAGE: Exit(
        2, "The command line makes no sense as it stands.", "See `archiver COMMAND --help`."
    ),
    State.UNSOUND: Exit(
        3,
        "We looked and found damage: something is not what it was recorded to be.",
        "Raise the alarm. Keep the damaged copy; look for another copy.",
    ),
    State.INCOMPLETE: Exit(
        4,
        "Part of what was asked could not be looked at. That is not damage, and it is not a "
        "clean bill either.",
        "Make it readable (mount, permissions, cable), then run the command again.",
    ),
    State.REFUSED: Exit(
        5,
        "Policy or rights forbid it, and what was refused was not written; or a bag does not meet "
        "the BagIt profile it was judged by.",
        "Each offender is named with a reason; change the source, the statement or the policy.",
    ),
    State.LATE: Exit(6, "Something is past its due date.", "Give verification more time."),
    State.ALTERED: Exit(
        7,
        "Not the bytes that were sealed, but all the sound is intact; only what is written around "
        "it (tags, pictures, padding) changed.",
        "Find out who changed it. Restore the sealed bytes from another copy, or package the new "
        "ones as a bag of their own.",
    ),
    State.NO_ARCHIVE: Exit(
        10, "There is no archive at the place named.", "Name it with --archive, or `archiver init`."
    ),
    State.BUSY: Exit(
        11,
        "Another run holds the archive's lock; nothing was done.",
        "Run it again later, or wait with --lock-wait.",
    ),
    State.INTERRUPTED: Exit(
        130,
        "Interrupted from outside (Ctrl-C, or a polite kill). Unfinished work is invisible.",
        "Run the same command again; it takes up what was staged.",
    ),
}


def exit_code(state: State) -> int:
    """Return the exit code of a process whose work ended in ``state``."""
    return EXITS[state].code
