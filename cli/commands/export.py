"""``archiver export``: a bag as one file."""

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
        "archiver export Sessions-0f3a9c417b2e /mnt/usb/Sessions-0f3a9c417b2e.tar",
        "archiver export ./some-bag --as tar.gz /mnt/usb",
        "archiver export some-bag /mnt/usb --as tar --profile aptrust",
    ),
)
@click.argument("bag", metavar="BAG", type=click.Path())
@click.argument("path", metavar="FILE", type=click.Path())
@click.option(
    "--as",
    "form",
    type=click.Choice(("tar", "tar.gz", "zip")),
    help="The form. Without it, what FILE ends in.",
)
@wiring.profiles_option
@wiring.archive_option
@click.option("--all", "every", is_flag=True, help="Name every place, however many there are.")
def command(
    voice: Voice,
    bag: str,
    path: str,
    form: str | None,
    profiles: tuple[str, ...],
    archive_folder: str | None,
    every: bool,
) -> State:
    """Write BAG as one new FILE: tar, tar.gz or zip.

    BAG is the folder of any bag, or an id in the archive. Every file is compared with the manifests
    in the read that writes it; of a bag that is not sound nothing is written (exit code 3). Two
    exports of one bag are the same bytes. Where FILE is a folder, the file in it is named after the
    bag. Nothing is overwritten. A bag that in this form does not meet a --profile is not written
    (exit code 5).
    """
    from archiver.export import export, place_and_form
    from archiver.verify_held import locate
    from cli.render.exporting import exported_lines, exported_records

    wanted = wiring.profiles_asked(profiles)
    held = locate(wiring.archive_if_known(archive_folder), bag, wiring.clock())
    place, meant = place_and_form(path, held.place, form)
    with voice.progress() as progress:
        found = export(
            held.place, place, meant, expected=held.sealed, progress=progress, wanted=wanted
        )
    state = worst([found.state, state_of(held.findings)])
    records = exported_records(found, held.bag_id, held.findings)
    lines = exported_lines(found, held.findings, every)
    voice.tell(records, lines, trouble=state is not State.SOUND)
    return state
