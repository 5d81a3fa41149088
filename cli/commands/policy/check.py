"""``archiver policy check``: a policy file by itself, or what a policy says of a source."""

from __future__ import annotations

import os
from pathlib import Path

import click

from archiver.state import State
from cli import wiring
from cli.kinds import POLICY
from cli.render.text import Line, Tone
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver policy check ours.toml",
        "archiver policy check ~/Transfers --policy iasa-tc04",
        "archiver policy check ~/Music --json | jq -r 'select(.standing == \"refused\") | .path'",
    ),
)
@click.argument("what", metavar="[FILE|SOURCE]", required=False)
@click.option(
    "-p",
    "--policy",
    metavar="NAME|FILE",
    type=POLICY,
    help="The policy to ask; else that of the archive.",
)
@wiring.archive_option
@click.option("--rights", metavar="FILE", help="A rights file for SOURCE; else its rights.toml.")
@click.option("--all", "every", is_flag=True, help="Name every entry of the source.")
def command(
    voice: Voice,
    what: str | None,
    policy: str | None,
    archive_folder: str | None,
    rights: str | None,
    every: bool,
) -> State:
    """Check a policy FILE, or say what a policy would make of a folder SOURCE.

    Of a FILE (or the policy in force) every mistake is told at once, with its line; exit code 2.

    Of each file in SOURCE it is said, before anything is copied, whether it would come in and why:
    by the policy of the archive, or the default one, and by its rights file. What is given to
    package itself (--basis, --info) is named as wanted. Exit code 5: it would be refused.
    """
    if what is not None and os.path.isdir(what):
        return _ask(voice, what, *wiring.policy_meant(policy, archive_folder), rights, every)
    return _check(voice, *wiring.policy_meant(what or policy, archive_folder))


def _check(voice: Voice, name: str, data: bytes) -> State:
    from policies.policy import read_policy

    policy = read_policy(data)
    voice.answer(
        [{"type": "policy-check", "place": name, "name": policy.name, "version": policy.version}],
        [Line(f"no mistakes in {name}: the policy {policy.name!r}", Tone.GOOD)],
        all_is_well=True,
    )
    return State.SOUND


def _ask(
    voice: Voice, source: str, name: str, data: bytes, rights: str | None, every: bool
) -> State:
    from archiver.foresee import foresee
    from cli.render.foresight import foresight_lines, foresight_records
    from policies.policy import read_policy

    with (
        voice.progress() as progress,
        foresee(
            source,
            read_policy(data),
            progress,
            rights_file=rights,
            clock=wiring.clock(),
            beside=Path(name).parent if os.path.isfile(name) else None,
        ) as seen,
    ):
        progress.end()
        voice.answer(foresight_records(seen, name), foresight_lines(seen, name, every))
        return seen.state
