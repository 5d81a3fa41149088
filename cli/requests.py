"""From the command line's sources and options to one request a bag."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from archiver.each import divide
from archiver.errors import ArchiverError, UsageError
from archiver.packaging.outcome import SourceOutcome
from archiver.packaging.request import PackageRequest
from archiver.state import State


@dataclass(frozen=True, slots=True)
class Failure:
    """A source that ended in an error; the others go on."""

    source: str
    error: ArchiverError

    @property
    def state(self) -> State:
        """The state the error leads to."""
        return self.error.state


Planned = PackageRequest | SourceOutcome | Failure


def plan(sources: Sequence[str], template: PackageRequest, each: bool) -> Iterator[Planned]:
    """Return a request for each bag to be made, and at once what can become no bag.

    Raises :class:`UsageError` where one identifier would have to serve several bags.
    """
    if template.bag_id is not None and (each or len(sources) > 1):
        raise UsageError(
            "--id names one bag, and this would make several",
            "Package one SOURCE at a time with --id, or leave it away: each bag gets its own.",
        )
    return _plan(sources, template, each)


def _plan(sources: Sequence[str], template: PackageRequest, each: bool) -> Iterator[Planned]:
    for source in sources:
        if each:
            yield from _each_below(source, template)
        else:
            yield replace(template, source=source)


def _each_below(source: str, template: PackageRequest) -> Iterator[Planned]:
    try:
        division = divide(source)
    except ArchiverError as error:
        yield Failure(source, error)
        return
    if division.beside:
        yield SourceOutcome(source, State.REFUSED, findings=division.beside)
    for name in division.folders:
        yield replace(template, source=os.path.join(source, name))
