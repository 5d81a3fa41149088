"""``archiver inventory``: every file, a row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archiver.errors import UsageError
from archiver.state import State
from cli import wiring
from cli.render.voice import Voice
from cli.verb import Verb

if TYPE_CHECKING:
    from archiver.inventory import Style


@click.command(
    cls=Verb,
    examples=(
        "archiver inventory --csv > everything.csv",
        "archiver inventory Sessions-0f3a9c417b2e --jsonl -o sessions.jsonl",
    ),
)
@click.argument("bag", metavar="[BAG]", type=click.Path(), required=False)
@click.option("--csv", "style", flag_value="csv", help="CSV with a header, safe for spreadsheets.")
@click.option("--jsonl", "style", flag_value="jsonl", help="JSON Lines, one object a file.")
@click.option("-o", "--output", metavar="FILE", help="Write it to this new file.")
@wiring.archive_option
def command(
    voice: Voice,
    bag: str | None,
    style: Style | None,
    output: str | None,
    archive_folder: str | None,
) -> State:
    """List every file of BAG, or of all bags of the archive, as CSV or JSON Lines.

    BAG is an id in the archive, or the folder of any bag this program made. Size, time, digests,
    and for recordings format, verdict, length, title, creator, album, date and ISRC, as the bags'
    own records have them. In CSV a cell that begins like a formula has an apostrophe before it.
    """
    from archiver.inventory import archive_rows, bag_rows, inventory
    from archiver.metadata import write_metadata
    from cli.render.metadata import written_lines, written_records

    if style is None:
        raise UsageError("in what form is not said", "Say --csv or --jsonl.")
    if voice.as_json and output is None:
        raise UsageError("the inventory has standard output for itself", "Add -o FILE.")
    if bag is None:
        rows = archive_rows(wiring.open_the_archive(archive_folder))
    else:
        rows = bag_rows(*_placed(bag, archive_folder))
    document = inventory(rows, style)
    if output is None:
        voice.pour(document)
    else:
        written = write_metadata(output, document)
        voice.tell(written_records(style, written), written_lines(written))
    return State.SOUND


def _placed(bag: str, archive_folder: str | None) -> tuple[str, str]:
    """Return what the bag is called, and its folder. Raises :class:`UsageError`."""
    import os

    from archiver.show import locate

    shown = locate(bag, wiring.archive_if_known(archive_folder))
    if shown.bag is None or shown.path is not None:
        raise UsageError(f"{bag!r} is no bag", "Name the bag, not a file in it.")
    return os.path.basename(os.path.realpath(shown.bag)), shown.bag
