"""``archiver inventory``: what the archive holds, as a table."""

from __future__ import annotations

from typing import Any

import click

from archiver.errors import UsageError
from archiver.state import State
from cli import wiring
from cli.inventory import STDOUT, Form, row_options, tell_inventory
from cli.kinds import BAG
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver inventory --csv > everything.csv",
        "archiver inventory --csv --of bags --bom -o bags.csv",
        "archiver inventory Sessions-0f3a9c417b2e --jsonl --of recordings | jq -r .title",
    ),
)
@click.argument("named", metavar="[BAG]...", nargs=-1, type=BAG)
@click.option("--csv", "form", flag_value="csv", help="CSV with a header, safe for spreadsheets.")
@click.option("--jsonl", "form", flag_value="jsonl", help="JSON Lines, one object a row.")
@click.option("-o", "--output", metavar="FILE", help="Write it to this new file.")
@row_options
@wiring.as_of_day_option
@wiring.archive_option
@click.option("--all", "every", is_flag=True, help="Name every place, however many there are.")
def command(
    voice: Voice, named: tuple[str, ...], form: Form | None, output: str | None, **wishes: Any
) -> State:
    """List every file of the BAGs named, or of all bags of the archive, as CSV or JSON Lines.

    BAG is an id in the archive, or the folder of any bag this program made. One row a file: path,
    size, time, digests, rights, when it was last verified; of recordings also format, length,
    sample rate, channels, title, creator, album and ISRC. Catalogue and tag files are read, no
    recording. Rights are told, for today or --as-of, and not asked: no sound leaves the archive.

    In CSV no cell is a formula, and each is one line: what a spreadsheet program or a terminal
    might obey is written like \\u003d. docs/formats/inventory.md describes that and the columns.
    """
    if form is None:
        raise UsageError("in what form is not said", "Say --csv or --jsonl.")
    return tell_inventory(voice, form, output or STDOUT, named, **wishes)
