"""``archiver policy``: what an institution promises, shown, checked and compared."""

from __future__ import annotations

from cli.group import LazyGroup

COMMANDS = {
    "list": "List the policies that the program comes with.",
    "show": "Print a policy.",
    "check": "Check a policy file, or ask a policy about a source.",
    "diff": "Say in words what changes from one policy to another.",
    "schema": "Print the JSON Schema of policy files, for editors.",
}

_HELP = """Show, check and compare policies, and ask one about a source.

A policy is a TOML file: what comes in, in which formats, described how, on which grounds; how
often it is checked, and how many copies there shall be. The one in force is policy.toml in the
archive; to make an archive under another: archiver init ARCHIVE --policy NAME|FILE.
"""

command = LazyGroup("policy", home="cli.commands.policy", commands_of=COMMANDS, help=_HELP)
