"""``archiver incident note``: a person's words in a case."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(cls=Verb, examples=("archiver incident note 117 'cable replaced, reading again'",))
@click.argument("number", type=click.IntRange(min=1), metavar="NUMBER")
@click.argument("text", metavar="TEXT")
@wiring.archive_option
def command(voice: Voice, number: int, text: str, archive_folder: str | None) -> State:
    """Add TEXT to a case, open or closed. It stands in the log for ever, under your name."""
    from archiver.incidents import note_incident
    from cli.render.incidents import said_lines, said_record

    archive = wiring.open_the_archive(archive_folder)
    event = note_incident(archive, number, text, wiring.clock(), wiring.agent())
    voice.tell([said_record(event, number)], said_lines(event, number))
    return State.SOUND
