"""``archiver reverify``: the night's work, for cron."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from archiver.errors import UsageError
from archiver.state import State
from cli import telling, wiring
from cli.kinds import BAG
from cli.render.voice import Voice
from cli.units import BYTES, SECONDS
from cli.verb import Verb

if TYPE_CHECKING:
    from archiver.archive import Archive
    from archiver.reverify.run import Run


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
@click.option("--bag", "bags", multiple=True, metavar="ID", type=BAG, help="This bag, due or not.")
@click.option("--tier", metavar="NAME", help="Only bags on this storage tier.")
@click.option("--all", "everything", is_flag=True, help="Every bag, due or not.")
@click.option("--after", metavar="TEXT", help="All (of the tier) is due now, because of this.")
@click.option(
    "--sample", type=click.IntRange(min=1), metavar="N", help="So many bags drawn at random."
)
@click.option("-n", "--dry-run", is_flag=True, help="Say what would be read; read nothing.")
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
    bag in hand and nothing else. What a person has paused and what the policy's blackout windows
    keep closed is left alone, but for a bag named with --bag. --after makes all of a tier due now,
    keeps the reason in the log, and begins; what the budget does not allow today stays due.
    --sample says what a random sample proves, and what it does not. Exits with 6 when something is
    still due afterwards that nobody has paused. One digest a run goes to whoever is to be told;
    failing to tell is said, and changes no verdict.
    """
    if sum((bool(bags), everything, sample is not None)) > 1 or (after and bags):
        raise UsageError(
            "these options exclude each other: --bag, --all, --sample; --after, --bag",
            "Choose one of them.",
        )
    from archiver.reverify.run import Run, Wish

    archive = wiring.open_the_archive(archive_folder)
    slow = float(rate) if rate else None
    asked = after is not None
    wish = Wish(bags, tier, everything, max_time, max_bytes, slow, sample, asked and dry_run)
    if after is not None:
        _ask(voice, archive, tier, after, dry_run)
    with voice.progress() as progress:
        run = Run(archive, wish, wiring.clock(), wiring.agent(), progress)
        if dry_run:
            return _say_plan(voice, run)
        with telling.about_a_run(archive, telling.Wished(**told)) as account:
            _read(voice, run, account)
    _say_end(voice, run, account)
    return run.outcome.state


def _ask(voice: Voice, archive: Archive, tier: str | None, reason: str, dry_run: bool) -> None:
    """Make all of the tier due; of a dry run only see whether that could be done."""
    from archiver.reverify.asking import ask_for_all, check_asking
    from cli.render.reverifying import asked_lines, asked_record

    if dry_run:
        check_asking(archive, tier, reason)
        return
    event = ask_for_all(archive, tier, reason, wiring.clock(), wiring.agent())
    voice.tell([asked_record(event)], asked_lines(event))


def _say_plan(voice: Voice, run: Run) -> State:
    from cli.render.reverifying import plan_lines, plan_records

    plan = run.plan()
    voice.answer(plan_records(plan, run.choice), plan_lines(plan, run.choice))
    return State.SOUND


def _read(voice: Voice, run: Run, account: telling.RunAccount) -> None:
    """Read bag after bag and say what each comes to; a run that did not begin is not told of."""
    from cli.render.reverifying import checked_lines, checked_records

    for one in run.checks(account.begin):
        account.take(one)
        trouble = one.found.state is not State.SOUND
        voice.tell(checked_records(one), checked_lines(one), trouble)
    if run.outcome.begun:
        account.end(run.outcome)


def _say_end(voice: Voice, run: Run, account: telling.RunAccount) -> None:
    from cli.render.reverifying import run_lines, run_records

    outcome, stamp = run.outcome, account.stamp
    voice.tell(
        run_records(outcome, stamp), run_lines(outcome, stamp), outcome.state is not State.SOUND
    )
    account.say(voice)
