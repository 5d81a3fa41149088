"""Times, modes and empty folders, set on a copy as the bag recorded them."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from archiver.findings import Finding
from archiver.restoring import codes  # noqa: F401 - registers them
from archiver.restoring.copying import make_folder
from archiver.restoring.recorded import Recorded
from archiver.tree import Tree

_SAFE = 0o777
_OWNER = 0o700


@dataclass(slots=True)
class Attributes:
    """Sets what was recorded on the copy below ``target``; ``findings`` tell what could not be.

    ``entries`` gives the record, once a call: it is gone through twice, because a folder's time
    changes whenever something is put into it. ``folders`` counts them.
    """

    target: Tree
    entries: Callable[[], Iterable[Recorded]]
    findings: list[Finding] = field(default_factory=list)
    folders: int = 0

    def restore(self) -> None:
        """Make the folders that are missing, then set times and modes.

        Raises ``OSError`` and what reading the record raises.
        """
        for entry in self.entries():
            if entry.kind == "directory":
                make_folder(self.target, entry.path)
            elif not entry.kept:
                self._find("not-kept", "", entry)
            elif entry.kind == "file":
                self._file(entry)
        closed = list(self._open_folders())
        for entry in reversed(closed):  # what lies below such a folder is reached through it
            self._set(self.target.folder(entry.path), entry)

    def _open_folders(self) -> Iterator[Recorded]:
        """Set times and modes of folders; yield those whose mode would shut ourselves out."""
        for entry in self.entries():
            if entry.kind != "directory":
                continue
            self.folders += bool(entry.path)
            if entry.mode & _OWNER == _OWNER:
                self._set(self.target.folder(entry.path), entry)
            else:
                yield entry

    def _file(self, entry: Recorded) -> None:
        try:
            fd = self.target.open_file(entry.path)
        except (FileNotFoundError, NotADirectoryError):
            return  # not restored, which verification has said
        try:
            self._set(fd, entry)
        finally:
            os.close(fd)
        if entry.links > 1:
            self._find("links-not-restored", f"it had {entry.links:,} names", entry)

    def _set(self, fd: int, entry: Recorded) -> None:
        os.fchmod(fd, entry.mode & _SAFE)
        if stat.S_IMODE(entry.mode) & ~_SAFE:
            self._find("mode-not-restored", f"recorded as {entry.mode:04o}", entry)
        try:
            os.utime(fd, ns=(entry.mtime_ns, entry.mtime_ns))
            kept = os.fstat(fd).st_mtime_ns == entry.mtime_ns
        except OverflowError:
            kept = False
        if not kept:
            self._find("time-not-restored", "", entry)

    def _find(self, code: str, message: str, entry: Recorded) -> None:
        self.findings.append(Finding(code, message, entry.path or None))
