"""``archiver duplicates``: what is held more than once."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.kinds import BAG
from cli.render.voice import Voice
from cli.verb import Verb

_LEVELS = ("file", "essence", "isrc")
_SHOWN = 25


@click.command(
    cls=Verb,
    examples=(
        "archiver duplicates",
        "archiver duplicates --level essence --bag Sessions-0f3a9c417b2e",
        "archiver duplicates --json | jq -r 'select(.type == \"group\") | .extra_bytes'",
    ),
)
@click.option(
    "-l",
    "--level",
    "levels",
    multiple=True,
    type=click.Choice(_LEVELS),
    help="Compare this only (may be repeated). Without it, all three.",
)
@click.option("-b", "--bag", metavar="ID", type=BAG, help="Only what is in this bag too.")
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(min=0),
    metavar="N",
    help=f"Show so many groups of each kind; 0: all. Without it {_SHOWN}, with --json all.",
)
@wiring.archive_option
def command(
    voice: Voice,
    levels: tuple[str, ...],
    bag: str | None,
    limit: int | None,
    archive_folder: str | None,
) -> State:
    """List what the archive holds more than once: files, sound, recording codes. Deletes nothing.

    file: every byte is the same. essence: the coded sound is the same though tags or container
    differ, or the samples are the same though coded otherwise (FLAC and WAVE). isrc: different
    sound that bears the same recording code. A level leaves out what the one before has told in
    full. What takes the most room comes first; bytes are those of all files but the largest.

    Bags that hold the same payload are named first: an archive may well keep two of them. A later
    version of a bag is a whole bag, so what both hold is told too: `archiver show` says which bag
    supersedes which. The answer is the catalogue's; exit code 0 whatever is found.
    """
    from archiver.duplicates import duplicates, same_payloads
    from cli.render import searching as said

    archive = wiring.open_the_archive(archive_folder)
    shown = _SHOWN if limit is None and not voice.as_json else limit
    sums = said.Sums(shown or None)
    for bags in same_payloads(archive, bag):
        voice.answer([said.payload_record(bags)], said.payload_lines(bags))
    for level, group in duplicates(archive, levels or _LEVELS, bag):
        first = group.by not in sums.by
        if sums.take(group):
            voice.answer([], [said.heading(group)] if first else [])
            voice.answer(said.group_records(level, group), said.group_lines(group))
    voice.tell(said.sum_records(sums), said.sum_lines(sums))
    return State.SOUND
