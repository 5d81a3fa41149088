"""``archiver policy schema``: the JSON Schema of policy files."""

from __future__ import annotations

import json

import click

from archiver.state import State
from cli.render.text import Line
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(cls=Verb, examples=("archiver policy schema > policy.schema.json",))
def command(voice: Voice) -> State:
    """Print the JSON Schema of policy files, for editors that know TOML.

    In VS Code (Even Better TOML) and others with taplo, write as the first line of a policy:
    #:schema ./policy.schema.json
    """
    from policies.schema import policy_schema

    schema = policy_schema()
    text = json.dumps(schema, indent=2)
    voice.answer([{"type": "schema", "schema": schema}], (Line(line) for line in text.splitlines()))
    return State.SOUND
