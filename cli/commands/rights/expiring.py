"""``archiver rights expiring``: what ends before long."""

from __future__ import annotations

import click

from archiver.state import State, worst
from cli import wiring
from cli.kinds import BAG
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=("archiver rights expiring --within 90d", "archiver rights expiring BAG --json"),
)
@click.argument("place", metavar="[SOURCE|BAG|ARCHIVE]", type=BAG, required=False)
@wiring.archive_option
@click.option("--within", metavar="DAYS", help="How far to look ahead, such as 90d.")
@click.option("--rights", metavar="FILE", type=click.Path(), help="The rights file to use.")
@wiring.as_of_day_option
def command(
    voice: Voice,
    place: str | None,
    archive_folder: str | None,
    within: str | None,
    rights: str | None,
    as_of: str | None,
) -> State:
    """List terms that end and reviews that fall due, and agreements that have ended.

    A bag of the archive is named by its id. With nothing named it is the folder you stand in, and
    where nothing is said of rights there, all of the archive.

    Without --within, as far ahead as each rights file says. Nothing is ever deleted. Exit code
    6: an agreement has ended and asks for something to be done.
    """
    from archiver.rights_desk.subject import subject_at
    from cli.options import days
    from cli.render.rights import expiring_lines, expiring_records
    from cli.wiring_rights import places
    from policies.rights.book import expiring

    states = [State.SOUND]
    for where in places(place, archive_folder):
        book = subject_at(where, rights).book
        found = list(expiring(book, wiring.day(as_of), days(within)))
        late = any(reason.code == "rights-action-due" for _, reason in found)
        states.append(State.LATE if late else State.SOUND)
        voice.answer(
            expiring_records(where, found), expiring_lines(where, found), all_is_well=not found
        )
    return worst(states)
