"""``archiver drill``: does anybody hear of it when something happens to a bag?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from archiver.drill.harms import HARMS, Harm
from archiver.errors import UsageError
from archiver.state import State
from cli import telling, wiring
from cli.kinds import BAG
from cli.render.voice import Voice
from cli.units import BYTES
from cli.verb import Verb

if TYPE_CHECKING:
    from archiver.archive import Archive
    from archiver.drill.sandbox import Chosen


@click.command(
    cls=Verb,
    examples=(
        "archiver drill --archive /srv/archive --mail-to archive@example.org",
        "archiver drill --bag first-album-1943d97ec755 --in /var/tmp",
        "archiver drill --harm flip --harm unmount --no-notify",
        "archiver drill --dry-run",
    ),
)
@wiring.archive_option
@click.option(
    "--bag", "bag_id", metavar="ID", type=BAG, help="Copy this bag; else a small one with music."
)
@click.option(
    "--in", "folder", metavar="DIR", help="Work in this folder; else for temporary files."
)
@click.option("--max-size", type=BYTES, metavar="SIZE", help="Copy no larger bag; else 256MB.")
@click.option(
    "--harm",
    "names",
    multiple=True,
    type=click.Choice([harm.name for harm in HARMS]),
    help="Try this alone; may be repeated. Without it all are tried.",
)
@click.option("--no-notify", is_flag=True, help="Tell nobody; only look, report and exit code.")
@click.option("-n", "--dry-run", is_flag=True, help="Say what would be done; do nothing.")
@telling.options
def command(
    voice: Voice,
    archive_folder: str | None,
    bag_id: str | None,
    folder: str | None,
    max_size: int | None,
    names: tuple[str, ...],
    no_notify: bool,
    dry_run: bool,
    **told: Any,
) -> State:
    """Harm a copy of a real bag in every way, and see whether verification notices and tells.

    One bag is copied to a folder for temporary files, into an archive made for the drill under this
    archive's policy. There a bit is flipped, a file cut off, deleted, exchanged with another,
    retagged, made unreadable, and the whole store taken away. After each, the real `archiver
    reverify` is run with the ways of telling named here (name those of your schedule), and what it
    found, reported, told and exited with is held against what it must. All messages are marked
    [DRILL]. The last run is over the unharmed copy and must be content. Of the archive nothing is
    written but the event "drill" in its log. Exits with 3 when anything was not noticed or could
    not be told, with 4 when a harm could not be tried here or no way of telling is named.
    """
    from archiver.drill.sandbox import LARGEST, choose
    from cli.render import drilling as say

    wished = telling.Wished(**told)
    if no_notify and any(told.values()):
        raise UsageError("--no-notify contradicts what tells somebody", "Choose one of them.")
    archive = wiring.open_the_archive(archive_folder)
    teller = telling.Teller(archive, wished)
    harms = [harm for harm in HARMS if not names or harm.name in names]
    chosen = choose(archive, bag_id, max_size or LARGEST)
    ways = () if no_notify else teller.named
    voice.tell(say.plan_records(chosen, harms, ways), say.plan_lines(chosen, harms, ways))
    if not ways:
        voice.tell([], say.nobody_lines(no_notify), trouble=True)
    if dry_run:
        return State.SOUND
    return _hold(voice, archive, chosen, harms, folder, None if no_notify else teller, wished)


def _hold(
    voice: Voice,
    archive: Archive,
    chosen: Chosen,
    harms: list[Harm],
    folder: str | None,
    teller: telling.Teller | None,
    wished: telling.Wished,
) -> State:
    """Hold the drill and record it; without ``teller`` nobody is told."""
    import time

    from archiver.drill.run import Drill, Result, record, try_each
    from archiver.drill.sandbox import sandbox
    from cli.drilling import Chain, for_a_drill
    from cli.exits import exit_code
    from cli.render import drilling as say

    def expected(state: State) -> tuple[str, ...]:
        return teller.named_for(state) if teller else ()

    results: list[Result] = []
    begun, clock, agent = time.monotonic(), wiring.clock(), wiring.agent()
    with (
        for_a_drill(wished) as ours,
        voice.progress() as progress,
        sandbox(archive, chosen, folder, clock, agent, progress) as (made, copy),
    ):
        chain = Chain(ours, silent=teller is None)
        for one in try_each(made, copy, harms, expected, chain, exit_code):
            results.append(one)
            trouble = one.state is not State.SOUND
            voice.tell([say.result_record(one)], say.result_lines(one), trouble)
    part, seconds = teller is None or len(harms) < len(HARMS), time.monotonic() - begun
    ways = teller.named if teller else ()
    drill = Drill(chosen.bag.id, tuple(results), ways, part, seconds)
    event = record(archive, drill, clock, agent)
    trouble = drill.state is not State.SOUND
    voice.tell([say.drill_record(drill, event)], say.drill_lines(drill, event), trouble)
    return drill.state
