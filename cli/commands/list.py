"""``archiver list``: the bags of an archive."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver list",
        "archiver list --unsound",
        "archiver list --json --current | jq -r .id",
    ),
)
@wiring.archive_option
@click.option("-c", "--current", is_flag=True, help="Leave out bags that a newer one supersedes.")
@click.option(
    "-u",
    "--unsound",
    is_flag=True,
    help="Only bags whose last check found something, or that were never checked.",
)
def command(voice: Voice, archive_folder: str | None, current: bool, unsound: bool) -> State:
    """List the bags of the archive in the order they were sealed.

    The answer is the catalogue's: nothing is read of the bags, and the exit code is 0 whatever is
    listed. What was found in a bag, archiver history and archiver incident list tell.
    """
    from archiver.holdings import list_bags
    from cli.render.holdings import bag_record, bag_table

    archive = wiring.open_the_archive(archive_folder)
    bags = list_bags(archive, current=current, unsound=unsound)
    none = "The archive holds no bag yet."
    if unsound:
        none = "Of no bag did the last check find anything."
    voice.answer((bag_record(row) for row in bags), bag_table(bags, none))
    return State.SOUND
