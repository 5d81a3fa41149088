"""What the survey tests share: running a survey, and looking at a tree from outside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from archiver.progress import Silence
from archiver.survey import Entry, SurveyOutcome, Worksheet, survey
from policies.admission import AdmissionRules


@dataclass(frozen=True, slots=True)
class Surveyed:
    """A survey's outcome, with its entries by path."""

    outcome: SurveyOutcome
    entries: dict[str, Entry]

    def codes(self, path: str) -> list[str]:
        """Return the codes of the entry at ``path``, sorted."""
        return sorted(self.entries[path].codes)

    @property
    def standings(self) -> dict[str, str]:
        """Return each entry's standing."""
        return {path: entry.standing for path, entry in self.entries.items()}

    @property
    def source_codes(self) -> list[str]:
        """Return the codes of what stands against the source as a whole."""
        return [reason.code for reason in self.outcome.source_reasons]


def run_survey(
    root: str | Path,
    sheet: str | Path,
    rules: AdmissionRules | None = None,
    *,
    keep_bag: bool = False,
) -> Surveyed:
    """Survey ``root`` on a new worksheet at ``sheet``."""
    with Worksheet(sheet) as worksheet:
        outcome = survey(
            str(root), rules or AdmissionRules.default(), worksheet, Silence(), keep_bag=keep_bag
        )
        entries = {entry.path: entry for entry in worksheet.entries_in_order()}
    return Surveyed(outcome, entries)


def snapshot(root: str) -> Iterator[tuple[object, ...]]:
    """Yield everything about a tree that a careless reader could change, but access times."""
    for folder, folders, files in os.walk(root):
        for name in sorted([*folders, *files, "."]):
            path = os.path.join(folder, name)
            status = os.lstat(path)
            content = Path(path).read_bytes() if os.path.isfile(path) else None
            yield (path, status[:7], status.st_mtime_ns, status.st_ctime_ns, content)
