"""``restore``: give a collection back as it came, verified on the way out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archiver.bagit.reading.examination import Depth, Examination
from archiver.bagit.reading.group import membership_of
from archiver.bagit.reading.report import Report
from archiver.bagit.reading.walk import walk
from archiver.errors import ArchiverError, EnvironmentUnusable, IncompleteError
from archiver.findings import Finding, state_of
from archiver.hashing import ReadJob, ReadResult, suggested_workers
from archiver.progress import Progress, Silence
from archiver.restoring.aside import check_target, folder_aside, publish
from archiver.restoring.attributes import Attributes
from archiver.restoring.copying import PAYLOAD, Copier, remove
from archiver.restoring.recorded import NAME as RECORD
from archiver.restoring.recorded import UnusableRecordError, recorded
from archiver.state import State
from archiver.tree import Tree
from archiver.verify import Sealed, compare_with_sealed, open_bag

__all__ = ["Restored", "foresee_restore", "restore"]

Reading = Callable[[Iterator[ReadJob]], Iterator[ReadResult]]

_MODE = 0o755  # of the folder itself, where none was recorded
_NOT_SOUND = ("mismatch", "mismatch-by-damaged-manifest", "manifests-disagree")


@dataclass(frozen=True, slots=True)
class Restored:
    """What restoring one bag came to.

    ``path`` is where the collection is (or, ``dry_run``, would be), ``None`` when nothing could
    be given back. ``files`` and ``bytes`` count what was restored or, ``dry_run``, what is there
    to be restored; ``listed_files`` what the bag says it holds. ``exact`` tells that times, modes
    and empty folders are those the bag recorded of its source. ``parts`` are the files it came
    out of, where it came out of files. ``as_bag``: the bag itself was given back; ``files`` and
    ``bytes`` are then all of the bag's. ``file`` is the one file (``data/...``) that was asked for.
    """

    bag: str
    path: str | None
    state: State
    findings: tuple[Finding, ...]
    files: int
    bytes: int
    folders: int
    listed_files: int
    exact: bool
    dry_run: bool = False
    bytes_free: int | None = None
    parts: tuple[str, ...] = ()
    as_bag: bool = False
    file: str | None = None


def foresee_restore(
    bag: str, folder: str, *, expected: Sealed | None = None, progress: Progress | None = None
) -> Restored:
    """Say what :func:`restore` would give back; no digest is taken and nothing written.

    Raises what :func:`restore` raises.
    """
    place = check_target(folder)
    with open_bag(bag) as tree:
        found = _examined(bag, tree, Depth.FAST, _read_nothing, progress or Silence(), expected)
        findings = (*found.report.in_path_order(), *_as_a_part(tree))
        tally = found.payload
        free = shutil.disk_usage(os.path.dirname(place)).free
        return Restored(
            bag=bag,
            path=place,
            state=state_of(findings),
            findings=findings,
            files=tally.present,
            bytes=tally.bytes,
            folders=0,
            listed_files=tally.listed,
            exact=_has_record(tree),
            dry_run=True,
            bytes_free=free,
        )


def restore(
    bag: str,
    folder: str,
    *,
    expected: Sealed | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Restored:
    """Give the payload of the bag in the folder ``bag`` back as the new folder ``folder``.

    Every file is copied and compared with the manifests in one read. What is not sound is a
    finding and is left out; the rest is given back all the same. Nothing is visible under its
    name before all of it is on the medium; nothing is overwritten. ``expected`` is what is known
    of the sealed bag from elsewhere. Raises :class:`archiver.errors.UsageError` for what is no
    folder or a place that is taken, :class:`archiver.errors.BusyError` while another run restores
    there, :class:`IncompleteError` when the bag cannot be examined to its end and
    :class:`EnvironmentUnusable` when the copy cannot be written.
    """
    place = check_target(folder)
    watcher = progress or Silence()
    with open_bag(bag) as tree:
        _check_room(tree, place)
        with folder_aside(place) as (aside, fd), Tree(aside) as target:
            copier = Copier(tree, target, workers or suggested_workers(from_medium=False), watcher)
            try:
                found = _examined(bag, tree, Depth.FULL, copier.read, watcher, expected)
            finally:
                copier.close()
            left_out = _leave_out(found, copier, target)
            exact, folders, remarks = _as_recorded(found, tree, target)
            findings = (*found.report.in_path_order(), *remarks, *_as_a_part(tree))
            state = state_of(findings)
            given = found.payload.sound > 0 or state is State.SOUND
            if given:
                publish(aside, fd, place)
            return Restored(
                bag=bag,
                path=place if given else None,
                state=state,
                findings=findings,
                files=found.payload.sound,
                bytes=copier.bytes - left_out,
                folders=folders,
                listed_files=found.payload.listed,
                exact=exact,
            )


def _examined(
    bag: str,
    tree: Tree,
    depth: Depth,
    read: Reading,
    progress: Progress,
    expected: Sealed | None,
) -> Examination:
    sealed_digest = expected.tag_manifest_digest.lower() if expected else None
    found = Examination(tree, depth, read, progress, sealed_digest, frozenset((RECORD,)))
    try:
        found.run()
    except OSError as error:
        raise IncompleteError(
            f"{bag!a} could not be examined to the end: {error.strerror}.",
            "Look after medium, permissions and room for temporary files, then try again.",
        ) from error
    if expected is not None:
        compare_with_sealed(found, expected, found.report)
    return found


def _leave_out(found: Examination, copier: Copier, target: Tree) -> int:
    """Remove the copies of files that are not sound; return how many bytes they had.

    Raises :class:`ArchiverError` unless what is left is as many as were found sound.
    """
    n_bytes = n_files = 0
    for finding in found.report.in_path_order():
        path = finding.path or ""
        if finding.code in _NOT_SOUND and path.startswith(PAYLOAD):
            copy = path.removeprefix(PAYLOAD)
            n_bytes += target.size(copy)
            n_files += 1
            remove(target, copy)
    if copier.files - n_files != found.payload.sound:
        raise ArchiverError(
            f"Internal error: {copier.files - n_files:,} copies are left, and "
            f"{found.payload.sound:,} files were found sound.",
            "Please report this with the command you gave. Nothing was restored.",
        )
    return n_bytes


def _as_recorded(
    found: Examination, tree: Tree, target: Tree
) -> tuple[bool, int, tuple[Finding, ...]]:
    """Set what the bag recorded of its source, if that can be relied on.

    Return whether everything is as recorded, how many folders were recorded, and findings.
    """
    os.chmod(target.folder(""), _MODE)
    if not _has_record(tree):
        return False, 0, (Finding("no-source-record", "", RECORD),)
    if RECORD not in found.vouched:
        message = "no sound tag manifest vouches for it"
        return False, 0, (Finding("source-record-unusable", message, RECORD),)
    attributes = Attributes(target, lambda: recorded(tree))
    try:
        attributes.restore()
    except UnusableRecordError as error:
        return False, 0, (Finding("source-record-unusable", str(error), RECORD),)
    findings = tuple(attributes.findings)
    return not findings, attributes.folders, findings


def _as_a_part(tree: Tree) -> tuple[Finding, ...]:
    part = membership_of(tree)
    if part is None:
        return ()
    message = f"It is part {part.number} of {part.count} of {part.group!a}."
    return (Finding("one-of-several-parts", message, None, "RFC 8493 2.2.2"),)


def _check_room(tree: Tree, place: str) -> None:
    """Raise :class:`EnvironmentUnusable` when the payload cannot fit beside ``place``."""
    try:
        needed = sum(max(size, 0) for _, size in walk(tree, "data", Report()))
    except OSError:
        needed = 0  # there is no data/, which examining the bag will say
    free = shutil.disk_usage(os.path.dirname(place)).free
    if needed > free:
        raise EnvironmentUnusable(
            f"{needed:,} bytes are to be restored, and the disk has {free:,} bytes free.",
            "Make room, or restore to another disk.",
        )


def _has_record(tree: Tree) -> bool:
    try:
        os.close(tree.open_file(RECORD))
    except OSError:
        return False
    return True


def _read_nothing(jobs: Iterator[ReadJob]) -> Iterator[ReadResult]:
    """Let the examination go over all names; at this depth there is nothing to read."""
    for job in jobs:
        raise ArchiverError(f"Internal error: {job.path!a} was to be read.")
    return iter(())
