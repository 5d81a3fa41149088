"""``archiver log cosign``: being a witness for somebody else's log."""

from __future__ import annotations

import click

from archiver.errors import UsageError
from archiver.state import State
from cli import wiring
from cli.keys import KEY_VARIABLE, signing_key
from cli.options import read_bytes
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=("archiver log cosign their-checkpoint.txt --key witness.key > cosigned.txt",),
)
@click.argument("checkpoint", metavar="FILE")
@click.option(
    "--key",
    "key_file",
    envvar=KEY_VARIABLE,
    metavar="FILE",
    help=f"Sign with the witness key in FILE; else ${KEY_VARIABLE}.",
)
def command(voice: Voice, checkpoint: str, key_file: str | None) -> State:
    """Add your signature, with the time, to another archive's checkpoint and print it.

    It says that you saw this checkpoint at this time, and nothing about what is in their log.
    Keep a copy: if they ever show you one that contradicts it, their log was rewritten.
    """
    from archiver.events.signing import sign
    from archiver.log.seen import read_seen
    from cli.render.log import note_lines

    key = signing_key(key_file)
    if key is None:
        raise UsageError("a signature needs a key", "Make one: archiver log key --witness FILE")
    seen = read_seen(read_bytes(checkpoint), checkpoint)
    note = sign(seen.note, key, int(wiring.clock()().timestamp()))
    record = {
        "type": "checkpoint",
        "origin": seen.checkpoint.origin,
        "size": seen.checkpoint.size,
        "root": seen.checkpoint.root.hex(),
        "note": note.form(),
    }
    voice.answer([record], note_lines(note))
    return State.SOUND
