"""``archiver log witness``: keeping what a witness gave back."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.options import read_bytes
from cli.render.text import Line, Tone
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=("archiver log witness cosigned.txt --key 'partner.example+1f2e3d4c+BAb…'",),
)
@click.argument("checkpoint", metavar="FILE")
@wiring.archive_option
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="VKEY",
    help="The witness's key; without one its signature is kept unchecked.",
)
def command(
    voice: Voice, checkpoint: str, archive_folder: str | None, keys: tuple[str, ...]
) -> State:
    """Keep a checkpoint of this log that came back signed by a partner.

    It is compared with the log first, and from then on by every `log verify`. A checkpoint that
    the log does not continue is not kept.
    """
    from archiver.log.seen import keep, read_seen
    from archiver.log.verify import verify_log
    from cli.render.log import verification_lines, verification_records

    archive, clock = wiring.open_the_archive(archive_folder), wiring.clock()
    seen = read_seen(read_bytes(checkpoint), checkpoint)
    found = verify_log(archive, clock, against=[seen], keys=keys)
    if found.state is not State.SOUND:
        voice.answer(verification_records(found), verification_lines(found))
        return found.state
    place = keep(archive, seen, clock, wiring.agent())
    signers = [signature.name for signature in seen.note.signatures]
    record = {
        "type": "witness",
        "path": str(place),
        "size": seen.checkpoint.size,
        "signed_by": signers,
    }
    signed = f", signed by {', '.join(signers)}" if signers else ", signed by nobody"
    words = f"kept: the first {seen.checkpoint.size:,} events{signed}"
    voice.tell([record], [Line(words, Tone.GOOD), Line(f"  {place}")])
    return State.SOUND
