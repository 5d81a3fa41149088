"""``export``: a bag as one file, verified in the read that writes it."""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import Enum

from archiver.bagit.reading.examination import Depth, Examination
from archiver.bagit.reading.report import Report, showable
from archiver.bagit.reading.walk import walk
from archiver.errors import IncompleteError, UsageError
from archiver.findings import Finding, state_of
from archiver.hashing import ReadJob, ReadResult, Trouble, new_digest
from archiver.hashing.jobs import trouble_changed, trouble_opening, trouble_reading
from archiver.hashing.reader import identity
from archiver.profiles import Asked, judge_bag
from archiver.progress import Progress, Silence
from archiver.serial import codes  # noqa: F401 - registers them
from archiver.serial.writing.member import Member, Output, Writer
from archiver.serial.writing.place import check_free, file_aside
from archiver.serial.writing.tar import TarWriter
from archiver.serial.writing.zip import ZipWriter
from archiver.state import State
from archiver.tree import Tree
from archiver.verify import Sealed, compare_with_sealed, open_bag

__all__ = ["Exported", "Form", "export", "place_and_form"]

_PIECE = 1 << 20
_LEVEL = 6  # of gzip


class Form(Enum):
    """How a bag is written as one file; the value is what its name ends in, too."""

    TAR = "tar"
    TAR_GZ = "tar.gz"
    ZIP = "zip"


_ENDINGS = {".tar": Form.TAR, ".tar.gz": Form.TAR_GZ, ".tgz": Form.TAR_GZ, ".zip": Form.ZIP}


@dataclass(frozen=True, slots=True)
class Exported:
    """What exporting one bag came to.

    ``path`` is the file, ``None`` when the bag is not sound and none was left. ``files`` and
    ``bytes`` count what the bag holds, tag files included; ``size`` is that of the file.
    """

    bag: str
    path: str | None
    form: Form
    state: State
    findings: tuple[Finding, ...]
    files: int
    bytes: int
    size: int


def place_and_form(path: str, bag: str, wished: str | None) -> tuple[str, Form]:
    """Return what file to write, and in what form (``wished`` is a :class:`Form`'s value).

    Where ``path`` is a folder, the file in it is named after the ``bag``. Raises
    :class:`UsageError` when the form is not said, or said in two ways.
    """
    if os.path.isdir(path) and wished is not None:
        name = os.path.basename(os.path.realpath(bag))
        return os.path.join(path, f"{name}.{wished}"), Form(wished)
    name = os.path.basename(path).lower()
    named = [form for ending, form in _ENDINGS.items() if name.endswith(ending)]
    if wished is not None and (not named or named[0] is Form(wished)):
        return path, Form(wished)
    if wished is None and named:
        return path, named[0]
    raise UsageError(
        f"in what form to write {path!a} is not said, or said in two ways.",
        "Let the name end in .tar, .tar.gz or .zip, or say --as tar|tar.gz|zip.",
    )


def export(
    bag: str,
    path: str,
    form: Form,
    *,
    expected: Sealed | None = None,
    progress: Progress | None = None,
    wanted: Asked | None = None,
) -> Exported:
    """Write the bag in the folder ``bag`` as the new file ``path``.

    A bag that does not meet the profiles ``wanted``, in this form, is not read any further.

    The bag is one folder in it, named as it is. Tag files come first, then the payload, both in
    order of their paths, so that whoever reads the file from its beginning can verify it at
    once. Two exports of one bag are the same bytes. Every file is compared with the manifests in
    the read that writes it; where anything is amiss, no file is left. Memory stays flat.
    Raises :class:`UsageError` for what is no folder and for a name that is taken,
    :class:`archiver.errors.BusyError` while another run writes it, :class:`IncompleteError` when
    the bag cannot be examined to its end, :class:`archiver.errors.EnvironmentUnusable` when the
    file cannot be written.
    """
    place = check_free(path)
    watcher = progress or Silence()
    with open_bag(bag) as tree:
        said = () if wanted is None else judge_bag(tree, wanted, form.value).all_findings
        if state_of(said) is not State.SOUND:
            return Exported(bag, None, form, state_of(said), said, 0, 0, 0)
        done = _written(tree, bag, place, form, expected, watcher)
    return replace(done, findings=(*said, *done.findings))


def _written(
    tree: Tree, bag: str, place: str, form: Form, expected: Sealed | None, watcher: Progress
) -> Exported:
    with file_aside(place) as aside:
        with ExitStack() as layers:
            serialiser = _Serialiser(tree, _writer(form, aside, layers), bag, watcher)
            findings = _examined(bag, tree, serialiser, watcher, expected)
        state = state_of(findings)
        size = aside.publish() if state is State.SOUND else 0
        return Exported(
            bag=bag,
            path=place if aside.published else None,
            form=form,
            state=state,
            findings=findings,
            files=serialiser.files,
            bytes=serialiser.bytes,
            size=size,
        )


def _writer(form: Form, out: Output, layers: ExitStack) -> Writer:
    if form is Form.ZIP:
        return ZipWriter(out, layers.enter_context(tempfile.TemporaryFile()))
    if form is Form.TAR:
        return TarWriter(out)
    # Neither name nor time in gzip's header: they would differ from run to run.
    packed = gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=out, mtime=0)
    return TarWriter(layers.enter_context(packed))


def _examined(
    bag: str, tree: Tree, serialiser: _Serialiser, progress: Progress, expected: Sealed | None
) -> tuple[Finding, ...]:
    sealed_digest = expected.tag_manifest_digest.lower() if expected else None
    found = Examination(tree, Depth.FULL, serialiser.read, progress, sealed_digest)
    try:
        serialiser.begin()
        found.run()
        serialiser.finish()
    except OSError as error:
        raise IncompleteError(
            f"{bag!a} could not be read to the end: {error.strerror}.",
            "Look after medium and permissions, then try again. No file was left.",
        ) from error
    if expected is not None:
        compare_with_sealed(found, expected, found.report)
    return (*serialiser.findings, *found.report.in_path_order())


class _Serialiser:
    """Reads as verification asks for it, and writes all it reads as members of one archive.

    Verification asks for the listed tag files, then for the payload, each in order of path; tag
    files it does not ask for are put in where they belong. After trouble with one file nothing
    more is written: the archive will not be kept, and the examination goes on.
    """

    def __init__(self, tree: Tree, writer: Writer, bag: str, progress: Progress) -> None:
        self._tree, self._writer, self._progress = tree, writer, progress
        self._name = os.path.basename(os.path.realpath(bag))
        self._piece = memoryview(bytearray(_PIECE))
        self._sound = True
        self._tags: list[str] | None = None
        self.findings: list[Finding] = []
        self.files = self.bytes = 0

    def begin(self) -> None:
        """Write the bag's own folder, and find its tag files. Raises ``OSError``."""
        found = walk(self._tree, "", Report(), frozenset(("data",)))
        self._tags = [path for path, size in found if size >= 0]
        self._folder("")

    def read(self, jobs: Iterator[ReadJob]) -> Iterator[ReadResult]:
        """Yield one result a job, in their order; each file read is written."""
        waiting, self._tags = self._tags, None
        if waiting is None:
            self._folder("data")
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
                name = f"{self._name}/{job.path}"
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
            message = f"The file {trouble.message}."
            self.findings.append(Finding("unreadable", message, showable(job.path)))
        return ReadResult(job, done, (), trouble, False)
