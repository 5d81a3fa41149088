"""``archiver recover``: finish what a crash cut off."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.keys import log_key
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(cls=Verb, examples=("archiver recover", "archiver recover --sweep"))
@wiring.archive_option
@click.option(
    "--sweep", is_flag=True, help="Remove staged work instead of taking it up. Sources stay."
)
@wiring.workers_option
@wiring.lock_wait_option
def command(
    voice: Voice, archive_folder: str | None, sweep: bool, workers: int | None, lock_wait: float
) -> State:
    """Take up what a crash left unfinished: staged work, and bags the log does not know yet."""
    from archiver.recover import recover
    from cli.render.recovery import recovery_lines, recovery_records

    archive = wiring.open_the_archive(archive_folder)
    with voice.progress() as progress:
        outcome = recover(
            archive,
            sweep=sweep,
            clock=wiring.clock(),
            agent=wiring.agent(),
            workers=wiring.workers(workers),
            progress=progress,
            lock_wait=lock_wait,
            key=log_key(archive),
        )
    trouble = outcome.state is not State.SOUND
    voice.tell(recovery_records(outcome), recovery_lines(outcome), trouble)
    return outcome.state
