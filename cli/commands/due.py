"""``archiver due``: what is due, and whether the cadence can be kept."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.render.voice import Voice
from cli.units import DAY
from cli.verb import Verb


@click.command(
    cls=Verb, examples=("archiver due", "archiver due --as-of 2027-03-14", "archiver due --bags")
)
@wiring.archive_option
@click.option("--as-of", type=DAY, metavar="DATE", help="As things will stand on this day.")
@click.option("--bags", "each", is_flag=True, help="Name every bag that is due.")
@click.option("--tier", metavar="NAME", help="With --bags: only those on this storage tier.")
def command(
    voice: Voice, archive_folder: str | None, as_of: str | None, each: bool, tier: str | None
) -> State:
    """Say what is due to be checked, what is overdue, and when the cadence will be broken.

    The forecast is arithmetic: what is due by each day, and what the measured rate and the
    policy's budget allow to be read until then. Exits with 6 when something is overdue or the
    cadence cannot be kept.
    """
    from archiver.clock import parse_utc
    from archiver.reverify.outlook import due_bags, outlook
    from cli.render.outlook import due_lines, due_records, outlook_lines, outlook_record

    archive = wiring.open_the_archive(archive_folder)
    now = parse_utc(f"{as_of}T23:59:59Z") if as_of else wiring.clock()()
    with voice.progress() as progress:  # the first time under a policy all dates are looked up
        found = outlook(archive, now, progress=progress)
    if each:
        for row in due_bags(archive, now, tier):
            voice.answer(due_records(row), due_lines(row))
    voice.answer([outlook_record(found)], outlook_lines(found))
    return found.state
