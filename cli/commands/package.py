"""``archiver package``: put folders into sealed bags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from archiver.errors import RefusedError
from archiver.state import State, worst
from cli import options, wiring
from cli.intake_options import composition_options, info_options, rights_options
from cli.render.text import Line
from cli.render.voice import Voice
from cli.verb import Verb

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archiver.archive import Archive
    from archiver.packaging.request import PackageRequest
    from cli.requests import Planned


@click.command(
    cls=Verb,
    examples=(
        "archiver package ~/Music/Sessions --archive ~/music-archive --basis own-production",
        "archiver package ~/Music --each --dry-run --basis own-production",
        "archiver package Album --basis licence --rights-note 'CC BY-SA 4.0, https://example.org'",
        "archiver package Tape-9 --accept-known-damage --reason 'the only copy' --rights r.toml",
        "archiver package Album --profile btr --info Source-Organization='Our Library' --dry-run",
        "archiver package Tape-12 --id tape-12 --rights rights.toml --info Contact-Name='A. Bee'",
    ),
)
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, type=click.Path())
@wiring.archive_option
@click.option("-e", "--each", is_flag=True, help="Make one bag of each sub-folder of SOURCE.")
@click.option("-i", "--id", "bag_id", metavar="ID", help="The bag's identifier (one SOURCE only).")
@click.option("-n", "--dry-run", is_flag=True, help="Show every decision and write nothing.")
@rights_options(file="Statements of rights from a file; else rights.toml in SOURCE.")
@info_options()
@composition_options(
    profile="A BagIt profile that the bag must meet, or nothing is packaged.",
    tag_file="A file to put at the bag's top beside our own, such as aptrust-info.txt.",
)
@click.option("--again", is_flag=True, help="Make a bag even if the archive holds this content.")
@click.option("--keep-bag", is_flag=True, help="Keep a SOURCE that is itself a bag, as payload.")
@click.option(
    "--accept-known-damage",
    is_flag=True,
    help="Take files that are not what lists among them, or checksums inside them, say; "
    "needs --reason.",
)
@click.option("--reason", metavar="TEXT", help="Why the damage is accepted; kept in the bag.")
@wiring.decode_option
@click.option("--all", "every", is_flag=True, help="Name every place, however many there are.")
@wiring.workers_option
@wiring.lock_wait_option
def command(voice: Voice, dry_run: bool, **given: Any) -> State:
    """Put each folder SOURCE into a sealed bag of its own.

    SOURCE is only read. Every entry is judged before the first byte is written; every byte is
    read once, copied, read back from the medium and compared. The same content is recognised
    and not kept twice. A folder that holds no archive becomes one.
    """
    from cli.packaging import Rehearsal, Run, first_to_come_in, say_ending
    from cli.requests import plan

    template = _template(given)
    place = given["archive_folder"]
    archive = wiring.archive_if_there(place)
    policy = wiring.policy_of(archive) if archive else wiring.policy_bytes(None)
    planned = list(plan(given["sources"], template, given["each"]))
    _refuse_at_once(template, policy, archive, planned)
    if dry_run:
        return Rehearsal(voice, archive, policy, given["every"]).run(planned)
    settings = given["workers"], given["lock_wait"], given["every"]
    if archive is not None:
        return Run(voice, archive, *settings).run(planned)
    with first_to_come_in(voice, planned, policy) as found:
        if isinstance(found, list):
            for ending in found:
                say_ending(voice, ending, given["every"])
            return worst(ending.state for ending in found)
        return Run(voice, _new_archive(voice, place), *settings, found).run(planned)


def _template(given: dict[str, Any]) -> PackageRequest:
    """Return what the options ask for, the same for every source."""
    from archiver.packaging.request import PackageRequest

    return PackageRequest(
        source="",
        bag_id=given["bag_id"],
        rights=options.rights_statement(
            given["basis"], given["rights_note"], given["rights_date"], given["rights"]
        ),
        rights_file=given["rights"],
        info=options.info_pairs(given["info"], given["info_file"]),
        again=given["again"],
        keep_bag=given["keep_bag"],
        known_damage=options.known_damage(given["accept_known_damage"], given["reason"]),
        decode=given["decode"],
        profiles=given["profiles"],
        tag_files=given["tag_files"],
    )


def _refuse_at_once(
    template: PackageRequest, policy: bytes, archive: Archive | None, planned: Iterable[Planned]
) -> None:
    """Raise :class:`RefusedError` for what no source could change, before anything is read.

    And :class:`archiver.errors.UsageError` where what is to be decoded cannot be.
    """
    from archiver.audio.decode import require_decoder
    from archiver.packaging.admit import requirements
    from archiver.packaging.profiled import prepare
    from archiver.packaging.request import PackageRequest
    from archiver.rights import holds_rights_file
    from policies.policy import read_policy

    if template.decode:
        require_decoder()

    root = archive.root if archive else None
    reasons = requirements(prepare(template, read_policy(policy), root))
    if any(holds_rights_file(one.source) for one in planned if isinstance(one, PackageRequest)):
        reasons = tuple(reason for reason in reasons if reason.code != "rights-missing")
    if reasons:
        message = "; ".join(reason.sentence for reason in reasons)
        advice = dict.fromkeys(reason.advice for reason in reasons)
        raise RefusedError(message, "\n".join(advice))


def _new_archive(voice: Voice, folder: str | None) -> Archive:
    """Make an archive with the defaults, and say so."""
    archive = wiring.make_archive(wiring.archive_place(folder), None)
    root = str(archive.root)
    voice.tell(
        [{"type": "archive", "path": root, "id": archive.identity, "made": True}],
        [Line(f"there was no archive in {root}; made one with the default policy")],
    )
    return archive
