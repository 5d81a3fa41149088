"""``archiver policy check``: a policy file by itself."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.render.text import Line, Tone
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=("archiver policy check ours.toml", "archiver policy check --archive ~/archive"),
)
@click.argument("what", metavar="[FILE]", required=False)
@wiring.archive_option
def command(voice: Voice, what: str | None, archive_folder: str | None) -> State:
    """Check a policy: the FILE, a built-in one, or the one in force in the archive.

    Every mistake is told at once, with its line, and the exit code is 2.
    """
    name, data = wiring.policy_meant(what, archive_folder)
    from policies.policy import read_policy

    policy = read_policy(data)
    voice.answer(
        [{"type": "policy-check", "place": name, "name": policy.name, "version": policy.version}],
        [Line(f"no mistakes in {name}: the policy {policy.name!r}", Tone.GOOD)],
        all_is_well=True,
    )
    return State.SOUND
