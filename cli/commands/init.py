"""``archiver init``: make an archive."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.kinds import POLICY
from cli.render.text import Line
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver init ~/music-archive",
        "archiver init /srv/archive --policy ours.toml",
    ),
)
@click.argument("place", metavar="ARCHIVE", type=click.Path())
@click.option(
    "-p",
    "--policy",
    metavar="NAME|FILE",
    type=POLICY,
    help="The policy: a built-in one by name, or a file. Without it, the default policy.",
)
def command(voice: Voice, place: str, policy: str | None) -> State:
    """Make an archive in the folder ARCHIVE, which must be missing or empty."""
    archive = wiring.make_archive(place, policy)
    root = str(archive.root)
    voice.tell(
        [{"type": "archive", "path": root, "id": archive.identity, "made": True}],
        [
            Line(f"made the archive {root}"),
            Line(f"  next: archiver package SOURCE --archive {root} --basis BASIS"),
        ],
    )
    return State.SOUND
