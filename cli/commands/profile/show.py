"""``archiver profile show``: a profile, as it is written."""

from __future__ import annotations

import json

import click

from archiver.state import State
from cli.kinds import PROFILE
from cli.render.text import Line
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=("archiver profile show audio > ours.json", "archiver profile show --json btr"),
)
@click.argument("profile", metavar="NAME|FILE", type=PROFILE)
def command(voice: Voice, profile: str) -> State:
    """Print a profile: a shipped one by NAME, or a FILE.

    A profile with mistakes in it is not shown: the mistakes are.
    """
    from archiver.profiles import profile_named, text_of_profile

    place, data = text_of_profile(profile)
    profile_named(profile)
    text = data.decode("utf-8-sig")
    record = {"type": "profile", "place": place, "profile": json.loads(text)}
    voice.answer([record], (Line(line) for line in text.splitlines()))
    return State.SOUND
