"""``archiver log key``: making a key."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.keys import write_key
from cli.render.text import Line
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver log key ~/.config/archiver/log.key",
        "archiver log key --witness ~/.config/archiver/witness.key --name radio.example",
    ),
)
@click.argument("file", metavar="FILE")
@wiring.archive_option
@click.option("--witness", is_flag=True, help="A key to witness other archives' logs with.")
@click.option("--name", help="Who signs; for a log's own key, the log's name if left out.")
def command(
    voice: Voice, file: str, archive_folder: str | None, witness: bool, name: str | None
) -> State:
    """Make an Ed25519 key, write its private half to FILE, and print the public one.

    FILE is readable by you alone; keep it off the disk that holds the archive. The public half
    is for everybody who is to check your signatures.
    """
    from archiver.errors import UsageError
    from archiver.events.checkpoint import origin_of
    from archiver.events.signing import new_key

    if name is None and witness:
        raise UsageError("a witness needs a name", "For instance --name radio.example")
    called = name or origin_of(wiring.open_the_archive(archive_folder).identity)
    key = new_key(called, witness=witness)
    write_key(file, key)
    public = key.public().text()
    voice.answer([{"type": "key", "path": file, "public": public}], [Line(public)])
    return State.SOUND
