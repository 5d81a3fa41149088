"""``archiver``: the list of commands, each loaded only when it is called."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TextIO

import click

from archiver import __version__
from cli.endings import run_to_code
from cli.group import LazyGroup

# One line a command, so that `archiver --help` loads none of them.
COMMANDS: Mapping[str, str] = {
    "init": "Make an archive.",
    "package": "Put folders into sealed bags, one read of each file.",
    "update": "Make a new version of a bag; the old one stays as it is.",
    "verify": "Prove that every byte of a bag is still there.",
    "lint": "Say what a bag would better be, without reading its payload.",
    "restore": "Give a collection back as it came, verified on the way out.",
    "import": "Take bags of other tools into the archive.",
    "export": "Write a bag as one file: tar, tar.gz or zip.",
    "list": "List the bags of an archive.",
    "show": "Show a bag or a file in one: what it is and what became of it.",
    "history": "Tell what became of a bag, and what was known on any day.",
    "search": "Find recordings in all bags by words, creator, album, code.",
    "duplicates": "List what is held more than once: files, sound, codes.",
    "inventory": "List every file of a bag or of all, as CSV or JSON Lines.",
    "metadata": "Write what a bag holds as PREMIS, METS, Dublin Core or PBCore.",
    "status": "Say how the archive is doing.",
    "probe": "Say what recordings are, wherever they lie.",
    "compare": "Say whether two recordings, folders or bags hold the same sound.",
    "policy": "Show, check and compare policies, and ask one about a source.",
    "profile": "Show and check BagIt profiles, by which partners say what bags must be.",
    "rights": "Begin, check and explain what is said of rights.",
    "reverify": "Check again what is due, within a budget; for cron.",
    "drill": "Harm a copy of a bag, and see whether anybody hears of it.",
    "due": "Say what is due to be checked, and whether the cadence holds.",
    "schedule": "Have checks begin by themselves, under cron or systemd.",
    "watch": "Raise the alarm when no check has ended in time; for a second cron.",
    "plan": "Compare cadences and budgets before choosing one.",
    "incident": "List, annotate and close what was found: every finding is a case.",
    "recover": "Take up or sweep away what a crash left unfinished.",
    "rebuild": "Rebuild the catalogue from bags and event log.",
    "log": "Show that the event log was not rewritten.",
    "completion": "Print the completion script for a shell.",
}

_HELP = """Keep audio you own, or may keep, in sealed BagIt bags, and prove at any time that
every byte is still there.

The archive is --archive DIR, else $ARCHIVER_ARCHIVE, else the folder you stand in.
"""


class Program(LazyGroup):
    """The group of all commands, which says how each run ended."""

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run, say how it ended, and exit with the code of the ending."""
        argv = list(sys.argv[1:] if args is None else args)
        extra["standalone_mode"] = False
        run = super().main
        _never_without_streams()
        for stream in (sys.stdout, sys.stderr):
            _never_fail_on_a_character(stream)
        sys.exit(run_to_code(lambda: run(argv, prog_name or "archiver", **extra), argv))


def _never_without_streams() -> None:
    """Open what is closed of the three standard streams, to nowhere.

    Else the next file opened would be standard output or error: a file of a bag, perhaps, into
    which a child process writes its complaints.
    """
    for fd, mode in enumerate(("r", "w", "w")):
        try:
            os.fstat(fd)
        except OSError:
            nowhere = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
            os.set_inheritable(nowhere, True)
        name = ("stdin", "stdout", "stderr")[fd]
        if getattr(sys, name) is None:
            setattr(sys, name, open(fd, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def _never_fail_on_a_character(stream: TextIO) -> None:
    """Make ``stream`` escape what its encoding cannot hold instead of raising half way."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


archiver = Program("archiver", home="cli.commands", commands_of=COMMANDS, help=_HELP)
click.version_option(__version__, "-V", "--version", message="archiver %(version)s")(archiver)


def main() -> NoReturn:
    """Entry point of the installed program."""
    archiver.main()
