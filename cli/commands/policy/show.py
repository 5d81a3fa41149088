"""``archiver policy show``: a policy, as it is written."""

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
        "archiver policy show fadgi > ours.toml",
        "archiver policy show --archive ~/music-archive",
        "archiver policy show --json library | jq .policy.fixity",
    ),
)
@click.argument("policy", metavar="[NAME|FILE]", required=False, type=POLICY)
@wiring.archive_option
def command(voice: Voice, policy: str | None, archive_folder: str | None) -> State:
    """Print a policy: a built-in one by NAME, a FILE, or the one in force in the archive.

    With --json the values are given as the program understands them, defaults included. A policy
    with mistakes in it is not shown: the mistakes are.
    """
    from policies.policy import read_policy
    from policies.record import policy_record

    name, data = wiring.policy_meant(policy, archive_folder)
    record = {"type": "policy", "place": name, "policy": policy_record(read_policy(data))}
    voice.answer([record], (Line(line) for line in data.decode().splitlines()))
    return State.SOUND
