"""What ``inventory`` and ``export --csv`` have in common: their options, and their telling."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import click
from click.core import ParameterSource

from archiver.errors import UsageError
from archiver.state import State
from cli import wiring
from cli.render.voice import Voice

if TYPE_CHECKING:
    from archiver.inventories.columns import Of

Form = Literal["csv", "jsonl"]

STDOUT = "-"
_FITTING = frozenset({"csv", "jsonl", "of", "bom", "named", "as_of", "archive_folder", "every"})
_SPEAKING = frozenset({"as_json", "quiet", "no_progress", "debug", "voice"})


def row_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--of`` and ``--bom``, which say what the rows are and how a CSV begins."""
    for one in (
        click.option(
            "--bom", is_flag=True, help="Begin the CSV with the mark by which Excel knows UTF-8."
        ),
        click.option(
            "--of",
            type=click.Choice(("bags", "files", "recordings")),
            help="What a row of the inventory is about. Without it: files.",
        ),
    ):
        command = one(command)
    return command


def export_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--csv``, ``--jsonl`` and what goes with them to ``export``."""
    command = row_options(command)
    for one in (
        click.option("--jsonl", metavar="FILE", help="The inventory as JSON Lines."),
        click.option(
            "--csv",
            metavar="FILE",
            help="Write an inventory as CSV instead, as archiver inventory does; - prints it.",
        ),
    ):
        command = one(command)
    return command


def form_asked(given: dict[str, Any]) -> Form | None:
    """Return the form of inventory that is asked for, ``None`` when none is.

    Raises :class:`UsageError` for options that do not go together.
    """
    if given["csv"] is not None and given["jsonl"] is not None:
        raise UsageError("--csv and --jsonl are two inventories", "Ask for one at a time.")
    form: Form | None = "csv" if given["csv"] is not None else "jsonl" if given["jsonl"] else None
    if form is None and (given["of"] or given["bom"]):
        raise UsageError("--of and --bom belong to an inventory", "Add --csv FILE.")
    if form is not None:
        _require_fitting(form)
    return form


def _require_fitting(form: Form) -> None:
    context = click.get_current_context()
    for parameter in context.command.params:
        name = str(parameter.name)
        typed = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if typed and name not in _FITTING | _SPEAKING:
            raise UsageError(
                f"{parameter.opts[0]} has no meaning for an inventory: --{form}",
                "Rights and forms are asked of bags that are handed over; leave it away.",
            )


def bag_and_file(named: tuple[str, ...]) -> tuple[str, str]:
    """Return the bag and the file that an export was asked for. Raises :class:`UsageError`."""
    if len(named) != 2:
        raise UsageError(
            "one BAG and one FILE are wanted", "For an inventory of many bags: --csv FILE BAG..."
        )
    return named[0], named[1]


def tell_inventory(
    voice: Voice,
    form: Form,
    place: str,
    named: tuple[str, ...],
    *,
    of: Of | None,
    bom: bool,
    as_of: str | None,
    archive_folder: str | None,
    every: bool,
) -> State:
    """Write the inventory to the file ``place``, or print it (-); return how it ended."""
    from archiver.inventory import inventory_of, write_inventory
    from cli.render.inventory import inventory_lines, inventory_records

    if voice.as_json and place == STDOUT:
        raise UsageError(
            "the inventory and --json cannot share standard output", "Name a FILE for it."
        )
    if form == "jsonl" and bom:
        raise UsageError("JSON Lines begin with no mark", "Leave --bom away.")
    known = wiring.archive_if_known if named else wiring.open_the_archive
    inventory = inventory_of(known(archive_folder), of or "files", wiring.day(as_of), named)
    pieces = inventory.csv(bom=bom) if form == "csv" else inventory.jsonl()
    written = None
    if place == STDOUT:
        voice.pour(pieces)
    else:
        written = write_inventory(place, pieces)
    trouble = inventory.state is not State.SOUND
    if written or trouble:
        records = inventory_records(form, inventory, written)
        voice.tell(records, inventory_lines(inventory, written, every), trouble=trouble)
    return inventory.state
