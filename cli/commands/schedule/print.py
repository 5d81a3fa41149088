"""``archiver schedule print``: what would be installed."""

from __future__ import annotations

import click

from archiver.state import State
from cli import scheduling, wiring
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver schedule print --archive /srv/archive --at 02:30",
        "archiver schedule print --with systemd --on mon,thu -- --max-time 4h",
    ),
)
@wiring.archive_option
@scheduling.keeper_options
@scheduling.job_options
def command(
    voice: Voice,
    archive_folder: str | None,
    keeper: str,
    system: bool,  # noqa: ARG001 - the files are the same for both
    at: str,
    on: str,
    options: tuple[str, ...],
) -> State:
    """Print the lines for a crontab, or the units for systemd, and change nothing.

    Runs that would begin in a blackout window of the policy are counted in a warning.
    """
    from archiver.schedule import cron, systemd
    from cli.render.scheduling import text_lines, text_records

    job = scheduling.job(archive_folder, at, on, options)
    texts = {"crontab": cron.block(job)} if keeper == "cron" else systemd.units(job)
    scheduling.warn(voice, job)
    voice.answer(text_records(texts), text_lines(texts))
    return State.SOUND
