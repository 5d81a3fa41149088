"""An archive file as the tree that verification walks, without unpacking the payload.

A scratch folder holds the folders and tag files of the bag, and for each payload file an empty
stand-in of its size that takes no room. The bytes of the payload are read from the archive file.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator

from archiver.hashing import ReadJob, ReadResult, Trouble, new_digest
from archiver.hashing.jobs import trouble_reading
from archiver.progress import Progress
from archiver.serial.reading.content import content
from archiver.serial.reading.model import Member, RefusedArchiveError
from archiver.serial.reading.opening import Opened
from archiver.tree import Tree

PAYLOAD = "data/"
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class SerialTree(Tree):
    """The bag below ``top`` ("" is the archive's root) of ``archive``, laid out in ``scratch``.

    Raises ``OSError`` when there is no room for the scratch folder, and
    :class:`RefusedArchiveError` when a tag file is not what the archive says.
    """

    def __init__(self, archive: Opened, top: str, scratch: str) -> None:
        super().__init__(scratch)
        self._archive, self._prefix = archive, f"{top}/" if top else ""
        self._made: set[str] = {""}
        self._filled: set[str] = set()
        try:
            for name, member in archive.members.items():
                if name.startswith(self._prefix):
                    self._lay_out(name.removeprefix(self._prefix), member)
        except BaseException:
            self.close()
            raise

    def place(self, path: str) -> str:
        """Return where the file lies on disk; one of the payload is unpacked there first.

        Raises ``OSError`` when there is no room for it, or it cannot be unpacked.
        """
        place = super().place(path)
        member = self._archive.members.get(self._prefix + path)
        if member is not None and path.startswith(PAYLOAD) and path not in self._filled:
            fd = os.open(place, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            with os.fdopen(fd, "wb") as file:
                for portion in _unpacked(self._archive.fd, member, path):
                    file.write(portion)
            self._filled.add(path)
        return place

    def open_file(self, path: str, extra_flags: int = 0) -> int:
        """Open a file for reading; one of the payload is unpacked to a nameless file first."""
        if not path.startswith(PAYLOAD):
            return super().open_file(path, extra_flags)
        member = self._archive.members.get(self._prefix + path)
        if member is None or member.is_folder:
            return super().open_file(path, extra_flags)
        with tempfile.TemporaryFile() as file:
            for portion in _unpacked(self._archive.fd, member, path):
                file.write(portion)
            file.flush()
            file.seek(0)
            return os.dup(file.fileno())

    def read(
        self, jobs: Iterator[ReadJob], progress: Progress, refused: list[RefusedArchiveError]
    ) -> Iterator[ReadResult]:
        """Yield one result a job, in their order; each member's bytes are read once.

        What is wrong with a member besides its digests is added to ``refused``.
        """
        for job in jobs:
            result = self._read(job, refused)
            progress.advance(result.size, 1)
            yield result

    def _read(self, job: ReadJob, refused: list[RefusedArchiveError]) -> ReadResult:
        member = self._archive.members.get(self._prefix + job.path)
        if member is None:
            return ReadResult(job, 0, (), Trouble("missing", "is not there", None, None), False)
        digests = [new_digest(name) for name in job.algorithms]
        done = 0
        try:
            for portion in content(self._archive.fd, member):
                for one in digests:
                    one.update(memoryview(portion))
                done += len(portion)
        except RefusedArchiveError as found:
            refused.append(found)
            trouble = Trouble("unreadable", f"cannot be unpacked: {found.message}", None, done)
            return ReadResult(job, done, (), trouble, False)
        except OSError as error:
            return ReadResult(job, done, (), trouble_reading(error, done), False)
        return ReadResult(job, done, tuple([one.digest() for one in digests]), None, False)

    def _lay_out(self, path: str, member: Member) -> None:
        if member.is_folder:
            self._make_folders(path)
            return
        above, _, name = path.rpartition("/")
        self._make_folders(above)
        fd = os.open(name, _CREATE, 0o600, dir_fd=self.folder(above))
        try:
            if path.startswith(PAYLOAD):
                os.ftruncate(fd, member.size)
                return
            for portion in content(self._archive.fd, member):
                view = memoryview(portion)
                while view:
                    view = view[os.write(fd, view) :]
        finally:
            os.close(fd)

    def _make_folders(self, path: str) -> None:
        missing = []
        while path not in self._made:
            missing.append(path)
            path = path.rpartition("/")[0]
        for one in reversed(missing):
            above, _, name = one.rpartition("/")
            os.mkdir(name, 0o700, dir_fd=self.folder(above))
            self._made.add(one)


def _unpacked(fd: int, member: Member, path: str) -> Iterator[bytes]:
    """Yield the member's bytes. Raises ``OSError`` for what is wrong with it, too."""
    try:
        yield from content(fd, member)
    except RefusedArchiveError as refused:
        raise OSError(5, refused.message, path) from refused
