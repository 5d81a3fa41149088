"""``archiver log``: the event log, and how others can tell that it was not rewritten."""

from __future__ import annotations

from cli.group import LazyGroup

COMMANDS = {
    "verify": "Check the whole log, and that it continues what was seen of it.",
    "checkpoint": "Print three lines that stand for the whole log as it is now.",
    "prove": "Write a proof of one event that stands by itself.",
    "witness": "Keep a checkpoint that came back signed by somebody else.",
    "cosign": "Sign another archive's checkpoint as its witness.",
    "key": "Make a key to sign checkpoints with.",
}

_HELP = """Show that the event log was not rewritten.

Every line of the log names the one before it, and all of them are leaves of one tree (RFC 6962).
A checkpoint is the root of that tree: three lines to be kept where nobody who can change the
archive can change them. `verify --against` then tells whether history was altered since.
"""

command = LazyGroup("log", home="cli.commands.log", commands_of=COMMANDS, help=_HELP)
