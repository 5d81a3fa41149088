"""``archiver profile``: what partners ask of bags, as BagIt profiles."""

from __future__ import annotations

from cli.group import LazyGroup

COMMANDS = {
    "list": "List the profiles that the program comes with.",
    "show": "Print a profile.",
    "check": "Check a profile file, every mistake at once.",
}

_HELP = """Show and check BagIt profiles.

A BagIt profile is a JSON file in which an institution says what bags it takes: labels of
bag-info.txt, manifests, files, forms. Bags are made by one with package --profile, and judged by
one with verify --profile. Nothing is ever downloaded: a profile is shipped, or a file.
"""

command = LazyGroup("profile", home="cli.commands.profile", commands_of=COMMANDS, help=_HELP)
