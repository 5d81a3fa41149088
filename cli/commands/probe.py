"""``archiver probe``: what recordings are, wherever they lie."""

from __future__ import annotations

import click

from archiver.state import State, worst
from cli import wiring
from cli.render.text import Line, count
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver probe 'tape 12.wav'",
        "archiver probe --tags --chunks song.mp3",
        "archiver probe --decode ~/collection/album",
        "archiver probe --json ~/collection | jq -r 'select(.verdict == \"damaged\") | .path'",
    ),
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path())
@click.option("-t", "--tags", is_flag=True, help="Show every tag as it is in the file.")
@click.option("-c", "--chunks", is_flag=True, help="List every block: offset, size, digest.")
@wiring.decode_option
@wiring.workers_option
def command(
    voice: Voice,
    paths: tuple[str, ...],
    tags: bool,
    chunks: bool,
    decode: bool,
    workers: int | None,
) -> State:
    """Say what recordings are: format, sound, tags, digests, and whether they are intact.

    PATH is a file, or a folder, whose files are taken in the order of their paths. No archive is
    needed, nothing is written, no link is followed. With --decode all sound is decoded, too: how
    much comes out and, of lossless formats, whether it is what was encoded.

    Exit code 3: a checksum inside a file does not hold, or sound is missing. Exit code 4: something
    could not be read, or a decoder does not agree with the file.
    """
    from archiver.probe import probe, state_of_examination
    from cli.render.audio import recording_lines, recording_record

    states, beside = [State.SOUND], 0
    for path, found in probe(paths, workers, decode):
        states.append(state_of_examination(found))
        nothing_to_say = found.record["format"] is None and not found.problems
        if nothing_to_say and path not in paths and not voice.as_json:
            beside += 1
            continue
        voice.answer(
            [recording_record(path, found)],
            recording_lines(path, found, tags, chunks),
            all_is_well=states[-1] is State.SOUND and not found.problems,
        )
    if beside:
        files = count(beside, "other file")
        voice.answer([], [Line(f"and {files} beside, no recordings")], all_is_well=True)
    return worst(states)
