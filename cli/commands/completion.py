"""``archiver completion``: the script that teaches a shell to complete our commands."""

from __future__ import annotations

import click

from archiver.state import State
from cli.render.text import Line
from cli.render.voice import Voice
from cli.verb import Verb

SHELLS = ("bash", "zsh", "fish")


@click.command(
    cls=Verb,
    examples=(
        "archiver completion bash > ~/.local/share/bash-completion/completions/archiver",
        "archiver completion zsh > ~/.zfunc/_archiver",
        "archiver completion fish > ~/.config/fish/completions/archiver.fish",
    ),
)
@click.argument("shell", metavar="SHELL", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, voice: Voice, shell: str) -> State:
    """Print the completion script for SHELL (bash, zsh or fish).

    Put it where your shell looks for such scripts; zsh looks in the folders of $fpath. Commands,
    options, ids of bags, policies and profiles are completed then."""
    from click.shell_completion import get_completion_class

    completion = get_completion_class(shell)
    if completion is None:
        ctx.fail(f"this version of click knows no completion for {shell}")
    root = ctx.find_root()
    script = completion(root.command, {}, "archiver", "_ARCHIVER_COMPLETE").source()
    voice.answer(
        [{"type": "completion", "shell": shell, "script": script}],
        (Line(line) for line in script.splitlines()),
    )
    return State.SOUND
