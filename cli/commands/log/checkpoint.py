"""``archiver log checkpoint``: what stands for the log as it is now."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.keys import KEY_HELP, log_key
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver log checkpoint > checkpoint-2026-11.txt",
        "archiver log checkpoint --key ~/.config/archiver/log.key | mail -s 'Our log' partner",
    ),
)
@wiring.archive_option
@click.option("--key", "key_file", metavar="FILE", help=KEY_HELP)
def command(voice: Voice, archive_folder: str | None, key_file: str | None) -> State:
    """Print three lines that stand for every line of the log: its name, its length, its root.

    Keep them where nobody who can write to the archive can change them: on paper, in minutes, in
    a colleague's inbox. The form is that of C2SP tlog-checkpoint, a signed note with --key.
    """
    from archiver.events.signing import signed
    from archiver.log.checkpoint import checkpoint
    from cli.render.log import note_lines

    archive, clock = wiring.open_the_archive(archive_folder), wiring.clock()
    point = checkpoint(archive, clock)
    note = signed(point, log_key(archive, key_file), clock())
    record = {
        "type": "checkpoint",
        "origin": point.origin,
        "size": point.size,
        "root": point.root.hex(),
        "note": note.form(),
    }
    voice.answer([record], note_lines(note))
    return State.SOUND
