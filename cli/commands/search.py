"""``archiver search``: find recordings by what is written in them."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.kinds import BAG
from cli.render.voice import Voice
from cli.verb import Verb

_FIELDS = (
    ("title", "Words of the title."),
    ("creator", "Words of the performer, album artist or composer."),
    ("album", "Words of the album."),
    ("isrc", "The recording code, with or without hyphens; DEA12* for its beginning."),
    ("name", "Words of the path below data/."),
    ("format", "The format, as archiver show --files has it: flac, wav, ogg-vorbis."),
)


def _field_options(command: click.Command) -> click.Command:
    for name, meaning in reversed(_FIELDS):
        option = click.Option([f"--{name}"], multiple=True, metavar="WORD", help=meaning)
        command.params.insert(1, option)
    return command


@_field_options
@click.command(
    cls=Verb,
    examples=(
        "archiver search blackbird",
        "archiver search 'moon river' --creator mancini",
        "archiver search 'beeth*' --format flac --json | jq -r '.bag + \"/\" + .path'",
        "archiver search --isrc de-a12-87-00001",
    ),
)
@click.argument("words", metavar="[WORD]...", nargs=-1)
@click.option("-b", "--bag", metavar="ID", type=BAG, help="Look in this bag only.")
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(min=0),
    default=50,
    show_default=True,
    metavar="N",
    help="Show so many at most; 0: all.",
)
@wiring.archive_option
def command(
    voice: Voice,
    words: tuple[str, ...],
    bag: str | None,
    limit: int,
    archive_folder: str | None,
    **fields: tuple[str, ...],
) -> State:
    """Find recordings in all bags by title, creator, album, code, path or any other tag.

    Every WORD must be there, anywhere in the file's tags or path. Capitals and accents make no
    difference. WORD* stands for all words that begin so; several words in one argument ('moon
    river') must stand together. Files that are no recordings are found by their paths.

    What has the words in its title comes first, then what has them in creator, album, code or path.
    The answer is the catalogue's; exit code 0, also when nothing is found.
    """
    from itertools import islice

    from archiver.catalogue import Wish
    from archiver.search import search
    from cli.render.searching import hit_lines, hit_record, search_lines, search_record

    archive = wiring.open_the_archive(archive_folder)
    found = search(archive, Wish(words, fields, bag))
    hits = 0
    for hit in islice(found, limit or None):
        hits += 1
        voice.answer([hit_record(hit)], hit_lines(hit))
    more = next(found, None) is not None
    voice.tell([search_record(hits, more)], search_lines(hits, more, words), trouble=not hits)
    return State.SOUND
