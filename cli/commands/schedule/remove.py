"""``archiver schedule remove``: no more runs by themselves."""

from __future__ import annotations

import click

from archiver.state import State
from cli import scheduling, wiring
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(cls=Verb, examples=("archiver schedule remove --archive /srv/archive",))
@click.argument("folder", metavar="[FOLDER]", required=False)
@wiring.archive_option
@scheduling.keeper_options
def command(
    voice: Voice, folder: str | None, archive_folder: str | None, keeper: str, system: bool
) -> State:
    """Take away exactly what `install` wrote for this archive.

    FOLDER is where an archive was that is no longer there.
    """
    from pathlib import Path

    from archiver.schedule import cron, systemd
    from cli.render.scheduling import removed_lines, removed_record

    root = Path(folder).absolute() if folder else wiring.open_the_archive(archive_folder).root
    if keeper == "cron":
        before = cron.read()
        after = cron.without_block(before, root)
        removed, place = after != before, "the crontab"
        if removed:
            cron.write(after)
    else:
        units = systemd.folder_of(system=system)
        place = str(units)
        if systemd.timetable_of(root, units):
            systemd.switch(root, on=False, system=system)
        removed = systemd.take_away(root, units)
    voice.tell([removed_record(place, root, removed)], removed_lines(place, root, removed))
    return State.SOUND
