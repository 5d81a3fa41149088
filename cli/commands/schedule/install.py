"""``archiver schedule install``: runs that begin by themselves."""

from __future__ import annotations

import click

from archiver.state import State
from cli import scheduling, wiring
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver schedule install --archive /srv/archive --at 02:30",
        "archiver schedule install --with systemd --system -- --max-time 4h",
    ),
)
@wiring.archive_option
@scheduling.keeper_options
@scheduling.job_options
def command(
    voice: Voice,
    archive_folder: str | None,
    keeper: str,
    system: bool,
    at: str,
    on: str,
    options: tuple[str, ...],
) -> State:
    """Put a marked block into your crontab, or a service and a timer where systemd looks.

    What was written is read again, units are shown to `systemd-analyze verify` first. Installing
    once more replaces what was there. Runs that would begin in a blackout window of the policy are
    counted in a warning. Options of `archiver reverify` stand behind `--`.
    """
    from archiver.schedule import cron, systemd
    from cli.render.scheduling import installed_lines, installed_record

    job = scheduling.job(archive_folder, at, on, options)
    scheduling.warn(voice, job)
    left: list[str] = []
    if keeper == "cron":
        before = cron.read()
        after = cron.with_block(before, job)
        place, changed = "the crontab", after != before
        if changed:
            cron.write(after)
    else:
        folder = systemd.folder_of(system=system)
        place, changed = str(folder), systemd.put(job, folder, system=system)
        left = systemd.switch(job.root, on=True, system=system)
    told = (place, job, changed, left)
    voice.tell([installed_record(*told)], installed_lines(*told), bool(left))
    return State.SOUND
