"""``archiver log prove``: a proof for people who have neither the log nor this program."""

from __future__ import annotations

import click

from archiver.errors import UsageError
from archiver.state import State
from cli import wiring
from cli.keys import KEY_HELP, log_key
from cli.kinds import BAG
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver log prove first-album-1943d97ec755 > proof.json",
        "archiver log prove --event 1024 > proof.json",
        "python3 verify_log_proof.py proof.json",
    ),
)
@click.argument("bag", required=False, type=BAG)
@wiring.archive_option
@click.option("--event", type=click.IntRange(min=1), metavar="SEQ", help="Prove this event.")
@click.option("--key", "key_file", metavar="FILE", help=KEY_HELP)
def command(
    voice: Voice,
    bag: str | None,
    archive_folder: str | None,
    event: int | None,
    key_file: str | None,
) -> State:
    """Write a proof that the sealing of BAG (or one event) stands in the log: JSON, one record.

    It holds the event's line, its path to the root of the tree, and a checkpoint.
    docs/verify_log_proof.py checks it with nothing but Python, and the bag's tag manifest with
    it.
    """
    from archiver.log.prove import prove_event, sealing_of
    from cli.render.log import proof_lines

    if (bag is None) == (event is None):
        raise UsageError("one of BAG and --event SEQ is needed", "See `archiver log prove --help`.")
    archive, clock = wiring.open_the_archive(archive_folder), wiring.clock()
    seq = event if event is not None else sealing_of(archive, bag or "", clock)
    proof = prove_event(archive, seq, log_key(archive, key_file), clock)
    voice.answer([{"type": "log-proof", **proof}], proof_lines(proof))
    return State.SOUND
