"""What the commands about schedules have in common: when, under what, and with which options."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from archiver.errors import UsageError
from cli import wiring
from cli.group import CONTEXT

if TYPE_CHECKING:
    from archiver.schedule.job import Job
    from cli.render.voice import Voice


def job_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what says what runs when, and the options for ``reverify`` after ``--``."""
    for one in (
        click.argument("options", nargs=-1, metavar="[-- REVERIFY-OPTIONS]"),
        click.option("--on", metavar="DAYS", default="", help="Only on these, like mon,thu."),
        click.option(
            "--at", metavar="HH:MM", default="02:30", show_default=True, help="When runs begin."
        ),
    ):
        command = one(command)
    return command


def keeper_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what says who starts the runs."""
    for one in (
        click.option(
            "--system", is_flag=True, help="With systemd: for the system and not this user."
        ),
        click.option(
            "--with",
            "keeper",
            type=click.Choice(("cron", "systemd")),
            default="cron",
            show_default=True,
            help="Who starts the runs.",
        ),
    ):
        command = one(command)
    return command


def warn(voice: Voice, job: Job) -> None:
    """Say how many of the runs would begin in a blackout window of the archive's policy."""
    from archiver.archive import open_archive
    from archiver.schedule.misplaced import misplaced
    from cli.render.scheduling import misplaced_lines, misplaced_records

    if found := misplaced(open_archive(job.root), job.timetable, wiring.clock()()):
        voice.tell(misplaced_records(found), misplaced_lines(found), trouble=True)


def job(folder: str | None, at: str, on: str, options: tuple[str, ...]) -> Job:
    """Return what is to be run. Raises :class:`UsageError` for what ``reverify`` would refuse."""
    from archiver.schedule.job import Job
    from cli.commands.reverify import command as reverify
    from policies.timetable import timetable

    archive = wiring.open_the_archive(folder)
    try:
        table = timetable(at, on)
    except ValueError:
        raise UsageError(
            f"{at!r} and {on!r} are no time of day and days of the week",
            "Write them like --at 02:30 --on mon,thu.",
        ) from None
    reverify.make_context("archiver reverify", list(options), **CONTEXT)
    return Job(archive.root, table, options)
