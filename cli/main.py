"""``archiver``: the list of commands, each loaded only when it is called."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, TextIO

import click

from archiver import __version__
from cli.endings import run_to_code

# One line a command, so that `archiver --help` loads none of them.
COMMANDS: Mapping[str, str] = {
    "init": "Make an archive.",
    "package": "Put folders into sealed bags, one read of each file.",
    "verify": "Prove that every byte of a bag is still there.",
    "list": "List the bags of an archive.",
    "show": "Show one bag: what is in it and what became of it.",
    "status": "Say how the archive is doing.",
    "probe": "Say what recordings are, wherever they lie.",
    "compare": "Say whether two recordings, folders or bags hold the same sound.",
    "recover": "Take up or sweep away what a crash left unfinished.",
    "rebuild": "Rebuild the catalogue from bags and event log.",
    "completion": "Print the completion script for a shell.",
}

_HELP = """Keep audio you own, or may keep, in sealed BagIt bags, and prove at any time that
every byte is still there.

The archive is --archive DIR, else $ARCHIVER_ARCHIVE, else the folder you stand in.
"""


class LazyGroup(click.Group):
    """A group whose commands live in ``cli.commands.NAME`` and are imported when called."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names in the order people meet the commands."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"cli.commands.{cmd_name}").command
        command.name, command.short_help = cmd_name, COMMANDS[cmd_name]
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which there are."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"there is no command {args[0]!r}; there are {', '.join(COMMANDS)}")
        return super().resolve_command(ctx, args)

    def main(  # type: ignore[override]
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> NoReturn:
        """Run, say how it ended, and exit with the code of the ending."""
        argv = list(sys.argv[1:] if args is None else args)
        extra["standalone_mode"] = False
        run = super().main
        for stream in (sys.stdout, sys.stderr):
            _never_fail_on_a_character(stream)
        sys.exit(run_to_code(lambda: run(argv, prog_name or "archiver", **extra), argv))


def _never_fail_on_a_character(stream: TextIO) -> None:
    """Make ``stream`` escape what its encoding cannot hold instead of raising half way."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


archiver = LazyGroup(
    "archiver",
    help=_HELP,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
click.version_option(__version__, "-V", "--version", message="archiver %(version)s")(archiver)


def main() -> NoReturn:
    """Entry point of the installed program."""
    archiver.main()
