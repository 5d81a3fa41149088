"""Policies, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cli.render.json_lines import Record
from cli.render.text import Line, Tone, count
from policies.differences import Difference
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


def diff_record(old: str, new: str, found: Sequence[Difference]) -> Record:
    """Return the JSON record of two policies compared."""
    rows = [
        {
            "key": one.key,
            "before": one.before,
            "after": one.after,
            "message": one.sentence,
            "acts": one.acts,
        }
        for one in found
    ]
    return {"type": "policy-diff", "old": old, "new": new, "differences": rows}


def difference_lines(old: str, new: str, found: Sequence[Difference]) -> Iterator[Line]:
    """Yield what changes from one policy to the other."""
    yield Line(f"from {old} to {new}: {count(len(found), 'difference')}")
    for heading, acts in (("changes what comes in:", True), ("changes what is promised:", False)):
        rows = [one for one in found if one.acts is acts]
        if rows:
            yield Line(f"  {heading}")
        for one in rows:
            yield Line(f"    {one.sentence}")
