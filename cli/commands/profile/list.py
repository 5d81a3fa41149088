"""``archiver profile list``: the profiles that the program comes with."""

from __future__ import annotations

import click

from archiver.state import State
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=("archiver profile list", "archiver profile list --json | jq -r .identifier"),
)
def command(voice: Voice) -> State:
    """List the profiles that the program comes with, each with its identifier.

    A bag that declares one of these identifiers is judged by it with verify --profile declared.
    """
    from cli.render.profiles import shipped_lines, shipped_record
    from policies.profiles import SHIPPED, read_profile, shipped

    for name in SHIPPED:
        profile = read_profile(shipped(name))
        voice.answer([shipped_record(name, profile)], shipped_lines(name, profile))
    return State.SOUND
