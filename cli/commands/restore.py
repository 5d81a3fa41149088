"""``archiver restore``: give a collection back as it came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from archiver.errors import UsageError
from archiver.findings import state_of
from archiver.state import State, worst
from cli import wiring
from cli.kinds import BAG
from cli.render.voice import Voice
from cli.verb import Verb

if TYPE_CHECKING:
    from archiver.findings import Finding
    from archiver.progress import Progress
    from archiver.restore import Restored


@click.command(
    cls=Verb,
    examples=(
        "archiver restore Sessions-0f3a9c417b2e ~/Sessions",
        "archiver restore /mnt/usb/some-bag ~/some-collection --dry-run",
        "archiver restore Sessions-0f3a9c417b2e/data/song.flac ~/Desktop",
        "archiver restore some-bag.tar ~/some-collection",
        "archiver restore tape-12.*-of-3.tar tape-12 --as-bag",
    ),
)
@click.argument("bags", metavar="BAG...", nargs=-1, required=True, type=BAG)
@click.argument("folder", metavar="DIR", type=click.Path())
@click.option("--as-bag", is_flag=True, help="Of files: give the bag itself back, if it is valid.")
@wiring.archive_option
@click.option("-n", "--dry-run", is_flag=True, help="Say what would come back; write nothing.")
@click.option("--all", "every", is_flag=True, help="Name every place, however many there are.")
@wiring.workers_option
def command(
    voice: Voice,
    bags: tuple[str, ...],
    folder: str,
    archive_folder: str | None,
    every: bool,
    **given: Any,
) -> State:
    """Give the collection in BAG back as the new folder DIR, exactly as it came.

    BAG is the folder of any bag, an id in the archive, or a tar, tar.gz or zip file; or all parts
    of a bag that was exported in parts, which are joined. Names, bytes, modification times, modes
    (never set-id) and empty folders come back as the bag recorded them. Every file is compared with
    the manifests in the same read that copies it; one that is not what it was is named and left
    out. DIR must be free; it appears in one step when everything in it is on the disk.

    BAG/data/FILE gives one file back, as the new file DIR, or into DIR where that is a folder.

    With --as-bag the bag in the files comes back itself, as it was exported, and is verified.
    Nothing is left of one that is not valid.
    """
    from cli.render.restoring import restored_lines, restored_records

    with voice.progress() as progress:
        found, bag_id, of_log = _restored(bags, folder, archive_folder, progress, **given)
    state = worst([found.state, state_of(of_log)])
    records = restored_records(found, bag_id, of_log)
    lines = restored_lines(found, of_log, every)
    if found.dry_run:
        voice.answer(records, lines)
    else:
        voice.tell(records, lines, trouble=state is not State.SOUND)
    return state


def _restored(
    bags: tuple[str, ...],
    folder: str,
    archive_folder: str | None,
    progress: Progress,
    *,
    as_bag: bool,
    dry_run: bool,
    workers: int | None,
) -> tuple[Restored, str | None, tuple[Finding, ...]]:
    """Return what was restored, the bag's id if it is held, and what is wrong with the log."""
    from archiver.restore import foresee_restore, restore
    from archiver.restore_file import restore_file
    from archiver.restore_packed import foresee_packed, restore_packed
    from archiver.verify import is_serialised
    from archiver.verify_held import locate
    from cli.nearby import file_meant

    if all(map(is_serialised, bags)) and file_meant(archive_folder, bags[0]) is None:
        if dry_run:
            return foresee_packed(bags, folder, as_bag=as_bag), None, ()
        found = restore_packed(bags, folder, as_bag=as_bag, workers=workers, progress=progress)
        return found, None, ()
    if len(bags) > 1:
        other = next(bag for bag in bags if not is_serialised(bag))
        raise UsageError(
            f"{other} is no file, and several are joined only if all are files",
            "Name one bag, or the files that archiver export made of one, and then the new folder.",
        )
    if as_bag:
        raise UsageError(
            f"{bags[0]} is no file, and --as-bag unpacks files",
            "A folder is a bag as it lies there: copy it, and verify the copy.",
        )
    one = file_meant(archive_folder, bags[0])
    if one is not None:
        held = locate(wiring.archive_if_known(archive_folder), one[0], wiring.clock())
        sealed = held.sealed.tag_manifest_digest if held.sealed else None
        found = restore_file(*one, folder, sealed=sealed, dry_run=dry_run, progress=progress)
        return found, held.bag_id, held.findings
    held = locate(wiring.archive_if_known(archive_folder), bags[0], wiring.clock())
    if dry_run:
        found = foresee_restore(held.place, folder, expected=held.sealed, progress=progress)
        return found, held.bag_id, held.findings
    found = restore(held.place, folder, expected=held.sealed, workers=workers, progress=progress)
    return found, held.bag_id, held.findings
