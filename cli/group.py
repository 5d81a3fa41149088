"""Commands that are loaded only when they are called, alone or as a group of their own."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

import click

CONTEXT: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class LazyGroup(click.Group):
    """A group whose commands live in ``HOME.NAME`` and are imported when called.

    ``commands`` holds one line a command, so that the group's help loads none of them. A module
    has its command, or a group of more, as ``command``.
    """

    def __init__(
        self, *args: Any, home: str, commands_of: Mapping[str, str], **settings: Any
    ) -> None:
        super().__init__(
            *args, **{"no_args_is_help": True, "context_settings": CONTEXT, **settings}
        )
        self.home, self.commands_of = home, commands_of

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Return the names in the order people meet the commands."""
        return list(self.commands_of)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in self.commands_of:
            return None
        command: click.Command = importlib.import_module(f"{self.home}.{cmd_name}").command
        command.name, command.short_help = cmd_name, self.commands_of[cmd_name]
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.commands_of.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which there are."""
        if args[0] not in self.commands_of and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], self.commands_of, 3)
            there = f"did you mean {' or '.join(near)}?" if near else ", ".join(self.commands_of)
            ctx.fail(f"there is no command {args[0]!r}; {'' if near else 'there are '}{there}")
        return super().resolve_command(ctx, args)


def every_command(
    group: LazyGroup, context: click.Context
) -> Iterator[tuple[tuple[str, ...], click.Command, click.Context]]:
    """Yield every command below ``group``, groups included, by the words that call it."""
    for name in group.commands_of:
        command = group.get_command(context, name)
        assert command is not None
        inner = click.Context(command, context, name, **CONTEXT)
        yield (name,), command, inner
        if isinstance(command, LazyGroup):
            for words, below, innermost in every_command(command, inner):
                yield (name, *words), below, innermost
