"""``archiver incident``: what was found, as cases that people settle."""

from __future__ import annotations

from cli.group import LazyGroup

COMMANDS = {
    "list": "List the cases that are open.",
    "show": "Tell the story of a case.",
    "note": "Add words to a case.",
    "close": "Close a case, for a reason.",
}

_HELP = """List, annotate and close what was found.

A check that finds damage, altered files or something unreadable opens a case for its bag, or adds
to the one that is open. A bag that is sound again says so in its case, which stays open until a
person closes it with a reason. Nothing of it is ever deleted: the cases are events of the log.
"""

command = LazyGroup("incident", home="cli.commands.incident", commands_of=COMMANDS, help=_HELP)
