"""Is there room for it?"""

from __future__ import annotations

import os
from pathlib import Path

from archiver.errors import EnvironmentUnusable

_PER_FILE = 4096 + 512  # the last block is half empty on average; lines in a dozen tag files
_MARGIN = 32 << 20


def require_room(place: Path, files: int, n_bytes: int) -> None:
    """Raise :class:`~archiver.errors.EnvironmentUnusable` if so much would not fit there.

    Counted by apparent size: a sparse file's holes are copied as zeros.
    """
    free, needed = free_bytes(place), bytes_needed(files, n_bytes)
    if needed > free:
        raise EnvironmentUnusable(
            f"there is not enough space: the bag needs about {needed:,} bytes and the archive's "
            f"disk has {free:,} left",
            "Free some space, or make the archive on a larger disk. Nothing was written.",
        )


def bytes_needed(files: int, n_bytes: int) -> int:
    """Return about how many bytes a bag of so many files and payload bytes takes on disk."""
    return n_bytes + n_bytes // 2048 + files * _PER_FILE + _MARGIN


def free_bytes(place: Path) -> int:
    """Return the bytes an ordinary user may still write to the file system of ``place``."""
    status = os.statvfs(place)
    return status.f_bavail * status.f_frsize
