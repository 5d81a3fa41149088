"""``archiver policy list``: the policies that the program comes with."""

from __future__ import annotations

import click

from archiver.state import State
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=("archiver policy list", "archiver init ~/archive --policy iasa-tc04"),
)
def command(voice: Voice) -> State:
    """List the policies that the program comes with, and what each rests on.

    Each is a file to start from: archiver policy show NAME > ours.toml
    """
    from cli.render.policies import builtin_lines, builtin_record
    from policies.policy import BUILTIN, builtin, read_policy

    for name in BUILTIN:
        policy = read_policy(builtin(name))
        voice.answer([builtin_record(policy)], builtin_lines(policy))
    return State.SOUND
