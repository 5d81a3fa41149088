"""``archiver rebuild``: the catalogue anew, from bags and event log alone."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(cls=Verb, examples=("archiver rebuild", "archiver rebuild --check"))
@wiring.archive_option
@click.option(
    "-c", "--check", is_flag=True, help="Compare catalogue, log and bags; change nothing."
)
@click.option("--all", "every", is_flag=True, help="Name every place, however many there are.")
@wiring.lock_wait_option
def command(
    voice: Voice, archive_folder: str | None, check: bool, every: bool, lock_wait: float
) -> State:
    """Rebuild the catalogue from bags and event log alone, or check it against them.

    Only tag files are read, never the payload: `archiver verify` checks that.
    """
    from archiver.rebuild import check_catalogue, rebuild
    from cli.render.rebuilding import rebuild_lines, rebuild_records

    archive = wiring.open_the_archive(archive_folder)
    if check:
        with voice.progress() as progress:
            found = check_catalogue(archive, progress)
        voice.answer(
            rebuild_records(found, "check"),
            rebuild_lines(found, "check", every),
            all_is_well=found.state is State.SOUND,
        )
        return found.state
    with voice.progress() as progress:
        made = rebuild(archive, wiring.clock(), progress, agent=wiring.agent(), lock_wait=lock_wait)
    trouble = made.state is not State.SOUND
    voice.tell(rebuild_records(made, "rebuild"), rebuild_lines(made, "rebuild", every), trouble)
    return made.state
