"""``archiver history``: what became of a bag, and what was known on any day."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.kinds import BAG
from cli.render.voice import Voice
from cli.units import DAY
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver history first-album-1943d97ec755",
        "archiver history first-album-1943d97ec755 --as-of 2027-03-14",
        "archiver history --since 2027-03-01 --as-of 2027-03-31",
        "archiver history --brief",
    ),
)
@click.argument("bag", required=False, type=BAG)
@wiring.archive_option
@click.option("--since", type=DAY, metavar="DATE", help="Only what was done from this day on.")
@click.option("--as-of", type=DAY, metavar="DATE", help="What was known at the end of this day.")
@click.option("--brief", is_flag=True, help="Leave out sound checks between sound checks.")
def command(
    voice: Voice,
    bag: str | None,
    archive_folder: str | None,
    since: str | None,
    as_of: str | None,
    brief: bool,
) -> State:
    """Tell every event of BAG, or of the whole archive, out of the event log.

    Each check is told with its depth, verdict, bytes, who ran it and how long it took. --as-of
    leaves out what was not known yet on a day, --since what was before one: both together tell
    what was done in between. --brief shows the first check of each bag, every
    failure, the checks beside it, and the newest; the log itself keeps everything for ever.
    """
    from archiver.clock import parse_utc
    from archiver.history import History
    from cli.render.histories import end_lines, end_records, event_lines, event_record

    archive = wiring.open_the_archive(archive_folder)
    until = parse_utc(f"{as_of}T23:59:59Z") if as_of else None
    begin = parse_utc(f"{since}T00:00:00Z") if since else None
    history = History(archive, bag, since=begin, until=until, brief=brief)
    for event in history.events():
        voice.answer([event_record(event)], event_lines(event, bag is None))
    voice.answer(end_records(history), end_lines(history))
    return history.state
