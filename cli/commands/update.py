"""``archiver update``: a new version of a bag."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from archiver.errors import UsageError
from archiver.state import State
from cli import options, wiring
from cli.intake_options import composition_options, info_options, rights_options
from cli.keys import log_key
from cli.kinds import BAG
from cli.render.voice import Voice
from cli.verb import Verb

if TYPE_CHECKING:
    from archiver.archive import Archive
    from archiver.update import Changes


@click.command(
    cls=Verb,
    examples=(
        "archiver update tape-12 --add booklet.pdf --reason 'booklet scanned'",
        "archiver update tape-12 --add 'side C' --at 'data/disc 2' --reason 'found in box 4'",
        "archiver update tape-12 --info Contact-Name='A. Bee' --reason 'contact was wrong' -n",
        "archiver update tape-12 --replace data/notes.txt ~/notes.txt --reason 'typing errors'",
        "archiver update tape-12 --remove 'data/desktop.ini' --reason 'not of the collection'",
    ),
)
@click.argument("bag", metavar="BAG", type=BAG)
@wiring.archive_option
@click.option(
    "--add",
    metavar="PATH",
    multiple=True,
    type=click.Path(),
    help="A file or folder to add; can be repeated.",
)
@click.option(
    "--at",
    metavar="FOLDER",
    default="data",
    show_default=True,
    help="The folder of the bag that --add adds to; made if need be.",
)
@click.option(
    "--replace",
    metavar="INSIDE PATH",
    multiple=True,
    type=(str, click.Path()),
    help="Put the file or folder PATH in the place of INSIDE (data/...).",
)
@click.option(
    "--remove",
    metavar="INSIDE",
    multiple=True,
    help="Leave the file or folder INSIDE (data/...) out; can be repeated.",
)
@info_options("A line for bag-info.txt, instead of all there are with this KEY; can be repeated.")
@rights_options(
    why="Why you may keep it, if not as before",
    file="Statements of rights from a file, instead of those the bag was made under.",
)
@composition_options(
    profile="A BagIt profile that the new bag must meet, besides those it met before.",
    tag_file="A file for the top of the bag, instead of one of that name.",
)
@click.option("-r", "--reason", metavar="TEXT", required=True, help="Why; kept in the new bag.")
@click.option(
    "-i", "--id", "bag_id", metavar="ID", help="The new bag's identifier; else the first's and -vN."
)
@click.option("-n", "--dry-run", is_flag=True, help="Show every decision and write nothing.")
@click.option(
    "--accept-known-damage",
    is_flag=True,
    help="Take files that are not what lists among them, or checksums inside them, say.",
)
@click.option("--all", "every", is_flag=True, help="Name every place, however many there are.")
@wiring.workers_option
@wiring.lock_wait_option
def command(voice: Voice, bag: str, archive_folder: str | None, **given: Any) -> State:
    """Make a new version of BAG: a new sealed bag, with files or metadata added.

    BAG itself is never written to. It stays in the archive, goes on being checked, and is shown as
    superseded. What has not changed is copied, and compared with the digests it was sealed with in
    that one read: of a damaged bag no version is made. The policy in force judges all of it.
    """
    archive = wiring.open_the_archive(archive_folder)
    changes = _changes(given)
    if given["dry_run"]:
        return _rehearse(voice, archive, bag, changes, given["every"])
    return _update(voice, archive, bag, changes, given)


def _update(
    voice: Voice, archive: Archive, bag: str, changes: Changes, given: dict[str, Any]
) -> State:
    from archiver.update import update
    from cli.render.updating import updated_lines, updated_records

    with voice.progress() as progress:
        outcome = update(
            archive,
            bag,
            changes,
            clock=wiring.clock(),
            agent=wiring.agent(),
            workers=wiring.workers(given["workers"]),
            progress=progress,
            lock_wait=given["lock_wait"],
            key=log_key(archive),
        )
    trouble = outcome.state is not State.SOUND
    lines = updated_lines(bag, outcome, given["every"])
    voice.tell(updated_records(bag, outcome), lines, trouble)
    return outcome.state


def _rehearse(voice: Voice, archive: Archive, bag: str, changes: Changes, every: bool) -> State:
    from archiver.update import foresee_update
    from cli.render.updating import foreseen_lines, foreseen_records

    policy, clock = wiring.policy_of(archive), wiring.clock()
    with (
        voice.progress() as progress,
        foresee_update(archive, bag, changes, policy, clock=clock, progress=progress) as seen,
    ):
        found, new = seen
        lines = foreseen_lines(bag, new, found, every)
        voice.answer(foreseen_records(bag, new, found), lines)
        return found.state


def _changes(given: dict[str, Any]) -> Changes:
    from archiver.update import Changes

    reason = given["reason"].strip()
    if not reason:
        raise UsageError("the reason is empty", "Say why the new version is made.")
    return Changes(
        reason=reason,
        add=given["add"],
        at=given["at"],
        replace=given["replace"],
        remove=given["remove"],
        info=options.info_pairs(given["info"], given["info_file"]),
        rights=options.rights_statement(
            given["basis"], given["rights_note"], given["rights_date"], given["rights"]
        ),
        rights_file=given["rights"],
        known_damage=reason if given["accept_known_damage"] else None,
        bag_id=given["bag_id"],
        profiles=given["profiles"],
        tag_files=given["tag_files"],
    )
