"""``archiver rights check``: gaps and contradictions."""

from __future__ import annotations

import click

from archiver.state import State, worst
from cli import wiring
from cli.kinds import BAG
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=("archiver rights check Album", "archiver rights check ~/archive --json"),
)
@click.argument("place", metavar="[SOURCE|BAG|ARCHIVE]", type=BAG, required=False)
@wiring.archive_option
@click.option("--rights", metavar="FILE", type=click.Path(), help="The rights file to use.")
@wiring.as_of_day_option
@click.option("--all", "every", is_flag=True, help="Name every place, however many there are.")
def command(
    voice: Voice,
    place: str | None,
    archive_folder: str | None,
    rights: str | None,
    as_of: str | None,
    every: bool,
) -> State:
    """Find gaps and contradictions in the rights of a source, a bag, or all bags of an archive.

    Files without a statement, documents that are missing or changed, attestations that are
    lacking, statements that contradict each other or are about no file, and what files claim of
    themselves that no statement says. Exit code 5: something stands against keeping them.
    """
    from archiver.rights_desk.check import check
    from archiver.rights_desk.subject import subject_at
    from cli.render.rights import check_lines, check_records
    from cli.wiring_rights import places

    states = [State.SOUND]
    for where in places(place, archive_folder):
        found = check(subject_at(where, rights), wiring.day(as_of))
        states.append(State.REFUSED if found.refused else State.SOUND)
        voice.answer(
            check_records(where, found),
            check_lines(where, found, every),
            all_is_well=not found.remarks,
        )
    return worst(states)
