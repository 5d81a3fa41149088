"""``archiver incident show``: the story of a case."""

from __future__ import annotations

import click

from archiver.findings import state_of
from archiver.state import State
from cli import wiring
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(cls=Verb, examples=("archiver incident show 117",))
@click.argument("number", type=click.IntRange(min=1), metavar="NUMBER")
@wiring.archive_option
def command(voice: Voice, number: int, archive_folder: str | None) -> State:
    """Tell what was found and done in a case, event by event."""
    from archiver.incidents import show_incident
    from cli.render.incidents import story_lines, story_records

    found = show_incident(wiring.open_the_archive(archive_folder), number)
    voice.answer(story_records(found), story_lines(found))
    return state_of(found.findings)
