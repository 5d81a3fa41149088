"""``archiver schedule status``: whether runs come."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(cls=Verb, examples=("archiver schedule status --archive /srv/archive",))
@wiring.archive_option
def command(voice: Voice, archive_folder: str | None) -> State:
    """Say what is installed, when the last run ended, and when the next is due.

    Exits with 6 when silence means trouble: no run has ended for twice the longest gap that the
    schedule leaves, or a lock has been held for more than a day.
    """
    from archiver.schedule.standing import standing
    from cli.render.scheduling import standing_lines, standing_record

    found = standing(wiring.open_the_archive(archive_folder), wiring.clock())
    voice.answer([standing_record("schedule", found)], standing_lines(found))
    return found.state
