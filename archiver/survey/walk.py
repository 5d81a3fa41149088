"""Walking a source by descriptors: no link is followed, no depth is too deep, nothing is opened
but folders, and nothing is written (not even access times, where the system lets us)."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from itertools import islice

from archiver.closing import Closing
from policies.facts import Kind

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_LEAVE_TIMES = getattr(os, "O_NOATIME", 0)
_KEPT_OPEN = 64  # ancestors of the present folder; deeper trees are reopened from the root
_CHUNK = 5_000  # entries listed at a time: memory stays flat in a folder of a million

KINDS: dict[int, Kind] = {
    stat.S_IFREG: "file",
    stat.S_IFDIR: "directory",
    stat.S_IFLNK: "symlink",
    stat.S_IFIFO: "fifo",
    stat.S_IFSOCK: "socket",
    stat.S_IFBLK: "device",
    stat.S_IFCHR: "device",
}


def kind_of(mode: int) -> Kind:
    """Return the kind of entry that ``st_mode`` tells of."""
    return KINDS.get(stat.S_IFMT(mode), "unknown")


class Descent(Closing):
    """The way down to the present folder: its ancestors' descriptors, the last few kept open."""

    def __init__(self, root: str | os.PathLike[str]) -> None:
        """Open the root, which must not be a link itself. Raises ``OSError``."""
        self._open: list[tuple[str, int]] = [("", _open_folder(root, None))]

    def close(self) -> None:
        """Give the descriptors back."""
        for _, fd in self._open:
            os.close(fd)
        self._open.clear()

    def folder(self, path: str) -> int:
        """Return a descriptor of the folder ``path`` ("" is the root); it stays ours to close.

        Raises ``OSError``: ``ENOENT`` when it went away, ``ELOOP`` or ``ENOTDIR`` when it is a
        folder no more, ``EACCES`` when it may not be read.
        """
        while len(self._open) > 1 and not path.startswith(self._open[-1][0] + "/"):
            os.close(self._open.pop()[1])
        reached, fd = self._open[-1]
        for name in filter(None, path[len(reached) :].split("/")):
            fd = _open_folder(name, fd)
            reached = f"{reached}/{name}" if reached else name
            self._open.append((reached, fd))
            if len(self._open) > _KEPT_OPEN:
                os.close(self._open.pop(1)[1])
        return fd


def chunks(fd: int) -> Iterator[list[os.DirEntry[str]]]:
    """Yield the entries of an open folder, each chunk sorted by name. Raises ``OSError``."""
    with os.scandir(fd) as listing:
        while chunk := list(islice(listing, _CHUNK)):
            chunk.sort(key=lambda entry: entry.name)
            yield chunk


def _open_folder(name: str | os.PathLike[str], parent: int | None) -> int:
    try:
        return os.open(name, _FOLDER | _LEAVE_TIMES, dir_fd=parent)
    except PermissionError:
        # O_NOATIME is for the owner only. If reading is what is forbidden, this says so.
        return os.open(name, _FOLDER, dir_fd=parent)
