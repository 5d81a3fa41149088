"""``archiver schedule``: having runs begin by themselves."""

from __future__ import annotations

from cli.group import LazyGroup

COMMANDS = {
    "print": "Print what would be installed; change nothing.",
    "install": "Have runs begin by themselves, under cron or systemd.",
    "status": "Say when the last run ended and when the next is due.",
    "pause": "Read nothing of a tier, a bag or all for a while, for a reason.",
    "resume": "End a pause before its time.",
    "remove": "Take away what was installed, and nothing else.",
}

_HELP = """Have `archiver reverify` begin by itself, under cron or systemd.

Runs give way to everybody else on the machine, and a second one while another works leaves with
11. What was missed while the machine was off is made good when it is on again.
"""

command = LazyGroup("schedule", home="cli.commands.schedule", commands_of=COMMANDS, help=_HELP)
