"""Can the archive's disk hold names that differ only by upper and lower case?"""

from __future__ import annotations

import os
from pathlib import Path

from archiver.errors import EnvironmentUnusable
from archiver.survey import Worksheet

_TWINS = ("case-twin", "normalisation-twin")


def require_case_told_apart(folder: Path, worksheet: Worksheet) -> None:
    """Raise :class:`~archiver.errors.EnvironmentUnusable` if twins of the source would meet.

    On a disk that takes "A.wav" and "a.wav" for one name (as those of macOS and Windows do),
    one of them would take the other's place. ``folder`` exists and is on that disk.
    """
    twins = any(count.code in _TWINS for count in worksheet.reason_counts())
    if twins and os.path.lexists(folder.with_name(folder.name.swapcase())):
        raise EnvironmentUnusable(
            "the source holds names that differ only by upper and lower case, and the archive's "
            "disk takes such names for one",
            "Rename one of each pair, or make the archive on a disk that tells them apart. "
            "Nothing is lost: no copy was made.",
        )
