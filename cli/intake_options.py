"""The options of every command that makes a bag: why it may be kept, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from cli import wiring
from policies.bases import BASES

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def rights_options(*, why: str = "Why you may keep it", file: str) -> Decorator:
    """Return ``--basis``, ``--rights-note``, ``--rights-date`` and ``--rights``.

    ``why`` begins the help of the first, ``file`` is that of the last.
    """
    return _together(
        click.option(
            "-b",
            "--basis",
            metavar="BASIS",
            type=click.Choice(list(BASES)),
            help=f"{why}: {', '.join(BASES)}.",
        ),
        click.option(
            "--rights-note", metavar="TEXT", help="Which licence, law, agreement or donor."
        ),
        click.option("--rights-date", metavar="DATE", help="When that was determined: YYYY-MM-DD."),
        click.option("--rights", metavar="FILE", type=click.Path(), help=file),
    )


def info_options(line: str = "A line for bag-info.txt; can be repeated.") -> Decorator:
    """Return ``--info`` and ``--info-file``; ``line`` is the help of the first."""
    return _together(
        click.option("--info", metavar="KEY=VALUE", multiple=True, help=line),
        click.option(
            "--info-file",
            metavar="FILE",
            type=click.Path(),
            help="Lines for bag-info.txt, 'Key: Value'.",
        ),
    )


def composition_options(*, profile: str, tag_file: str) -> Decorator:
    """Return ``--profile`` and ``--tag-file``, with their helps."""
    return _together(
        wiring.profiles_option(profile),
        click.option(
            "--tag-file",
            "tag_files",
            metavar="FILE",
            multiple=True,
            type=click.Path(),
            help=tag_file,
        ),
    )


def _together(*options: Decorator) -> Decorator:
    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):  # as a stack of decorators is applied
            command = option(command)
        return command

    return decorate
