"""What a policy would say of a source: every decision and why, before anything is copied.

As packaging judges, without asking for rights or labels: those are given when it comes to that.
Nothing is written to the source, and no archive is needed.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from archiver.packaging.contents import judge_contents
from archiver.progress import Progress, Silence
from archiver.state import State
from archiver.survey import Entry, ReasonCount, Worksheet, survey
from policies.content import ContentRules
from policies.policy import Policy
from policies.verdicts import Reason


@dataclass(frozen=True, slots=True)
class Group:
    """All entries that have one reason at one level, with the first of them as the example.

    ``path`` is ``None`` where the reason is about the source as a whole.
    """

    reason: Reason
    entries: int
    path: str | None


@dataclass(frozen=True, slots=True)
class Foresight:
    """What would become of a source.

    ``files`` and ``bytes`` are those whose content was judged; ``formats`` counts them by format
    id (``None``: no recording). ``unread`` could not be opened or read. ``groups`` have the
    gravest first.
    """

    source: str
    state: State
    files: int
    bytes: int
    formats: Counter[str | None]
    unread: tuple[str, ...]
    groups: tuple[Group, ...]
    _worksheet: Worksheet

    def decisions(self) -> Iterator[Entry]:
        """Yield every entry with its standing and reasons, by path."""
        return self._worksheet.entries_in_order()


@contextmanager
def foresee(source: str, policy: Policy, progress: Progress | None = None) -> Iterator[Foresight]:
    """Judge ``source`` by ``policy`` and hand out the decisions for as long as the block lasts.

    Raises :class:`archiver.errors.EnvironmentUnusable` when recordings must be read and no
    worker can be run.
    """
    rules, admission = ContentRules.of(policy), policy.packaging.admission
    with (
        tempfile.TemporaryDirectory(prefix="archiver-foresee-") as folder,
        Worksheet(Path(folder) / "worksheet.sqlite") as worksheet,
    ):
        watched = progress or Silence()
        seen = survey(os.path.abspath(source), admission, worksheet, watched)
        found = judge_contents(seen, rules, worksheet, watched, count_formats=True)
        state = State.INCOMPLETE if found.unread else State.SOUND
        yield Foresight(
            source,
            State.REFUSED if found.seen.refused else state,
            seen.admitted.entries,
            seen.admitted.bytes,
            found.formats,
            found.unread,
            tuple(_groups(found.seen.source_reasons, found.seen.reasons, worksheet)),
            worksheet,
        )


def _groups(
    whole: tuple[Reason, ...], counts: tuple[ReasonCount, ...], worksheet: Worksheet
) -> Iterator[Group]:
    for reason in whole:
        yield Group(reason, 1, None)
    about_the_whole = {reason.code for reason in whole}
    for count in counts:
        if count.code not in about_the_whole:
            first = next(worksheet.with_code(count.code))
            reason = next(one for one in first.reasons if one.code == count.code)
            yield Group(reason, count.entries, first.path)
