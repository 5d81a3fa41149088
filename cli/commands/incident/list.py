"""``archiver incident list``: the cases."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(cls=Verb, examples=("archiver incident list", "archiver incident list --all --json"))
@wiring.archive_option
@click.option("--all", "closed_too", is_flag=True, help="Closed ones too.")
def command(voice: Voice, archive_folder: str | None, closed_too: bool) -> State:
    """List the cases nobody has closed, the oldest first."""
    from archiver.incidents import list_incidents
    from cli.render.incidents import case_record, case_table

    archive = wiring.open_the_archive(archive_folder)
    cases = list_incidents(archive, closed_too=closed_too)
    voice.answer((case_record(row) for row in cases), case_table(cases))
    return State.SOUND
