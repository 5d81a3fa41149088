"""Looking at what is there: facts by lstat, of the source and of each entry of a folder."""

from __future__ import annotations

import errno
import os

from archiver.survey.walk import kind_of
from policies.facts import EntryFacts, Kind, Problem, SourceFacts

_SECTOR = 512  # bytes in the unit of st_blocks (POSIX leaves it open; Linux and macOS agree)
_GONE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)  # or no longer what it was a moment ago
_AS_EFFECTIVE_USER = os.access in os.supports_effective_ids


class Eyes:
    """Looks at the entries of folders as the user who runs this.

    ``access`` is asked of each file, because a file that cannot be read must be known before
    anything is copied. Root is not asked: it may read whatever the mode bits say.
    """

    def __init__(self) -> None:
        self._ask_access = os.geteuid() != 0

    def look(
        self, entry: os.DirEntry[str], path: str, folder_fd: int
    ) -> tuple[EntryFacts, os.stat_result | None]:
        """Return the facts of an entry of the open folder, and its status if there is one."""
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            folder = entry.is_dir(follow_symlinks=False)
            return unseen(path, "directory" if folder else "file", error), None
        mode, size = status.st_mode, status.st_size
        kind = kind_of(mode)
        facts = EntryFacts(path, kind, size, mode, status.st_nlink, status.st_blocks * _SECTOR)
        if kind == "file":
            if self._ask_access and not _readable(entry.name, folder_fd):
                denied = os.strerror(errno.EACCES)
                facts = facts._replace(problem="unreadable", problem_text=denied)
        elif kind == "symlink":
            facts = facts._replace(target=_target(entry.name, folder_fd))
        return facts, status


def look_at(place: str, path: str) -> tuple[EntryFacts, os.stat_result | None]:
    """Return the facts of whatever lies at ``place``, which is called ``path``, and its status."""
    try:
        status = os.lstat(place)
    except OSError as error:
        return unseen(path, "file", error), None
    kind = kind_of(status.st_mode)
    stored = status.st_blocks * _SECTOR
    facts = EntryFacts(path, kind, status.st_size, status.st_mode, status.st_nlink, stored)
    if kind == "file" and not os.access(place, os.R_OK, effective_ids=_AS_EFFECTIVE_USER):
        facts = facts._replace(problem="unreadable", problem_text=os.strerror(errno.EACCES))
    elif kind == "symlink":
        facts = facts._replace(target=os.readlink(place))
    return facts, status


def unseen(path: str, kind: Kind, error: OSError) -> EntryFacts:
    """Return the facts of an entry that could not be looked at."""
    problem: Problem = "vanished" if error.errno in _GONE else "unreadable"
    return EntryFacts(path, kind, 0, 0, problem=problem, problem_text=_words(error))


def look_at_source(root: str) -> SourceFacts:
    """Return the facts of the source itself, which no trailing slash may turn into a target."""
    try:
        kind = kind_of(os.lstat(root).st_mode)
        if kind != "directory":
            return SourceFacts(kind, os.readlink(root) if kind == "symlink" else None)
        return SourceFacts(kind, has_bag_declaration=os.path.lexists(f"{root}/bagit.txt"))
    except OSError as error:
        return unseen_source(error)


def unseen_source(error: OSError) -> SourceFacts:
    """Return the facts of a source that could not be looked at."""
    if error.errno in _GONE:
        return SourceFacts("missing")
    return SourceFacts("directory", problem_text=_words(error))


def _readable(name: str, folder_fd: int) -> bool:
    return os.access(name, os.R_OK, dir_fd=folder_fd, effective_ids=_AS_EFFECTIVE_USER)


def _target(name: str, folder_fd: int) -> str:
    try:
        return os.readlink(name, dir_fd=folder_fd)
    except OSError as error:
        return f"({_words(error)})"


def _words(error: OSError) -> str:
    return error.strerror or str(error)
