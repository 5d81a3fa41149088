"""``archiver schedule pause``: nothing of this is read for a while."""

from __future__ import annotations

from datetime import date

import click

from archiver.errors import UsageError
from archiver.state import State
from cli import wiring
from cli.kinds import BAG
from cli.render.voice import Voice
from cli.units import DAY
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        'archiver schedule pause --tier tape --until 2027-01-15 --reason "library is being moved"',
        'archiver schedule pause --until 2027-01-03 --reason "power is cut over the holidays"',
    ),
)
@wiring.archive_option
@click.option("--tier", metavar="NAME", help="Only bags on this storage tier.")
@click.option("--bag", metavar="ID", type=BAG, help="Only this bag.")
@click.option(
    "--until", type=DAY, required=True, metavar="DATE", help="Reading begins again on this day."
)
@click.option("--reason", required=True, metavar="TEXT", help="Why; the log keeps it.")
def command(
    voice: Voice,
    archive_folder: str | None,
    tier: str | None,
    bag: str | None,
    until: str,
    reason: str,
) -> State:
    """Read nothing of a tier, a bag or the archive until a day, for a reason.

    It ends by itself when that day begins (in the policy's time zone), at the latest after the
    policy's longest-pause; a later pause of the same replaces it. Runs still begin, and end as if
    what is paused were not there. What becomes due meanwhile is late all the same, and `archiver
    due` says so, with 6. A bag named with `reverify --bag` is read nevertheless.
    """
    from archiver.reverify.pausing import Scope, pause
    from cli.render.pauses import paused_lines, paused_record

    if tier and bag:
        raise UsageError("these options exclude each other: --tier, --bag", "Choose one of them.")
    archive = wiring.open_the_archive(archive_folder)
    day = date.fromisoformat(until)
    event = pause(archive, Scope(bag, tier), day, reason, wiring.clock(), wiring.agent())
    voice.tell([paused_record(event)], paused_lines(event))
    return State.SOUND
