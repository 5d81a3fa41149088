"""``archiver package``: put folders into sealed bags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from archiver.errors import ArchiverError, NoArchiveError, UsageError
from archiver.state import State, worst
from cli import options, wiring
from cli.render.text import Line
from cli.render.voice import Voice
from cli.verb import Verb
from policies.bases import BASES

if TYPE_CHECKING:
    from archiver.archive import Archive
    from archiver.packaging.outcome import SourceOutcome
    from archiver.packaging.request import PackageRequest

@click.command(
    cls=Verb,
    examples=(
        "archiver package ~/Music/Sessions --archive ~/music-archive --basis own-production",
        "archiver package ~/Music --each --dry-run --basis own-production",
        "archiver package Album --basis licence --rights-note 'CC BY-SA 4.0, https://example.org'",
        "archiver package Tape-12 --id tape-12 --rights rights.toml --info Contact-Name='A. Bee'",
    ),
)
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True, type=click.Path())
@wiring.archive_option
@click.option("-e", "--each", is_flag=True, help="Make one bag of each sub-folder of SOURCE.")
@click.option("-i", "--id", "bag_id", metavar="ID", help="The bag's identifier (one SOURCE only).")
@click.option("-n", "--dry-run", is_flag=True, help="Show every decision and write nothing.")
@click.option(
    "-b",
    "--basis",
    metavar="BASIS",
    type=click.Choice(list(BASES)),
    help=f"Why you may keep it: {', '.join(BASES)}.",
)
@click.option("--rights-note", metavar="TEXT", help="Which licence, law, agreement or donor.")
@click.option("--rights-date", metavar="DATE", help="When that was determined: YYYY-MM-DD.")
@click.option(
    "--rights", metavar="FILE", type=click.Path(), help="Basis, note and date from a TOML file."
)
@click.option(
    "--info", metavar="KEY=VALUE", multiple=True, help="A line for bag-info.txt; can be repeated."
)
@click.option(
    "--info-file", metavar="FILE", type=click.Path(), help="Lines for bag-info.txt, 'Key: Value'."
)
@click.option("--again", is_flag=True, help="Make a bag even if the archive holds this content.")
@click.option("--keep-bag", is_flag=True, help="Keep a SOURCE that is itself a bag, as payload.")
@click.option("--all", "every", is_flag=True, help="Name every place, however many there are.")
@wiring.workers_option
@wiring.lock_wait_option
def command(voice: Voice, dry_run: bool, **given: Any) -> State:
    """Put each folder SOURCE into a sealed bag of its own.

    SOURCE is only read. Every entry is judged before the first byte is written; every byte is
    read once, copied, read back from the medium and compared. The same content is recognised
    and not kept twice. A folder that holds no archive becomes one.
    """
    requests = _Requests(given)
    return _preview(voice, requests, given) if dry_run else _package(voice, requests, given)


class _Requests:
    """What the options ask for; the engine is imported only when this is made."""

    def __init__(self, given: dict[str, Any]) -> None:
        from archiver.packaging.request import PackageRequest

        self.template = PackageRequest(
            source="",
            bag_id=given["bag_id"],
            rights=options.rights_statement(
                given["basis"], given["rights_note"], given["rights_date"], given["rights"]
            ),
            info=options.info_pairs(given["info"], given["info_file"]),
            again=given["again"],
            keep_bag=given["keep_bag"],
        )
