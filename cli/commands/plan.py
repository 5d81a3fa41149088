"""``archiver plan``: policies for re-verification compared before one is chosen."""

from __future__ import annotations

import click

from archiver.errors import UsageError
from archiver.state import State
from cli import wiring
from cli.render.voice import Voice
from cli.units import DAY
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver plan --what-if cadence=90d,budget=4h",
        "archiver plan --what-if cadence=90d --what-if cadence=180d,cadence.tape=2y",
    ),
)
@wiring.archive_option
@click.option(
    "--what-if",
    "wishes",
    multiple=True,
    metavar="RULES",
    help="Other rules, like cadence=90d,cadence.TIER=1y,budget=4h,jitter=10,blackout=07:00-19:00.",
)
@click.option("--as-of", type=DAY, metavar="DATE", help="As things will stand on this day.")
def command(
    voice: Voice, archive_folder: str | None, wishes: tuple[str, ...], as_of: str | None
) -> State:
    """Compare the archive's policy with another cadence or budget before choosing it.

    Says for each what must be read a day, what can be, whether the cycle closes, the day on which
    the cadence would be broken, the first and the longest time between checks. Nothing is changed
    by asking: the answer to choose goes into policy.toml. `archiver due` judges the policy in
    force, with its exit code.
    """
    from archiver.clock import parse_utc
    from archiver.reverify.what_if import compare_rules
    from cli.render.planning import comparison_lines, comparison_records

    archive = wiring.open_the_archive(archive_folder)
    now = parse_utc(f"{as_of}T23:59:59Z") if as_of else wiring.clock()()
    found = compare_rules(archive, now, [(wish, _pairs(wish)) for wish in wishes])
    voice.answer(comparison_records(found), comparison_lines(found))
    return State.SOUND


def _pairs(wish: str) -> dict[str, str]:
    pairs = {}
    for part in wish.split(","):
        name, sign, value = part.partition("=")
        if not sign:
            raise UsageError(f"{part!r} is no rule", "Write it like cadence=90d,budget=4h.")
        pairs[name.strip()] = value.strip()
    return pairs
