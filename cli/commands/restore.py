"""``archiver restore``: give a collection back as it came."""

from __future__ import annotations

import click

from archiver.findings import state_of
from archiver.state import State, worst
from cli import wiring
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver restore Sessions-0f3a9c417b2e ~/Sessions",
        "archiver restore /mnt/usb/some-bag ~/some-collection --dry-run",
    ),
)
@click.argument("bag", metavar="BAG", type=click.Path())
@click.argument("folder", metavar="DIR", type=click.Path())
@wiring.archive_option
@click.option("-n", "--dry-run", is_flag=True, help="Say what would come back; write nothing.")
@click.option("--all", "every", is_flag=True, help="Name every place, however many there are.")
@wiring.workers_option
def command(
    voice: Voice,
    bag: str,
    folder: str,
    archive_folder: str | None,
    dry_run: bool,
    every: bool,
    workers: int | None,
) -> State:
    """Give the collection in BAG back as the new folder DIR, exactly as it came.

    BAG is the folder of any bag, or an id in the archive. Names, bytes, modification times, modes
    (never set-id) and empty folders come back as the bag recorded them. Every file is compared with
    the manifests in the same read that copies it; one that is not what it was is named and left
    out. DIR must be free; it appears in one step when everything in it is on the disk.
    """
    from archiver.restore import foresee_restore, restore
    from archiver.verify_held import locate
    from cli.render.restoring import restored_lines, restored_records

    held = locate(wiring.archive_if_known(archive_folder), bag, wiring.clock())
    with voice.progress() as progress:
        if dry_run:
            found = foresee_restore(held.place, folder, expected=held.sealed, progress=progress)
        else:
            found = restore(
                held.place, folder, expected=held.sealed, workers=workers, progress=progress
            )
    state = worst([found.state, state_of(held.findings)])
    records = restored_records(found, held.bag_id, held.findings)
    lines = restored_lines(found, held.findings, every)
    if dry_run:
        voice.answer(records, lines)
    else:
        voice.tell(records, lines, trouble=state is not State.SOUND)
    return state
