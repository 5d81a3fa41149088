"""``archiver schedule resume``: a pause ends before its time."""

from __future__ import annotations

import click

from archiver.errors import UsageError
from archiver.state import State
from cli import wiring
from cli.kinds import BAG
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver schedule resume --tier tape",
        'archiver schedule resume --reason "power is back already"',
    ),
)
@wiring.archive_option
@click.option("--tier", metavar="NAME", help="The pause of this storage tier.")
@click.option("--bag", metavar="ID", type=BAG, help="The pause of this bag.")
@click.option("--reason", default="", metavar="TEXT", help="Why so soon; the log keeps it.")
def command(
    voice: Voice, archive_folder: str | None, tier: str | None, bag: str | None, reason: str
) -> State:
    """End a pause before its time: that of a tier, of a bag, or of the whole archive.

    Each pause is ended by what it was made with; `archiver schedule status` shows those in force.
    """
    from archiver.reverify.pausing import Scope, resume
    from cli.render.pauses import paused_lines, paused_record

    if tier and bag:
        raise UsageError("these options exclude each other: --tier, --bag", "Choose one of them.")
    archive = wiring.open_the_archive(archive_folder)
    event = resume(archive, Scope(bag, tier), reason, wiring.clock(), wiring.agent())
    voice.tell([paused_record(event)], paused_lines(event))
    return State.SOUND
