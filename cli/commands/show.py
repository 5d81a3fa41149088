"""``archiver show``: one bag of an archive."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=("archiver show Sessions-0f3a9c417b2e", "archiver show tape-12 --files"),
)
@click.argument("bag_id", metavar="ID")
@click.option("-f", "--files", is_flag=True, help="List its files too.")
@wiring.archive_option
def command(voice: Voice, bag_id: str, files: bool, archive_folder: str | None) -> State:
    """Show the bag ID: what is in it, where it lies, and what became of it."""
    from archiver.holdings import show_bag
    from cli.render.holdings import held_lines, held_records

    bag = show_bag(wiring.open_the_archive(archive_folder), bag_id)
    voice.answer(held_records(bag, files), held_lines(bag, files))
    return State.SOUND
