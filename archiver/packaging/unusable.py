"""The archive cannot be written: why, and what to do, in a librarian's words."""

from __future__ import annotations

import errno

from archiver.errors import EnvironmentUnusable

_ADVICE = {
    errno.EACCES: "Run this as a user who may write there, with a umask that leaves it readable.",
    errno.EPERM: "Run this as a user who may write there.",
    errno.EROFS: "Have the disk checked: it is mounted read-only, as after an error of the medium.",
    errno.EFBIG: "Make the archive on a disk whose file system holds files of that size.",
    errno.ENAMETOOLONG: "Shorten the names, or make the archive at a shorter path.",
    errno.EMFILE: "Let this program open more files (ulimit -n), or work with fewer --workers.",
    errno.ENFILE: "Wait until other programs have fewer files open.",
}


def unusable(error: OSError, place: str) -> EnvironmentUnusable:
    """Say in a librarian's words why the archive cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return EnvironmentUnusable(
            f"there is no space left in the archive for {place}: {error.strerror}",
            "Free some space or move the archive to a larger disk, then run the command again. "
            "The source is untouched and nothing half-made is visible.",
        )
    advice = _ADVICE.get(error.errno or 0, "Have the disk checked.")
    return EnvironmentUnusable(
        f"the archive cannot be written at {place}: {error.strerror}",
        f"{advice} The source is untouched and nothing half-made is visible.",
    )
