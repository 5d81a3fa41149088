"""``archiver rights``: why files may be kept, and what may be done with them."""

from __future__ import annotations

from cli.group import LazyGroup

COMMANDS = {
    "init": "Write a beginning of a rights file.",
    "check": "Find gaps and contradictions in what is said of rights.",
    "explain": "Say whether something may be done with a file, and why.",
    "expiring": "List what ends, or is to be reviewed, before long.",
}

_HELP = """Begin, check and explain what is said of rights.

Statements of rights stand in rights.toml at the top of a collection, or in a file given with
--rights; in a bag they stand in metadata/rights.json. What files say of themselves is compared
with them, and grants nothing.
"""

command = LazyGroup("rights", home="cli.commands.rights", commands_of=COMMANDS, help=_HELP)
