"""``archiver rights init``: a beginning of a rights file."""

from __future__ import annotations

import os

import click

from archiver.errors import EnvironmentUnusable, RefusedError
from archiver.state import State
from cli.render.text import Line, Tone
from cli.render.voice import Voice
from cli.verb import Verb


@click.command(
    cls=Verb,
    examples=("archiver rights init Album", "archiver rights init Album --output ours.toml"),
)
@click.argument("source", metavar="[SOURCE]", type=click.Path(), default=".")
@click.option("-o", "--output", metavar="FILE", help="Where to; without it, rights.toml in SOURCE.")
def command(voice: Voice, source: str, output: str | None) -> State:
    """Write a beginning of a rights file for the folder SOURCE.

    Copyright files, licences and tags found there are named in it, with digests, and grant
    nothing: every act is a comment until somebody takes the # off. What is there is never
    replaced.
    """
    from archiver.rights_desk.draft import draft
    from policies.rights.reading import FILE_NAME

    place = output or os.path.join(source, FILE_NAME)
    text = draft(source)
    try:
        with open(place, "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise RefusedError(f"{place} is there already", "Name another --output.") from None
    except OSError as error:
        raise EnvironmentUnusable(
            f"{place} cannot be written: {error.strerror}",
            "Look after room and permissions, or name another place with --output.",
        ) from error
    voice.tell(
        [{"type": "rights-init", "place": place, "statements": text.count("[[statements]]\nid")}],
        [
            Line(f"written: {place}", Tone.GOOD),
            Line("  read it, take the # off what is granted, then: archiver rights check"),
        ],
    )
    return State.SOUND
