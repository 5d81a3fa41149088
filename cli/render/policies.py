"""Policies, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator

from cli.render.json_lines import Record
from cli.render.text import Line, Tone
from policies.model import Policy


def builtin_record(policy: Policy) -> Record:
    """Return the JSON record of one policy that the program comes with."""
    return {
        "type": "builtin-policy",
        "name": policy.name,
        "description": policy.description,
        "rests_on": list(policy.rests_on),
    }


def builtin_lines(policy: Policy) -> Iterator[Line]:
    """Yield one policy that the program comes with, and what it rests on."""
    yield Line(f"{policy.name:10} {policy.description}")
    for standard in policy.rests_on:
        yield Line(f"{'':10}   {standard}", Tone.FAINT)
