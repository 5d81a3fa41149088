"""``archiver import``: another tool's bag into the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from archiver.errors import ArchiverError, BusyError
from archiver.state import State, worst
from cli import options, wiring
from cli.intake_options import info_options, rights_options
from cli.keys import log_key
from cli.render.voice import Voice
from cli.verb import Verb

if TYPE_CHECKING:
    from archiver.archive import Archive
    from archiver.import_bag import Imported


@click.command(
    cls=Verb,
    examples=(
        "archiver import /mnt/usb/their-bag --basis licence --rights-note 'agreement of 2026'",
        "archiver import their-bag.tar --rights rights.toml --archive ~/music-archive",
        "archiver import old-bag --form upgrade --basis public-domain",
        "archiver import old-bag --accept-known-damage --reason 'the only copy' --basis statute",
    ),
)
@click.argument("bags", metavar="BAG...", nargs=-1, required=True, type=click.Path())
@wiring.archive_option
@rights_options(file="Statements of rights from a file.")
@info_options()
@click.option(
    "--form",
    metavar="FORM",
    type=click.Choice(["wrap", "upgrade"]),
    help="wrap: keep the bag whole, as payload; upgrade: make a bag of BagIt 1.0 of its payload. "
    "Without it, as the policy says.",
)
@click.option(
    "--accept-known-damage", is_flag=True, help="Take a bag that is not valid; needs --reason."
)
@click.option("--reason", metavar="TEXT", help="Why the damage is accepted; kept in the bag.")
@click.option("--all", "every", is_flag=True, help="Name every place, however many there are.")
@wiring.workers_option
@wiring.lock_wait_option
def command(voice: Voice, bags: tuple[str, ...], archive_folder: str | None, **given: Any) -> State:
    """Take bags of other tools into the archive: folders, or tar, tar.gz and zip files of them.

    Each BAG is verified in full, then kept whole and as it was received, as the payload of a new
    bag (--form wrap), or its payload becomes that of a bag of BagIt 1.0, its tag files kept beside
    it (--form upgrade). BLAKE3 taken in the verifying read is held against what is sealed. A bag
    that is not valid is refused with every fault named, unless its damage is accepted for a reason.
    """
    archive = wiring.open_the_archive(archive_folder)
    from cli.render.importing import group_lines

    came: list[Imported] = []
    state = worst([_import(voice, archive, bag, given, came) for bag in bags])
    voice.tell([], group_lines(came))
    return state


def _import(
    voice: Voice, archive: Archive, bag: str, given: dict[str, Any], came: list[Imported]
) -> State:
    from archiver.import_bag import import_bag
    from archiver.packaging.request import PackageRequest
    from cli.render.failures import failure_lines, failure_record
    from cli.render.importing import imported_lines, imported_records

    request = PackageRequest(
        source=bag,
        rights=options.rights_statement(
            given["basis"], given["rights_note"], given["rights_date"], given["rights"]
        ),
        rights_file=given["rights"],
        info=options.info_pairs(given["info"], given["info_file"]),
        known_damage=options.known_damage(given["accept_known_damage"], given["reason"]),
    )
    try:
        with voice.progress() as progress:
            found = import_bag(
                archive,
                request,
                clock=wiring.clock(),
                agent=wiring.agent(),
                workers=wiring.workers(given["workers"]),
                progress=progress,
                lock_wait=given["lock_wait"],
                key=log_key(archive),
                form=given["form"],
            )
    except BusyError:
        raise
    except ArchiverError as error:
        voice.tell([failure_record(bag, error)], failure_lines(bag, error), trouble=True)
        return error.state
    came.append(found)
    trouble = found.state is not State.SOUND
    voice.tell(imported_records(found), imported_lines(found, given["every"]), trouble)
    return found.state
