"""``archiver incident close``: a case is settled."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=("archiver incident close 117 --reason 'restored from the copy in Lyon, verified'",),
)
@click.argument("number", type=click.IntRange(min=1), metavar="NUMBER")
@wiring.archive_option
@click.option("--reason", required=True, metavar="TEXT", help="Why it is settled.")
def command(voice: Voice, number: int, archive_folder: str | None, reason: str) -> State:
    """Close a case for a reason. What was found stays in the log; a new finding opens a new case.

    The bag need not be sound again: an institution may have to live with a loss. The case then
    says so for ever, and the next check that finds it opens another.
    """
    from archiver.incidents import close_incident
    from cli.render.incidents import said_lines, said_record

    archive = wiring.open_the_archive(archive_folder)
    event = close_incident(archive, number, reason, wiring.clock(), wiring.agent())
    voice.tell([said_record(event, number)], said_lines(event, number))
    return State.SOUND
