"""``archiver status``: how an archive is doing."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(cls=Verb, examples=("archiver status --archive ~/music-archive",))
@wiring.archive_option
def command(voice: Voice, archive_folder: str | None) -> State:
    """Say how much the archive holds, and whether anything waits to be finished.

    This asks the catalogue and looks at the log's end; `archiver verify` looks at the bags. What is
    within the policy is told by the due dates that were looked up last; `archiver due` looks them
    up, says more, and leaves with 6 when something is overdue.
    """
    from archiver.drill.standing import drill_standing
    from archiver.holdings import status
    from cli.render import drilling
    from cli.render.holdings import status_lines, status_record

    archive, clock = wiring.open_the_archive(archive_folder), wiring.clock()
    found, drill = status(archive, clock), drill_standing(archive, clock)
    record = {**status_record(found), "drill": drilling.standing_record(drill)}
    lines = (*status_lines(found), *drilling.standing_lines(drill, "  fire drill      "))
    voice.answer([record], lines)
    return State.SOUND
