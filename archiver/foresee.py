"""What a policy would say of a source: every decision and why, before anything is copied.

As packaging judges, rights included. What nobody gave yet (a basis, labels) is no refusal: it is
said to be wanted, for it can be given when it comes to packaging.
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

from archiver.clock import Clock, system_clock
from archiver.packaging.admit import info_lacking
from archiver.packaging.contents import judge_contents
from archiver.packaging.profiled import prepare
from archiver.packaging.request import PackageRequest
from archiver.packaging.rights import FileRights
from archiver.progress import Progress, Silence
from archiver.rights import RightsInForce, load_rights
from archiver.state import State
from archiver.survey import Entry, ReasonCount, SurveyOutcome, Worksheet, survey
from policies.content import ContentRules
from policies.policy import Policy
from policies.rights import judge_rights
from policies.verdicts import Reason

_CAN_BE_GIVEN = (
    "profile-info-missing",
    "profile-info-recommended",
    "profile-info-value",
    "profile-tag-file-missing",
)


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
    gravest first. ``wanted`` is what must or should be said when it comes to packaging: a basis,
    labels of ``bag-info.txt``.
    """

    source: str
    state: State
    files: int
    bytes: int
    formats: Counter[str | None]
    unread: tuple[str, ...]
    groups: tuple[Group, ...]
    wanted: tuple[Reason, ...]
    _worksheet: Worksheet

    def decisions(self) -> Iterator[Entry]:
        """Yield every entry with its standing and reasons, by path."""
        return self._worksheet.entries_in_order()


@contextmanager
def foresee(
    source: str,
    policy: Policy,
    progress: Progress | None = None,
    *,
    rights_file: str | None = None,
    clock: Clock = system_clock,
    beside: Path | None = None,
) -> Iterator[Foresight]:
    """Judge ``source`` by ``policy`` and hand out the decisions for as long as the block lasts.

    A profile's file that the policy names lies in the folder ``beside``.

    The rights are those in ``rights_file``, else those in the source's own, as they stand on
    the day that ``clock`` says. Raises :class:`archiver.errors.UsageError` for a rights file
    with mistakes in it, and :class:`archiver.errors.EnvironmentUnusable` when recordings must
    be read and no worker can be run.
    """
    rights = load_rights(source, file=rights_file)
    request = PackageRequest(source, rights_file=rights_file)
    prepared = prepare(request, policy, beside)
    by_profile = tuple(prepared.foreseen())
    wanted = (
        *(judge_rights(None) if rights is None else ()),
        *info_lacking(request, policy),
        *(reason for reason in by_profile if reason.code in _CAN_BE_GIVEN),
    )
    whole = tuple(reason for reason in by_profile if reason.code not in _CAN_BE_GIVEN)
    rules, admission = ContentRules.of(policy), policy.packaging.admission
    with (
        tempfile.TemporaryDirectory(prefix="archiver-foresee-") as folder,
        Worksheet(Path(folder) / "worksheet.sqlite") as worksheet,
    ):
        watched = progress or Silence()
        seen = survey(os.path.abspath(source), admission, worksheet, watched)
        found = judge_contents(seen, rules, worksheet, watched, whole, count_formats=True)
        judged = prepared.judge_payload(found.seen, worksheet)
        if rights is not None:
            per_file = FileRights(rights, clock().date(), worksheet)
            judged = _by_rights(judged, rights, per_file, policy, watched, worksheet)
        state = State.INCOMPLETE if found.unread else State.SOUND
        yield Foresight(
            source,
            State.REFUSED if judged.refused else state,
            seen.admitted.entries,
            seen.admitted.bytes,
            found.formats,
            found.unread,
            tuple(_groups(judged.source_reasons, judged.reasons, worksheet)),
            wanted,
            worksheet,
        )


def _by_rights(
    seen: SurveyOutcome,
    rights: RightsInForce,
    per_file: FileRights,
    policy: Policy,
    progress: Progress,
    worksheet: Worksheet,
) -> SurveyOutcome:
    """Add what the rights say; where they refuse the whole, no file is asked, as in packaging."""
    whole = rights.reasons(policy.rights.bases)
    if any(reason.level == "refuse" for reason in whole):
        return seen.judged_again(worksheet, whole)
    return per_file.judge(seen, policy.rights.bases, progress)


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
