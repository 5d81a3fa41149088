"""What every command has in common: its options for speaking, and how its ending is said."""

from __future__ import annotations

from typing import Any

import click

from archiver.errors import UnknownBagError
from archiver.state import State
from cli.exits import exit_code
from cli.render.voice import Voice


class Verb(click.Command):
    """A command whose callback takes a :class:`Voice` first and returns a :class:`State`.

    Adds ``--json``, ``--quiet``, ``--no-progress`` and ``--debug``; shows ``examples`` under
    the help, one shell line each.
    """

    def __init__(self, *args: Any, examples: tuple[str, ...] = (), **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.examples = examples
        self.params.extend(_speaking_options())

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command and leave with the exit code of its ending."""
        voice = Voice(
            as_json=ctx.params.pop("as_json"),
            quiet=ctx.params.pop("quiet"),
            show_progress=not ctx.params.pop("no_progress"),
        )
        ctx.params.pop("debug")  # looked at where unexpected errors end: cli.endings
        ctx.params["voice"] = voice
        try:
            state: State = super().invoke(ctx)
        except UnknownBagError as error:
            from cli.nearby import with_suggestion

            raise with_suggestion(error, ctx.params.get("archive_folder")) from error
        ctx.exit(exit_code(state))

    def format_epilog(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the examples, each on a line of its own that can be copied."""
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{example}\n")


def _speaking_options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--json", "as_json"],
            is_flag=True,
            help="Write JSON Lines to standard output, and nothing else there.",
        ),
        click.Option(
            ["-q", "--quiet"], is_flag=True, help="Say nothing about what went well; no progress."
        ),
        click.Option(["--no-progress"], is_flag=True, help="Show no progress."),
        click.Option(
            ["--debug"], is_flag=True, help="If this program has a defect, show where (traceback)."
        ),
    ]
