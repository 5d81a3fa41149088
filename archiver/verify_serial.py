"""``verify`` for bags as one file: tar, tar.gz and zip. Nothing is unpacked, nothing is written."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator

from archiver.bagit.reading.examination import Examination
from archiver.bagit.reading.report import showable
from archiver.errors import IncompleteError, UsageError
from archiver.findings import Finding, state_of
from archiver.hashing import ReadJob, ReadResult
from archiver.hashing.reader import identity
from archiver.progress import Progress, Silence
from archiver.recordings.recorded import NAMES as RECORDS
from archiver.serial.reading.model import Caps, RefusedArchiveError
from archiver.serial.reading.opening import Opened, kind_of, opened
from archiver.serial.reading.tree import SerialTree
from archiver.verify import BagVerification, Depth, Look, explained, verdict_of

_CLAUSE = "BagIt 0.97 4"  # serialisation; RFC 8493 leaves it out and forbids nothing of it
_NAMED = 100


def verify_serialised(
    path: str,
    *,
    depth: Depth,
    caps: Caps | None = None,
    progress: Progress | None = None,
    also: Look | None = None,
) -> BagVerification:
    """Examine the bag in the archive file ``path`` as :func:`archiver.verify.verify_bag` would.

    Links, devices, names that lead elsewhere or stand twice, members that are not what they say
    and bombs (``caps``) are findings; where the structure is not sound, no bag is looked for in
    it. Recordings that are not as recorded are unpacked to the folder for temporary files and
    examined for what changed. ``also`` looks at
    the bag, as if it were unpacked, when all else is done. Raises
    :class:`UsageError` for what is no archive file and :class:`IncompleteError` when it cannot
    be read.
    """
    watcher = progress or Silence()
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise IncompleteError(
            f"{path!a} cannot be opened: {error.strerror}.", "Look after medium and permissions."
        ) from error
    try:
        before = os.fstat(fd)
        kind = kind_of(fd, path) if stat.S_ISREG(before.st_mode) else None
        if kind is None:
            raise UsageError(
                f"{path!a} is neither a folder nor a tar, tar.gz or zip file, so it is no bag.",
                "Name the folder that holds bagit.txt, or an archive file of it.",
            )
        with opened(fd, kind, caps or Caps()) as archive:
            found = _verified(path, archive, kind, depth, watcher, also)
        if identity(os.fstat(fd)) == identity(before):
            return found
        raise IncompleteError(f"{path!a} changed while it was read.", "Verify it again at rest.")
    except OSError as error:
        raise IncompleteError(
            f"{path!a} could not be examined to the end: {error.strerror}.",
            "Look after medium, permissions and room for temporary files, then try again.",
        ) from error
    finally:
        os.close(fd)


def _verified(
    path: str,
    archive: Opened,
    kind: str,
    depth: Depth,
    progress: Progress,
    also: Look | None,
) -> BagVerification:
    refused = list(archive.refused)
    if refused:
        return _result(path, depth, None, refused)
    top, findings = bag_in(archive)
    if top is None:
        return _result(path, depth, None, refused, findings)
    with tempfile.TemporaryDirectory(prefix="archiver-") as scratch:
        try:
            tree = SerialTree(archive, top, scratch)
        except RefusedArchiveError as found:
            return _result(path, depth, None, [found], findings)
        with tree:

            def read(jobs: Iterator[ReadJob]) -> Iterator[ReadResult]:
                return tree.read(jobs, progress, refused)

            examination = Examination(tree, depth, read, progress, None, RECORDS)
            examination.run()
            told = explained(tree, examination, progress)
            if also is not None:
                also(tree, kind)
    return _result(path, depth, examination, refused, (*findings, *told))


def bag_in(archive: Opened) -> tuple[str | None, tuple[Finding, ...]]:
    """Return the bag's folder in the archive, ``None`` where there is no saying which it is.

    "" stands for the archive's root; findings say what is not as it must be.
    """
    tops = sorted({name.partition("/")[0] for name in archive.members})
    if "bagit.txt" in archive.members:
        message = "The bag's files stand at the top, without a folder of their own."
        return "", (Finding("archive-not-one-bag", message, None, _CLAUSE),)
    if len(tops) == 1 and not _is_file(archive, tops[0]):
        return tops[0], ()
    message = f"There are {len(tops):,} entries at the top."
    return None, (Finding("archive-not-one-bag", message, None, _CLAUSE),)


def _is_file(archive: Opened, name: str) -> bool:
    member = archive.members.get(name)
    return member is not None and not member.is_folder


def _result(
    path: str,
    depth: Depth,
    examination: Examination | None,
    refused: list[RefusedArchiveError],
    more: tuple[Finding, ...] = (),
) -> BagVerification:
    of_archive = map(finding_of, refused[:_NAMED])
    findings = (*of_archive, *more)
    tally = None if examination is None else examination.payload
    return BagVerification(
        path=path,
        verdict=verdict_of(depth, findings),
        state=state_of(findings),
        version=examination.version if examination else None,
        findings=findings,
        checked_files=tally.sound + tally.mismatched if tally else 0,
        checked_bytes=tally.read_bytes if tally else 0,
        listed_files=tally.listed if tally else 0,
        payload_files=tally.files if tally else 0,
        payload_bytes=tally.bytes if tally else 0,
        algorithms_checked=examination.algorithms if examination else (),
        algorithms_not_checked=examination.not_checked if examination else (),
        from_medium="cache",
        tag_manifest_digest=examination.tag_manifest_digest if examination else None,
    )


def finding_of(refused: RefusedArchiveError) -> Finding:
    """Return as a finding what is wrong with an archive file or a member of it."""
    name = None if refused.name is None else showable(refused.name)
    return Finding(refused.code, refused.message, name)
