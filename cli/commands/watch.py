"""``archiver watch``: silence is an alarm; for a second cron."""

from __future__ import annotations

from typing import Any

import click

from archiver.state import State
from cli import telling, wiring
from cli.render.voice import Voice
from cli.units import SECONDS
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver watch --archive /srv/archive",
        "archiver watch --within 36h --lock-limit 12h --quiet",
    ),
)
@wiring.archive_option
@click.option(
    "--within", type=SECONDS, metavar="TIME", help="A run must have ended since, like 36h."
)
@click.option("--lock-limit", type=SECONDS, metavar="TIME", help="No lock may be older; else 24h.")
@telling.options
def command(
    voice: Voice,
    archive_folder: str | None,
    within: float | None,
    lock_limit: float | None,
    **told: Any,
) -> State:
    """Exit with 6 when no run of re-verification has ended in time, or a lock is held too long.

    Without --within, twice the longest gap that the installed schedule leaves counts, and 48 hours
    where none is to be seen. Let it be started by something other than what starts the runs: on
    another machine, best of all. A mail is sent only when there is an alarm.
    """
    from datetime import timedelta

    from archiver.drill.standing import drill_standing
    from archiver.schedule.standing import standing
    from cli.render import drilling
    from cli.render.scheduling import standing_lines, standing_record

    archive = wiring.open_the_archive(archive_folder)
    teller = telling.Teller(archive, telling.Wished(**told))
    found = standing(
        archive,
        wiring.clock(),
        timedelta(seconds=within) if within is not None else None,
        timedelta(seconds=lock_limit) if lock_limit is not None else None,
    )
    well = found.state is State.SOUND
    drill = drill_standing(archive, wiring.clock())
    record = {**standing_record("watch", found), "drill": drilling.standing_record(drill)}
    lines = (*standing_lines(found), *drilling.standing_lines(drill, "fire drill: "))
    voice.answer([record], lines, all_is_well=well)
    if teller.asked_for:
        from cli.render.digest import watch_message

        message = watch_message(str(archive.root), found, teller.stamp())
        teller.tell(message, mail=not well)
        teller.say(voice)
    return found.state
