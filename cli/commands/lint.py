"""``archiver lint``: what a bag would better be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from archiver.errors import ArchiverError
from archiver.findings import Severity
from archiver.state import State, worst
from cli import wiring
from cli.kinds import BAG
from cli.nearby import bag_meant
from cli.render.voice import Voice
from cli.verb import Verb

if TYPE_CHECKING:
    from archiver.verify import BagVerification


@click.command(
    cls=Verb,
    examples=(
        "archiver lint /mnt/usb/some-bag",
        "archiver lint --strict incoming/*.tar || echo 'ask the sender'",
        "archiver lint --json some-bag | jq -r .code",
    ),
)
@click.argument("bags", metavar="BAG...", nargs=-1, required=True, type=BAG)
@wiring.archive_option
@click.option("--strict", is_flag=True, help="Exit code 5 where there is so much as a warning.")
@click.option("--all", "every", is_flag=True, help="Name every place, however many there are.")
def command(
    voice: Voice, bags: tuple[str, ...], archive_folder: str | None, strict: bool, every: bool
) -> State:
    """Say what bags would better be: each BAG is a folder, a tar, tar.gz or zip file, or an id in
    the archive.

    Looked at are structure, text files and names, never the bytes of the payload: whether those are
    sound, `archiver verify` says. Warnings are recommendations of RFC 8493 that a bag does not
    follow, and names that other systems cannot hold. They leave the exit code at 0, unless --strict
    is given. What makes a bag invalid is found, too, and ends in exit code 3.
    """
    places = [bag_meant(archive_folder, bag) for bag in bags]
    return worst([_lint(voice, place, strict, every) for place in places])


def _lint(voice: Voice, bag: str, strict: bool, every: bool) -> State:
    from archiver.lint import lint_bag
    from cli.render.linting import lint_lines, lint_records

    try:
        with voice.progress() as progress:
            found = lint_bag(bag, progress=progress)
    except ArchiverError as error:
        from cli.render.failures import failure_lines, failure_record

        voice.tell([failure_record(bag, error)], failure_lines(bag, error), trouble=True)
        return error.state
    state = _state(found, strict)
    voice.answer(
        lint_records(found, state), lint_lines(found, every), all_is_well=not found.findings
    )
    return state


def _state(found: BagVerification, strict: bool) -> State:
    warned = any(finding.severity is Severity.WARNING for finding in found.findings)
    return worst([found.state, State.REFUSED if strict and warned else State.SOUND])
