"""Steps 1 to 3: what must be known, what is there, and what the policy says of it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archiver.archive import check_bag_id
from archiver.bagit.writing import format_bag_info
from archiver.errors import UsageError
from archiver.packaging.contents import judge_contents
from archiver.packaging.foreseen import WE_WRITE
from archiver.packaging.outcome import Remark
from archiver.packaging.profiled import Prepared
from archiver.packaging.request import PackageRequest
from archiver.packaging.rights import rights_missing_or_wrong
from archiver.packaging.unmoved import note_root_times
from archiver.progress import Progress
from archiver.survey import SurveyOutcome, Worksheet, survey
from archiver.tree import Tree
from policies.content import ContentRules, judge_info
from policies.policy import Policy
from policies.verdicts import Reason

SHOWN_PER_CODE = 100
"""Warnings kept for the outcome, of each code; the bag's ``metadata/source.jsonl`` has all."""


_WE_WRITE = tuple(label.lower() for label in WE_WRITE)


def requirements(prepared: Prepared) -> tuple[Reason, ...]:
    """Return what stands against the request before anything was read.

    Raises :class:`~archiver.errors.UsageError` for an identifier or bag-info that cannot be, and
    for a rights file that cannot be used.
    """
    request, policy = prepared.request, prepared.policy
    if request.bag_id is not None:
        check_bag_id(request.bag_id)
    format_bag_info(request.info)
    for label, _ in request.info:
        if label.lower() in _WE_WRITE:
            raise UsageError(
                f"{label} cannot be given: it is worked out from the bag itself",
                "Leave it out of --info.",
            )
    asked = info_lacking(request, policy)
    return (
        *rights_missing_or_wrong(request, policy.rights.bases),
        *(reason for reason in (*asked, *prepared.foreseen()) if reason.level == "refuse"),
    )


def info_lacking(request: PackageRequest, policy: Policy) -> tuple[Reason, ...]:
    """Return what the bag's ``bag-info.txt`` would lack of what the policy asks for."""
    return judge_info(_labels(request), ContentRules.of(policy))


def _labels(request: PackageRequest) -> Iterator[str]:
    """Yield the labels that the bag's ``bag-info.txt`` will have."""
    yield from (label for label, _ in request.info)
    yield from (*WE_WRITE, "External-Identifier")


@dataclass(frozen=True, slots=True)
class Surveyed:
    """A survey made already, for this request under this policy, and the worksheet it filled.

    Packaging may go on from it while the worksheet is open. That nothing moved since is looked
    at before the bag is sealed, as after any survey.
    """

    request: PackageRequest
    policy: bytes
    seen: SurveyOutcome
    worksheet: Worksheet


def survey_source(prepared: Prepared, worksheet: Worksheet, progress: Progress) -> SurveyOutcome:
    """Survey the source into the worksheet, and judge what its files hold.

    Of the files only heads are read, unless the policy asks for what stands deeper.
    """
    request, policy = prepared.request, prepared.policy
    root = os.path.abspath(request.source)
    note_root_times(root, worksheet)
    admission = policy.packaging.admission
    seen = survey(root, admission, worksheet, progress, keep_bag=request.keep_bag)
    return judge_source_contents(prepared, seen, worksheet, progress)


def judge_source_contents(
    prepared: Prepared,
    seen: SurveyOutcome,
    worksheet: Worksheet,
    progress: Progress,
    opening: Callable[[], Tree] | None = None,
) -> SurveyOutcome:
    """Judge what the surveyed files hold, and what ``bag-info.txt`` will."""
    rules = ContentRules.of(prepared.policy)
    remarks = (reason for reason in prepared.foreseen() if reason.level != "refuse")
    whole = (*judge_info(_labels(prepared.request), rules), *remarks)
    judged = judge_contents(seen, rules, worksheet, progress, whole, opening=opening).seen
    return prepared.judge_payload(judged, worksheet)


def remarks_on(seen: SurveyOutcome, worksheet: Worksheet) -> tuple[Remark, ...]:
    """Return every refusal, and the first warnings of each code, in that order."""
    return (
        *(Remark(None, reason) for reason in seen.source_reasons),
        *_refusals(worksheet),
        *_first_warnings(seen, worksheet),
    )


def _refusals(worksheet: Worksheet) -> Iterator[Remark]:
    for entry in worksheet.refused():
        for reason in entry.reasons:
            if reason.level == "refuse":
                yield Remark(entry.path, reason)


def _first_warnings(seen: SurveyOutcome, worksheet: Worksheet) -> Iterator[Remark]:
    shown: Counter[str] = Counter()
    for count in seen.reasons:
        if count.level != "warn":
            continue
        for entry in worksheet.with_code(count.code):
            if shown[count.code] >= SHOWN_PER_CODE:
                break
            shown[count.code] += 1
            for reason in entry.reasons:
                if reason.code == count.code:
                    yield Remark(entry.path, reason)
