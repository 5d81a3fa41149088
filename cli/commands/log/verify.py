"""``archiver log verify``: the chain, and whether it continues what was seen before."""

from __future__ import annotations

import os

import click

from archiver.state import State
from cli import wiring
from cli.options import read_bytes
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver log verify",
        "archiver log verify --against checkpoint-of-march.txt",
        "archiver log verify --against /mnt/usb/archive/log",
        "archiver log verify --against /mnt/partner/first-album-1943d97ec755",
        "archiver log verify --against-bags",
    ),
)
@wiring.archive_option
@click.option(
    "--against",
    multiple=True,
    metavar="PATH",
    help="A checkpoint kept elsewhere, a bag that has one, or a folder with an older copy of the"
    " log; may be repeated.",
)
@click.option("--against-bags", is_flag=True, help="The checkpoint in every bag of the archive.")
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="VKEY",
    help="Whose signatures count, as `log key` printed it; may be repeated.",
)
def command(
    voice: Voice,
    archive_folder: str | None,
    against: tuple[str, ...],
    against_bags: bool,
    keys: tuple[str, ...],
) -> State:
    """Check every line of the log, and that today's log continues what was seen of it before.

    Checkpoints that witnesses gave back are always compared. The first line that was changed is
    named as narrowly as what was kept allows. Every new bag holds a checkpoint of the log as it was
    before: --against-bags compares with all of them and names the first bag that saw another log;
    a copy of a bag elsewhere is the better witness.
    """
    from archiver.log.in_bags import checkpoints_in_bags, in_the_bag
    from archiver.log.seen import read_seen
    from archiver.log.verify import verify_log
    from cli.render.log import verification_lines, verification_records

    archive = wiring.open_the_archive(archive_folder)
    places = [in_the_bag(place) or place for place in against]
    folders = [place for place in places if os.path.isdir(place)]
    seen = [read_seen(read_bytes(place), place) for place in places if place not in folders]
    bags = checkpoints_in_bags(archive, keys) if against_bags else None
    found = verify_log(archive, wiring.clock(), against=seen, copies=folders, keys=keys, bags=bags)
    voice.answer(
        verification_records(found),
        verification_lines(found),
        all_is_well=found.state is State.SOUND,
    )
    return found.state
