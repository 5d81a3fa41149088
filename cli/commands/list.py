"""``archiver list``: the bags of an archive."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(cls=Verb, examples=("archiver list", "archiver list --json --current | jq -r .id"))
@wiring.archive_option
@click.option("-c", "--current", is_flag=True, help="Leave out bags that a newer one supersedes.")
def command(voice: Voice, archive_folder: str | None, current: bool) -> State:
    """List the bags of the archive in the order they were sealed."""
    from archiver.holdings import list_bags
    from cli.render.holdings import bag_record, bag_table

    archive = wiring.open_the_archive(archive_folder)
    bags = list_bags(archive, current=current)
    voice.answer((bag_record(row) for row in bags), bag_table(bags))
    return State.SOUND
