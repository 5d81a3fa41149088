"""``archiver rights explain``: one file, one act, one answer."""

from __future__ import annotations

from typing import Any

import click

from archiver.state import State
from cli import wiring
from cli.kinds import BAG
from cli.nearby import place_meant
from cli.render.voice import Voice
from cli.verb import Verb
from policies.acts import AUDIENCES, COMMANDS


@click.command(
    cls=Verb,
    examples=(
        "archiver rights explain Album/01.flac --act export --audience public --territory FR",
        "archiver rights explain BAG/data/01.flac --act share --as-of 2030-01-01 --json",
    ),
)
@click.argument("file", metavar="FILE", type=BAG)
@wiring.archive_option
@click.option(
    "--act",
    type=click.Choice(list(COMMANDS)),
    metavar="ACT",
    default="package",
    show_default=True,
    help=f"A command or an act: {', '.join(COMMANDS)}.",
)
@click.option(
    "--audience",
    type=click.Choice(AUDIENCES),
    help="For whom. Without it: the public for what leaves the house, else the staff.",
)
@click.option("--territory", metavar="CODE", help="Where: a code like FR, EU, or world.")
@wiring.as_of_day_option
@click.option("--rights", metavar="FILE", type=click.Path(), help="The rights file to use.")
@click.option("--derivative", is_flag=True, help="What leaves is not the file itself.")
@click.option("--strip-personal", is_flag=True, help="Fields that name a buyer are left out.")
@click.option("--copies", type=click.IntRange(min=1), help="How many copies there would be.")
@click.option("--reason", metavar="TEXT", help="Of a deletion: why.")
@click.option("--authority", metavar="TEXT", help="Of a deletion: on whose word.")
@click.option("--copies-left", type=click.IntRange(min=0), default=0, help="Verified ones.")
@click.option("--copies-required", type=click.IntRange(min=0), default=1, help="By the policy.")
def command(voice: Voice, file: str, archive_folder: str | None, **given: Any) -> State:
    """Say whether ACT may be done with FILE: who decided, by which rule, what would change it.

    FILE lies in a bag, or in a folder with a rights file in it or above it; one in a bag of the
    archive is named like ID/data/song.flac. Exit code 5: it may not. Nothing is done, and what
    does not exist yet as a command can be asked about too.
    """
    from archiver.rights_desk.explain import Wish, explain
    from cli.options import territory
    from cli.render.rights import explanation_lines, explanation_record
    from policies.rights.commands import Circumstances

    names = ("derivative", "strip_personal", "copies", "reason", "authority", "copies_left",
             "copies_required")  # fmt: skip
    known = Circumstances(**{name: given[name] for name in names})
    place = territory(given["territory"])
    wish = Wish(given["act"], wiring.day(given["as_of"]), given["audience"], place, known)
    file = place_meant(archive_folder, file)
    found = explain(file, wish, given["rights"])
    voice.answer([explanation_record(file, wish, found)], explanation_lines(file, wish, found))
    return State.SOUND if found.answer.allowed else State.REFUSED
