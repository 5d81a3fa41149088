"""What the survey found, as findings: refusals all, warnings by example."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import archiver.survey.codes  # noqa: F401 (registers the codes that findings may have)
from archiver.findings import Finding
from archiver.survey.survey import SurveyOutcome
from archiver.survey.worksheet import Worksheet
from policies.names import holds_bytes, shown
from policies.verdicts import Reason


def finding_of(reason: Reason, path: str | None = None) -> Finding:
    """Return a policy's reason as a finding. Bytes in a path that are not UTF-8 are escaped."""
    if path is not None and holds_bytes(path):
        path = shown(path)
    return Finding(reason.code, reason.sentence, path, reason.clause)


def refusals(outcome: SurveyOutcome, worksheet: Worksheet) -> Iterator[Finding]:
    """Yield everything that keeps the source out: every offender with every reason."""
    for reason in outcome.source_reasons:
        yield finding_of(reason)
    for entry in worksheet.refused():
        for reason in entry.reasons:
            if reason.level == "refuse":
                yield finding_of(reason, entry.path)


def warnings(outcome: SurveyOutcome, worksheet: Worksheet, most: int) -> Iterator[Finding]:
    """Yield up to ``most`` warnings of each code; ``outcome.reasons`` has the full numbers."""
    for count in outcome.reasons:
        if count.level != "warn":
            continue
        for entry in islice(worksheet.with_code(count.code), most):
            reason = next(reason for reason in entry.reasons if reason.code == count.code)
            yield finding_of(reason, entry.path)
