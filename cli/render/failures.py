"""One of several things ended in an error; the others go on."""

from __future__ import annotations

from collections.abc import Iterator

from archiver.errors import ArchiverError
from cli.render.json_lines import Record
from cli.render.text import Line, Tone


def failure_record(item: str, error: ArchiverError) -> Record:
    """Return the JSON record of ``item`` (a source, a bag) having ended in ``error``."""
    return {
        "type": "error",
        "item": item,
        "state": error.state.value,
        "message": error.message,
        "advice": error.advice,
    }


def failure_lines(item: str, error: ArchiverError, what: str = "not done") -> Iterator[Line]:
    """Yield what a person wants to know of ``item`` having ended in ``error``: ``what`` became."""
    yield Line(f"{what}: {item}", Tone.BAD)
    yield Line(f"  {error.message}")
    for line in error.advice.splitlines():
        yield Line(f"  {line}", Tone.FAINT)
