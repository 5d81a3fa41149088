"""``archiver reverify``: the night's work, for cron."""

from __future__ import annotations

from typing import Any

import click

from archiver.errors import UsageError
from archiver.state import State
from cli import telling, wiring
from cli.render.voice import Voice
from cli.units import BYTES, SECONDS
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver reverify --archive /srv/archive --max-time 4h",
        "archiver reverify --dry-run",
        'archiver reverify --after "disk replaced" --tier default',
        "archiver reverify --sample 59",
        "archiver reverify --bag first-album-1943d97ec755",
    ),
)
@wiring.archive_option
@click.option("--max-time", type=SECONDS, metavar="TIME", help="Begin no bag after this, like 4h.")
@click.option("--max-bytes", type=BYTES, metavar="SIZE", help="Read no more than this, like 2TB.")
@click.option("--rate", type=BYTES, metavar="SIZE", help="Read so much a second at most.")
@click.option("--bag", "bags", multiple=True, metavar="ID", help="This bag, due or not.")
@click.option("--tier", metavar="NAME", help="Only bags on this storage tier.")
@click.option("--all", "everything", is_flag=True, help="Every bag, due or not.")
@click.option("--after", metavar="TEXT", help="All (of the tier) is due now, because of this.")
@click.option(
    "--sample", type=click.IntRange(min=1), metavar="N", help="So many bags drawn at random."
)
@click.option("--dry-run", is_flag=True, help="Say what would be read; read nothing.")
@telling.options
def command(
    voice: Voice,
    archive_folder: str | None,
    max_time: float | None,
    max_bytes: int | None,
    rate: int | None,
    bags: tuple[str, ...],
    tier: str | None,
    everything: bool,
    after: str | None,
    sample: int | None,
    dry_run: bool,
    **told: Any,
) -> State:
    """Read what is due to be checked, within a budget, and record each bag when it is done.

    Failing bags come first, then what is due longest; what is left of the budget is spent on what
    is due next. Without options the policy's budget counts. Every byte is read from the medium; a
    file that reads wrong is read again before it is called damaged. An interrupted run loses the
    bag in hand and nothing else. --after makes all of a tier due now, keeps the reason in the log,
    and begins; what the budget does not allow today stays due. --sample says what a random sample
    proves, and what it does not. Exits with 6 when something is still due afterwards. One digest a
    run goes to whoever is to be told; failing to tell is said, and changes no verdict.
    """
    from archiver.reverify.run import Run, Wish
    from cli.render.reverifying import (
        checked_lines,
        checked_records,
        plan_lines,
        plan_records,
        run_lines,
        run_records,
    )

    if sum((bool(bags), everything, sample is not None)) > 1 or (after and (dry_run or bags)):
        raise UsageError(
            "these options exclude each other: --bag, --all, --sample; --after, --dry-run, --bag",
            "Choose one of them.",
        )
    archive = wiring.open_the_archive(archive_folder)
    wish = Wish(bags, tier, everything, max_time, max_bytes, float(rate) if rate else None, sample)
    if after is not None:
        from archiver.reverify.asking import ask_for_all
        from cli.render.reverifying import asked_lines, asked_record

        event = ask_for_all(archive, tier, after, wiring.clock(), wiring.agent())
        voice.tell([asked_record(event)], asked_lines(event))
    with voice.progress() as progress:
        run = Run(archive, wish, wiring.clock(), wiring.agent(), progress)
        if dry_run:
            plan = run.plan()
            voice.answer(plan_records(plan), plan_lines(plan))
            return State.SOUND
        with telling.about_a_run(archive, telling.Wished(**told)) as account:
            for one in run.checks(account.begin):
                account.take(one)
                trouble = one.found.state is not State.SOUND
                voice.tell(checked_records(one), checked_lines(one), trouble)
            account.end(run.outcome)
    outcome, stamp = run.outcome, account.stamp
    voice.tell(
        run_records(outcome, stamp), run_lines(outcome, stamp), outcome.state is not State.SOUND
    )
    account.say(voice)
    return outcome.state
