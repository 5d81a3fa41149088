"""Where a payload comes from: a folder as it lies, or the bag it is in already.

Packaging goes the same seven steps with either; what differs between them is here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Protocol

from archiver.findings import Finding
from archiver.packaging.admit import survey_source
from archiver.packaging.lines import source_head
from archiver.packaging.profiled import Prepared
from archiver.packaging.request import PackageRequest
from archiver.packaging.tagfiles import TagFiles
from archiver.packaging.unmoved import moved_entries
from archiver.progress import Progress
from archiver.survey import SurveyOutcome, Worksheet
from archiver.tree import Tree


class Origin(Protocol):
    """What packaging asks of the place that a payload comes from."""

    def trouble(self, progress: Progress) -> tuple[Finding, ...]:
        """Return what stands against it before anything is surveyed."""

    def survey(self, prepared: Prepared, worksheet: Worksheet, progress: Progress) -> SurveyOutcome:
        """Put every entry on the worksheet, judged by name and content."""

    def open(self) -> Tree:
        """Open it for reading. Raises ``OSError``."""

    def place(self, path: str) -> str:
        """Return where ``path`` of the worksheet lies on disk."""

    def head(self, source: Tree, worksheet: Worksheet) -> bytes:
        """Return the first line of ``metadata/source.jsonl``."""

    def settle(self, worksheet: Worksheet, staged: str) -> list[Finding]:
        """Compare what was staged in the folder ``staged`` with what is known of it."""

    def moved(self, source: Tree, worksheet: Worksheet) -> Iterator[Finding]:
        """Yield a finding for each entry that did not hold still."""

    def write(self, tag_files: TagFiles, worksheet: Worksheet) -> list[Finding]:
        """Write the tag files that tell where the payload comes from; return what is amiss."""


class FolderOrigin:
    """A folder somewhere, as it lies."""

    def __init__(self, request: PackageRequest) -> None:
        self._request = request

    def trouble(self, progress: Progress) -> tuple[Finding, ...]:
        """Nothing stands against a folder that the survey would not say."""
        del progress
        return ()

    def survey(self, prepared: Prepared, worksheet: Worksheet, progress: Progress) -> SurveyOutcome:
        """Survey the folder."""
        return survey_source(prepared, worksheet, progress)

    def open(self) -> Tree:
        """Open the folder."""
        return Tree(os.path.abspath(self._request.source))

    def place(self, path: str) -> str:
        """It lies below the folder."""
        return os.path.join(self._request.source, path)

    def head(self, source: Tree, worksheet: Worksheet) -> bytes:
        """Tell of the folder itself."""
        status, total = os.fstat(source.folder("")), worksheet.totals()["in"]
        mtime_ns, mode = status.st_mtime_ns, status.st_mode
        return source_head(self._request.name, mtime_ns, mode, total.entries, total.bytes)

    def settle(self, worksheet: Worksheet, staged: str) -> list[Finding]:
        """What is staged is what was read; nobody knows of anything to compare it with."""
        del worksheet, staged
        return []

    def moved(self, source: Tree, worksheet: Worksheet) -> Iterator[Finding]:
        """Look at every entry once more."""
        return moved_entries(source, worksheet)

    def write(self, tag_files: TagFiles, worksheet: Worksheet) -> list[Finding]:
        """A folder leaves nothing to tell but its record."""
        del tag_files, worksheet
        return []
