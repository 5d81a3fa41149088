"""``archiver metadata``: a bag in the languages of other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archiver.errors import UsageError
from archiver.state import State
from cli import wiring
from cli.kinds import BAG
from cli.render.voice import Voice
from cli.verb import Verb

if TYPE_CHECKING:
    from archiver.metadata import Language


@click.command(
    cls=Verb,
    examples=(
        "archiver metadata Sessions-0f3a9c417b2e --as mets > mets.xml",
        "archiver metadata /mnt/usb/some-bag --as premis -o premis.xml",
    ),
)
@click.argument("bag", metavar="BAG", type=BAG)
@click.option(
    "--as",
    "language",
    type=click.Choice(["premis", "mets", "pbcore", "dc"]),
    required=True,
    help="PREMIS 3.0, METS 1.12.1 (with all others in it), PBCore 2.1, or Dublin Core.",
)
@click.option("-o", "--output", metavar="FILE", help="Write it to this new file.")
@wiring.archive_option
def command(
    voice: Voice,
    bag: str,
    language: Language,
    output: str | None,
    archive_folder: str | None,
) -> State:
    """Write what BAG holds as XML for repositories, to standard output or a file.

    BAG is an id in the archive, or the folder of any bag this program made. Of a bag in the
    archive the event log is told, too. The bag's own records are read as they lie there:
    archiver verify says whether they are those that were sealed.
    """
    from archiver.metadata import bag_metadata, events_of, write_metadata
    from archiver.show import locate
    from cli.render.metadata import written_lines, written_records

    if voice.as_json and output is None:
        raise UsageError("XML and JSON Lines cannot share standard output", "Add -o FILE.")
    archive = wiring.archive_if_known(archive_folder)
    shown = locate(bag, archive)
    if shown.bag is None or shown.path is not None:
        raise UsageError(f"{bag!r} is no bag", "Name the bag, not a file in it.")
    events = events_of(archive, shown.held, wiring.clock()) if archive and shown.held else []
    document = bag_metadata(shown.bag, language, events)
    if output is None:
        voice.pour(document)
    else:
        written = write_metadata(output, document)
        voice.tell(written_records(language, written), written_lines(written))
    return State.SOUND
