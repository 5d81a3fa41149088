"""``archiver profile check``: whether a profile can be used."""

from __future__ import annotations

import click

from archiver.state import State
from cli.kinds import PROFILE
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=("archiver profile check partner.json", "archiver profile check --json audio"),
)
@click.argument("profile", metavar="FILE|NAME", type=PROFILE)
def command(voice: Voice, profile: str) -> State:
    """Check a profile: every mistake is told at once, with the key it is in (exit code 2).

    Mistakes are what makes a profile unusable: no JSON, keys that the BagIt Profiles specification
    1.4.0 does not know, wrong types, and what no bag could meet. What is only odd is remarked.
    """
    from archiver.profiles import profile_named
    from cli.render.profiles import checked_lines, checked_record

    place, found = profile_named(profile)
    voice.answer(
        [checked_record(place, found)],
        checked_lines(place, found),
        all_is_well=not found.remarks,
    )
    return State.SOUND
