"""Reading a bag as verification asks for it, and writing all that is read as one archive."""

from __future__ import annotations

import os
from collections.abc import Iterator

from archiver.bagit.reading.report import Report, showable
from archiver.bagit.reading.walk import walk
from archiver.findings import Finding
from archiver.hashing import ReadJob, ReadResult, Trouble, new_digest
from archiver.hashing.jobs import trouble_changed, trouble_opening, trouble_reading
from archiver.hashing.reader import identity
from archiver.progress import Progress
from archiver.serial import codes  # noqa: F401 - registers them
from archiver.serial.writing.member import Member, Writer
from archiver.tree import Tree

_PIECE = 1 << 20


class Serialiser:
    """Reads as verification asks for it, and writes all it reads as members of one archive.

    Verification asks for the listed tag files, then for the payload, each in order of path; tag
    files it does not ask for are put in where they belong. After trouble with one file nothing
    more is written: the archive will not be kept, and the examination goes on.
    """

    def __init__(self, tree: Tree, writer: Writer, bag: str, progress: Progress) -> None:
        self._tree, self._writer, self._progress = tree, writer, progress
        self._name = name_of(bag)
        self._piece = memoryview(bytearray(_PIECE))
        self._sound = True
        self._tags: list[str] | None = None
        self.findings: list[Finding] = []
        self.files = self.bytes = 0

    def begin(self) -> None:
        """Write the bag's own folder, and find its tag files. Raises ``OSError``."""
        found = walk(self._tree, "", Report(), frozenset(("data",)))
        self._tags = [path for path, size in found if size >= 0]
        self._begin_bag()

    def read(self, jobs: Iterator[ReadJob]) -> Iterator[ReadResult]:
        """Yield one result a job, in their order; each file read is written."""
        waiting, self._tags = self._tags, None
        if waiting is None:
            self._begin_payload()
        rest, passed = iter(waiting or ()), ""
        for job in jobs:
            again = waiting is not None and job.path <= passed  # met under another spelling
            for path in () if again else rest:
                passed = path
                if path == job.path:
                    break
                self._member(ReadJob(path, 0, ()))
            yield self._member(job, write=not again)
        for path in rest:
            self._member(ReadJob(path, 0, ()))

    def _begin_bag(self) -> None:
        """Write what comes first: the bag's folder."""
        self._folder("")

    def _begin_payload(self) -> None:
        """Write the payload's folder."""
        self._folder("data")

    def _placed(self, path: str) -> str:
        """Return what the member for the bag's file ``path`` is called."""
        return f"{self._name}/{path}"

    def finish(self) -> None:
        """Write the archive's end."""
        self._writer.finish()

    def _folder(self, path: str) -> None:
        try:
            moment = os.fstat(self._tree.folder(path)).st_mtime_ns
        except OSError:
            return  # examining the bag says that there is no data/
        self._start(Member(f"{self._name}/{path}/" if path else f"{self._name}/", 0, moment))
        self._writer.end()

    def _member(self, job: ReadJob, *, write: bool = True) -> ReadResult:
        try:
            fd = self._tree.open_file(job.path)
        except (OSError, ValueError) as error:
            return self._amiss(job, 0, trouble_opening(error))
        try:
            before = os.fstat(fd)
            if write:
                name = self._placed(job.path)
                self._sound &= self._start(Member(name, before.st_size, before.st_mtime_ns))
            return self._feed(job, fd, before, write and self._sound)
        finally:
            os.close(fd)

    def _feed(self, job: ReadJob, fd: int, before: os.stat_result, write: bool) -> ReadResult:
        digests = [new_digest(name) for name in job.algorithms]
        done = 0
        while done < before.st_size:
            try:
                count = os.readv(fd, [self._piece[: before.st_size - done]])
            except OSError as error:
                return self._amiss(job, done, trouble_reading(error, done))
            if not count:
                break
            portion = self._piece[:count]
            for one in digests:
                one.update(portion)
            if write:
                self._writer.data(portion)
            done += count
            self._progress.advance(count, 0)
        if (done, identity(os.fstat(fd))) != (before.st_size, identity(before)):
            return self._amiss(job, done, trouble_changed(done))
        if write:
            self._writer.end()
            self.files += 1
            self.bytes += done
        self._progress.advance(0, 1)
        return ReadResult(job, done, tuple([one.digest() for one in digests]), None, False)

    def _start(self, member: Member) -> bool:
        """Begin a member; ``False`` when it has a name that cannot be written."""
        if not self._sound:
            return False
        try:
            member.name.encode("utf-8")
        except UnicodeEncodeError:
            path = showable(member.name.partition("/")[2])
            self.findings.append(Finding("name-not-for-export", "", path, "RFC 8493 6.1"))
            return False
        self._writer.begin(member)
        return True

    def _amiss(self, job: ReadJob, done: int, trouble: Trouble) -> ReadResult:
        """Stop writing. Of a file that verification did not ask for this is the only word."""
        self._sound = False
        if not job.algorithms:
            self._unasked(job, trouble)
        return ReadResult(job, done, (), trouble, False)

    def _unasked(self, job: ReadJob, trouble: Trouble) -> None:
        """Say what is wrong with a file that verification did not ask for."""
        message = f"The file {trouble.message}."
        self.findings.append(Finding("unreadable", message, showable(job.path)))


def name_of(bag: str) -> str:
    """Return the name of the bag's folder."""
    return os.path.basename(os.path.realpath(bag))
