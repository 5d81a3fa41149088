"""``archiver export``: a bag as one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from archiver.errors import UsageError
from archiver.state import State
from cli import wiring
from cli.inventory import bag_and_file, export_options, form_asked, tell_inventory
from cli.kinds import BAG
from cli.render.voice import Voice
from cli.units import BYTES
from cli.verb import Verb
from policies.acts import AUDIENCES

if TYPE_CHECKING:
    from archiver.archive import Archive
    from archiver.export import Exported, Form
    from archiver.profiles import Asked
    from archiver.progress import Progress
    from archiver.verify_held import Located


@click.command(
    cls=Verb,
    examples=(
        "archiver export Sessions-0f3a9c417b2e /mnt/usb/Sessions.tar --audience onsite",
        "archiver export some-bag /mnt/usb --as tar --split-size 4GB --in-house",
        "archiver export some-bag /mnt/transfers --as zip --for archivematica --in-house",
        "archiver export some-bag /mnt/usb --as tar --split-size 4GB --in-house --dry-run",
        "archiver export ./some-bag --as tar.gz /mnt/usb --in-house",
        "archiver export some-bag /mnt/usb --as tar --profile aptrust --in-house",
        "archiver export --csv inventory.csv",
    ),
)
@click.argument("named", metavar="BAG FILE", nargs=-1, type=BAG)
@click.option(
    "--as",
    "form",
    type=click.Choice(("tar", "tar.gz", "zip")),
    help="The form. Without it, what FILE ends in.",
)
@click.option(
    "--split-size",
    type=BYTES,
    metavar="SIZE",
    help="Write several files of at most SIZE each (4GB), every one a valid bag by itself.",
)
@click.option(
    "--for",
    "program",
    type=click.Choice(("archivematica",)),
    help="Add the metadata files that this program looks for in a bag.",
)
@click.option(
    "--audience", type=click.Choice(AUDIENCES), help="For whom it is. Without it: the public."
)
@click.option("--territory", metavar="CODE", help="Where it goes: a code like FR, EU, or world.")
@click.option("--recipient", metavar="TEXT", help="Who gets it, for the event log.")
@click.option(
    "--in-house",
    is_flag=True,
    help="It is a further copy for us, and is given to nobody: the act is replicate.",
)
@click.option("-n", "--dry-run", is_flag=True, help="Say what would be written; write nothing.")
@export_options
@wiring.as_of_day_option
@wiring.profiles_option()
@wiring.archive_option
@click.option("--all", "every", is_flag=True, help="Name every place, however many there are.")
def command(
    voice: Voice,
    named: tuple[str, ...],
    archive_folder: str | None,
    every: bool,
    **given: Any,
) -> State:
    """Write BAG as one new FILE: tar, tar.gz or zip, if its rights allow it.

    BAG is the folder of any bag, or an id in the archive. Every file must be free to be given to
    that audience in that territory, else nothing is written (exit code 5); a bag is exported whole
    or not at all, and the event log tells of it. Every file is compared with the manifests in the
    read that writes it; of a bag that is not sound nothing is written (exit code 3). Two exports of
    one bag are the same bytes. Where FILE is a folder, the file in it is named after the bag.
    Nothing is overwritten. --dry-run asks the rights, looks at the bag as verify --fast does, and
    leaves no event. A bag that in this form does not meet a --profile is not written (exit
    code 5).

    With --csv or --jsonl no sound leaves, and rights are told but not asked: an inventory is
    written, of any number of BAGs or of the whole archive. See archiver inventory.
    """
    asked = form_asked(given)
    if asked is not None:
        wishes = {name: given[name] for name in ("of", "bom", "as_of")}
        wishes |= {"archive_folder": archive_folder, "every": every}
        if given["dry_run"]:
            raise UsageError("an inventory has no --dry-run", "Leave it away.")
        return tell_inventory(voice, asked, given[asked], named, **wishes)
    bag, path = bag_and_file(named)
    return _handed_over(voice, bag, path, archive_folder, every, given)


def _handed_over(
    voice: Voice,
    bag: str,
    path: str,
    archive_folder: str | None,
    every: bool,
    given: dict[str, Any],
) -> State:
    """Write the bag as ``path`` if it may leave, or say whether it may; say what came of it."""
    from archiver.export import place_and_form
    from archiver.hand_over import hand_over
    from archiver.verify_held import locate
    from cli.options import purpose
    from cli.render.exporting import exported_lines, exported_records

    why = purpose(
        wiring.day(given["as_of"]),
        audience=given["audience"],
        where=given["territory"],
        recipient=given["recipient"],
        in_house=given["in_house"],
    )
    _require_one_way(given)
    dry_run = given["dry_run"]
    wanted = wiring.profiles_asked(given["profiles"])
    archive = wiring.archive_if_known(archive_folder)
    held = locate(archive, bag, wiring.clock())
    place, meant = place_and_form(path, held.place, given["form"])

    def write() -> Exported:
        with voice.progress() as progress:
            return _written(archive, held, (place, meant), given, wanted, progress)

    log = None if dry_run else archive  # what did not happen is no event
    found = hand_over(held, why, write, archive=log, clock=wiring.clock(), agent=wiring.agent())
    records, lines = exported_records(found, dry_run), exported_lines(found, every)
    if dry_run:
        voice.answer(records, lines)
    else:
        voice.tell(records, lines, trouble=found.state is not State.SOUND)
    return found.state


def _require_one_way(given: dict[str, Any]) -> None:
    """Raise :class:`UsageError` where options ask for what no writer does together."""
    if given["program"] is None:
        return
    if given["split_size"] or given["profiles"]:
        raise UsageError("--for goes with neither --split-size nor --profile", "Leave those away.")
    if given["dry_run"]:
        raise UsageError("--for goes with no --dry-run", "Leave one of them away.")


def _written(
    archive: Archive | None,
    held: Located,
    target: tuple[str, Form],
    given: dict[str, Any],
    wanted: Asked | None,
    progress: Progress,
) -> Exported:
    """Write the bag in the way that was asked for."""
    from archiver.export import export
    from archiver.export_archivematica import events_about, export_for_archivematica
    from archiver.export_parts import export_parts
    from archiver.foresee_export import foresee_export

    how: dict[str, Any] = {"expected": held.sealed, "progress": progress}
    if given["program"] is not None:
        events = events_about(archive, held.bag_id, wiring.clock())
        return export_for_archivematica(held.place, *target, events, **how)
    how["wanted"] = wanted
    if given["dry_run"]:
        return foresee_export(held.place, *target, given["split_size"], **how)
    if given["split_size"] is None:
        return export(held.place, *target, **how)
    return export_parts(held.place, *target, given["split_size"], **how)
