"""``archiver compare``: is it still the same sound?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from archiver.errors import UsageError
from archiver.state import State
from cli import wiring
from cli.kinds import BAG
from cli.nearby import bag_meant, place_meant
from cli.render.voice import Voice
from cli.verb import Verb

if TYPE_CHECKING:
    from archiver.compare_trees import Pair, Side
    from cli.render.comparison import Tally


@click.command(
    cls=Verb,
    examples=(
        "archiver compare before.flac after.flac",
        "archiver compare --decode tape.wav tape.wv",
        "archiver compare ~/collection /mnt/copy/collection",
        "archiver compare --recorded old-bag new-bag",
        "archiver compare --json old-bag new-bag | jq -r 'select(.likeness == \"removed\") | .old'",
    ),
)
@click.argument("old", metavar="OLD", type=BAG)
@click.argument("new", metavar="NEW", type=BAG)
@click.option("--all", "every", is_flag=True, help="Name every file, and every key that changed.")
@click.option(
    "--recorded", is_flag=True, help="Of two bags: by what they recorded; no payload is read."
)
@wiring.decode_option
@wiring.archive_option
@wiring.workers_option
def command(
    voice: Voice,
    old: str,
    new: str,
    archive_folder: str | None,
    every: bool,
    recorded: bool,
    decode: bool,
    workers: int | None,
) -> State:
    """Compare two recordings, or the files of two folders or bags, by their sound.

    OLD and NEW are identical; the same essence with other metadata (which keys, old and new); the
    same samples, coded otherwise; or different. Of a bag the payload is compared; one of the
    archive, or a file in it, is named by its id: ID, ID/data/song.flac. Files of folders meet by
    path, then by digest, then by sound. Each answer says what it rests on; with --decode lossless
    sound of all kinds is compared by its samples.

    --recorded reads the tag files of two bags only, and answers from the digests taken when they
    were sealed. Whether the payload still is what was recorded is then for archiver verify to say.

    Exit code 0: no sound differs and no file of OLD is missing in NEW, whatever else changed (tags,
    added files, files that are no recordings). 3: sound differs or a file is missing. 4: something
    could not be read, or what was compared did not decide.
    """
    from archiver.compare_recorded import compare_recorded, recorded_side
    from archiver.compare_trees import compare, side

    if recorded and decode:
        raise UsageError(
            "--recorded and --decode exclude each other", "Bags say whether they were decoded."
        )
    meant = bag_meant if recorded else place_meant
    old, new = meant(archive_folder, old), meant(archive_folder, new)
    with voice.progress() as progress:
        if recorded:
            sides = recorded_side(old, progress), recorded_side(new, progress)
            pairs = compare_recorded(*sides)
        else:
            sides = side(old), side(new)
            pairs = compare(*sides, workers=workers, progress=progress, decode=decode)
        tally = _said(voice, sides, pairs)
    if sides[0].is_folder:
        from cli.render.comparison import collection_lines, sum_record

        lines = collection_lines(sides, tally, every, recorded)
        said = [sum_record(sides, tally, recorded)]
        voice.answer(said, lines, all_is_well=tally.state is State.SOUND)
    return tally.state


def _said(voice: Voice, sides: tuple[Side, Side], pairs: Iterator[Pair]) -> Tally:
    """Say of each pair what is said at once; return what they all come to."""
    from cli.render.comparison import Tally, pair_record, two_files_lines

    tally = Tally()
    for pair in pairs:
        tally.take(pair)
        if voice.as_json:
            voice.answer([pair_record(pair)], [])
        elif not sides[0].is_folder:
            voice.answer([], two_files_lines(pair), all_is_well=tally.state is State.SOUND)
    return tally
