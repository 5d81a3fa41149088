"""``archiver show``: one bag, or one file in or out of a bag."""

from __future__ import annotations

import click

from archiver.state import State, worst
from cli import wiring
from cli.kinds import BAG
from cli.render.text import Line, Tone
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver show Sessions-0f3a9c417b2e",
        "archiver show tape-12 --files",
        "archiver show tape-12/data/01.flac --tags",
        "archiver show Sessions-0f3a9c417b2e.tar:data/song.flac",
        "archiver show --chunks 'loose recording.wav'",
    ),
)
@click.argument("wanted", metavar="BAG|FILE", type=BAG)
@click.option("-t", "--tags", is_flag=True, help="Show every tag as it is in the file.")
@click.option("-c", "--chunks", is_flag=True, help="List every block: offset, size, digest.")
@click.option("-f", "--files", is_flag=True, help="List the files of a held bag too.")
@wiring.archive_option
def command(
    voice: Voice, wanted: str, tags: bool, chunks: bool, files: bool, archive_folder: str | None
) -> State:
    """Show a bag, or a file: what it is, what is written in it, what became of it.

    BAG is an identifier or a bag's folder; FILE is BAG/data/..., as archiver search names it, or a
    path. A bag may be a tar, tar.gz or zip file: FILE.tar, FILE.tar:data/... What a bag holds is
    told from its own tag files, so it is what was sealed; the payload is not read. A file outside
    any bag is probed, as archiver probe does.
    """
    from archiver.show import locate
    from archiver.show_serial import bag_in_file

    archive = wiring.archive_if_known(archive_folder)
    with bag_in_file(wanted) as packed:
        if packed is not None and packed.bag is not None:
            if packed.path is not None:
                return _file(voice, packed.bag, packed.path, tags, chunks)
            voice.answer([], [Line(wanted)])
            return _summary(voice, packed.bag, False)
    meant = locate(wanted, archive)
    if meant.bag is None:
        return _probed(voice, str(meant.path), tags, chunks)
    if meant.path is not None:
        return _file(voice, meant.bag, meant.path, tags, chunks)
    states = [State.SOUND]
    if meant.held is not None:
        from archiver.holdings import show_bag
        from cli.render.holdings import held_lines, held_records, story_lines

        bag = show_bag(wiring.open_the_archive(archive_folder), meant.held)
        voice.answer(held_records(bag, files), held_lines(bag))
        states.append(_summary(voice, meant.bag, True))
        voice.answer([], story_lines(bag, files))
        return worst(states)
    voice.answer([], [Line(meant.bag)])
    return _summary(voice, meant.bag, False)


def _probed(voice: Voice, path: str, tags: bool, chunks: bool) -> State:
    from archiver.probe import probe, state_of_examination
    from cli.render.audio import recording_lines, recording_record

    ((_, found),) = probe([path], 1)
    voice.answer([recording_record(path, found)], recording_lines(path, found, tags, chunks))
    return state_of_examination(found)


def _file(voice: Voice, bag: str, path: str, tags: bool, chunks: bool) -> State:
    from archiver.sealed import sealed_file
    from cli.render.audio import recording_lines
    from cli.render.sealed import about_file, sealed_record

    file = sealed_file(bag, path)
    lines = recording_lines(f"{file.bag}/{path}", file.examination, tags, chunks, about_file(file))
    voice.answer([sealed_record(file)], lines)
    return State.SOUND


def _summary(voice: Voice, bag: str, held: bool) -> State:
    """Tell what the bag's recordings come to, or that its own records cannot be read."""
    from archiver.catalogue import BagRecordsError
    from archiver.sealed import recordings_of
    from cli.render.sealed import recordings_lines, recordings_record

    try:
        found = recordings_of(bag)
    except BagRecordsError as error:
        if not held:
            raise
        voice.tell([], [Line(f"  the bag's own records: {error.message}", Tone.BAD)], trouble=True)
        return State.INCOMPLETE
    voice.answer([recordings_record(found)], recordings_lines(found, with_info=not held))
    return State.SOUND
