"""``archiver policy diff``: what changes from one policy to another."""

from __future__ import annotations

import click

from archiver.state import State
from cli import wiring
from cli.kinds import POLICY
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=(
        "archiver policy diff library iasa-tc04",
        "archiver policy diff --archive ~/music-archive ours-new.toml",
    ),
)
@click.argument("policies", metavar="[OLD] NEW", nargs=-1, required=True, type=POLICY)
@wiring.archive_option
def command(voice: Voice, policies: tuple[str, ...], archive_folder: str | None) -> State:
    """Say in words what changes from the policy OLD to NEW, names or files.

    Without OLD the policy in force is compared. Where there is an archive, it is also said what
    changes for the files it holds, from the bags' own records; nothing of the payload is read.
    """
    if len(policies) > 2:
        raise click.UsageError("two policies can be compared, or one with that of the archive")
    from cli.render.policies import diff_record, difference_lines
    from policies.differences import differences
    from policies.policy import read_policy

    old = policies[0] if len(policies) == 2 else None
    name, before = wiring.policy_meant(old, archive_folder)
    other, after = wiring.policy_named(policies[-1])
    was, will_be = read_policy(before), read_policy(after)
    found = differences(was, will_be)
    voice.answer([diff_record(name, other, found)], difference_lines(name, other, found))
    archive = wiring.archive_if_known(archive_folder)
    if archive is None:
        return State.SOUND

    from archiver.policy_change import change_for
    from cli.render.policy_change import change_lines, change_record

    change = change_for(archive, was, will_be)
    voice.answer([change_record(change)], change_lines(change))
    return State.INCOMPLETE if change.unread else State.SOUND
