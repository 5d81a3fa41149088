"""``import``: another tool's bag into the archive, verified first, in one of two forms.

Wrapped, the bag becomes the payload of a bag of ours: its own manifests, bag-info and all stay as
they are, and our manifests cover every byte of it. Upgraded, its payload becomes that of a bag of
BagIt 1.0, and its tag files are kept below ``received/``. In the read that verifies the old
digests BLAKE3 is taken too, and held against what is sealed: what was verified is what is kept.
"""

from __future__ import annotations

import os
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from typing import BinaryIO

from archiver.archive import Archive
from archiver.archive.policy import policy_in_force
from archiver.bagit.reading.examination import Depth, Examination
from archiver.bagit.reading.group import Membership, membership_of
from archiver.bagit.reading.ordering import Entry, sort_on_disk
from archiver.bagit.writing import prose
from archiver.clock import Clock
from archiver.errors import IncompleteError
from archiver.events import Agent
from archiver.events.signing import SigningKey
from archiver.findings import Finding, state_of
from archiver.hashing import ReadJob, ReadResult, read_all, suggested_workers
from archiver.package import PackageRequest, SourceOutcome, package
from archiver.packaging.apart import require_apart
from archiver.packaging.carried_info import carried, said_in
from archiver.packaging.request import PayloadOf
from archiver.progress import Progress, Silence
from archiver.restoring.recorded import NAME as RECORD
from archiver.restoring.recorded import UnusableRecordError, recorded
from archiver.serial.reading.model import Caps, RefusedArchiveError
from archiver.serial.reading.opening import Opened, opened_file
from archiver.serial.reading.unpack import unpack
from archiver.state import State
from archiver.tree import Tree
from archiver.verify import open_bag, verdict_of
from archiver.verify_serial import bag_in, finding_of

__all__ = ["Imported", "import_bag"]

_DIGEST = 32  # bytes of BLAKE3


@dataclass(frozen=True, slots=True)
class Imported:
    """What importing one bag came to.

    ``verdict`` is that of verification and ``findings`` are its findings, before anything was
    packaged. ``outcome`` is that of packaging, ``None`` where the bag was refused. ``form`` is
    ``wrap`` or ``upgrade``. ``part`` says which part of a group the bag is.
    """

    source: str
    verdict: str
    state: State
    findings: tuple[Finding, ...]
    algorithms: tuple[str, ...]
    outcome: SourceOutcome | None
    form: str
    part: Membership | None = None


def import_bag(
    archive: Archive,
    request: PackageRequest,
    *,
    clock: Clock,
    agent: Agent,
    workers: int,
    progress: Progress | None = None,
    lock_wait: float = 0.0,
    key: SigningKey | None = None,
    form: str | None = None,
    caps: Caps | None = None,
) -> Imported:
    """Take the bag ``request.source``, a folder or an archive file, into the archive.

    A bag that is not valid is taken only with ``request.known_damage``, the reason for it, which
    then stands in the new bag's ``bag-info.txt``. ``form`` is ``wrap`` or ``upgrade``, else as the
    policy has it. An archive file is unpacked to the folder for temporary files first. Raises what
    :func:`archiver.package.package` raises, :class:`UsageError` for what is neither folder nor
    archive file and :class:`IncompleteError` when it cannot be read.
    """
    watcher = progress or Silence()
    require_apart(request.source, archive.root)
    form = form or policy_in_force(archive)[0].packaging.received_bags
    with ExitStack() as cleaning:
        folder, refused = _folder_of(request.source, caps or Caps(), watcher, cleaning)
        if folder is None:
            state = state_of(refused)
            return Imported(request.source, "invalid", state, refused, (), None, form)
        found, entries = _verified(folder, watcher, cleaning)
        with open_bag(folder) as tree:
            part = membership_of(tree)
        findings = (*refused, *found.report.in_path_order())
        verdict, state = verdict_of(Depth.FULL, findings), state_of(findings)
        outcome = None
        if state is State.SOUND or request.known_damage is not None:
            asked = _asked(request, folder, found, verdict, entries)
            if form == "upgrade":
                asked = _upgrading(asked, folder, found)
            outcome = package(
                archive,
                asked,
                clock=clock,
                agent=agent,
                workers=workers,
                progress=watcher,
                lock_wait=lock_wait,
                key=key,
            )
            outcome = replace(outcome, source=request.source)
            state = outcome.state
    algorithms = found.algorithms
    return Imported(request.source, verdict, state, findings, algorithms, outcome, form, part)


def _folder_of(
    source: str, caps: Caps, progress: Progress, cleaning: ExitStack
) -> tuple[str | None, tuple[Finding, ...]]:
    """Return the folder of the bag, unpacked if need be; ``None`` where that was refused.

    Raises :class:`IncompleteError`, and :class:`UsageError` for what can be no bag.
    """
    if not os.path.isfile(source):
        return source, ()
    with opened_file(source, caps) as archive:
        return _unpacked(archive, source, progress, cleaning)


def _unpacked(
    archive: Opened, source: str, progress: Progress, cleaning: ExitStack
) -> tuple[str | None, tuple[Finding, ...]]:
    refused = tuple(map(finding_of, archive.refused))
    top, odd = (None, ()) if refused else bag_in(archive)
    if top is None:
        return None, (*refused, *odd)
    room = cleaning.enter_context(tempfile.TemporaryDirectory(prefix="archiver-"))
    folder = os.path.join(room, top or os.path.basename(source))
    os.mkdir(folder)
    progress.begin("unpacking", sum(one.size for one in archive.members.values()), None)
    try:
        unpack(archive, top, folder, progress)
    except RefusedArchiveError as found:
        return None, (finding_of(found), *odd)
    finally:
        progress.end()
    return folder, odd


class _Spool:
    """Paths and digests in the order they came, in a file: a bag may have a million."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def add(self, path: str, digest: bytes) -> None:
        """Add one."""
        raw = os.fsencode(path)
        self._file.write(digest + len(raw).to_bytes(4, "big") + raw)

    def __iter__(self) -> Iterator[Entry]:
        """Yield path and digest (hex) of each."""
        self._file.seek(0)
        while head := self._file.read(_DIGEST + 4):
            raw = self._file.read(int.from_bytes(head[_DIGEST:], "big"))
            yield os.fsdecode(raw), head[:_DIGEST].hex()


def _verified(
    folder: str, progress: Progress, cleaning: ExitStack
) -> tuple[Examination, Iterable[Entry]]:
    """Examine the bag in full; return also BLAKE3 of each file that was read, by path."""
    file = cleaning.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - that closes it
    taken = _Spool(file)
    with open_bag(folder) as tree:

        def read(jobs: Iterator[ReadJob]) -> Iterator[ReadResult]:
            return _with_blake3(tree, jobs, progress, taken)

        watched = frozenset([RECORD])
        examination = Examination(tree, Depth.FULL, read, progress, None, watched)
        try:
            examination.run()
        except OSError as error:
            raise IncompleteError(
                f"{folder!a} could not be examined to the end: {error.strerror}.",
                "Look after medium, permissions and room for temporary files, then try again.",
            ) from error
    return examination, taken


def _with_blake3(
    tree: Tree, jobs: Iterator[ReadJob], progress: Progress, taken: _Spool
) -> Iterator[ReadResult]:
    """Read what is asked for, and take one more digest in the same read."""
    more = (ReadJob(job.path, job.size, (*job.algorithms, "blake3"), job) for job in jobs)
    hands = suggested_workers(from_medium=False)
    for result in read_all(tree, more, workers=hands, from_medium=False, progress=progress):
        assert isinstance(result.job.token, ReadJob)  # put there above
        if result.trouble is None:
            taken.add(result.job.path, result.digests[-1])
        yield result._replace(job=result.job.token, digests=result.digests[:-1])


def _asked(
    request: PackageRequest,
    folder: str,
    found: Examination,
    verdict: str,
    entries: Iterable[Entry],
) -> PackageRequest:
    """Return the request to package the bag whole, with what became of its verification."""
    by = ", ".join(found.algorithms) or "no algorithm"
    info = [
        *request.info,
        ("Received-Bag-Version", found.version or "unknown"),
        ("Received-Bag-Verification", f"{verdict}, by {by}"),
    ]
    if request.known_damage is not None and verdict != "valid":
        label = "Received-Bag-Accepted-Because"
        info.append((label, prose(label, request.known_damage)))
    place = os.path.abspath(request.source)
    return replace(
        request,
        source=folder,
        keep_bag=True,
        known_by=place,
        info=tuple(info),
        verified=lambda: sort_on_disk(entries),
    )


def _upgrading(request: PackageRequest, folder: str, found: Examination) -> PackageRequest:
    """Return the request to package the bag's payload alone, and keep its tag files beside it.

    Where the bag has a record of our form that its tag manifest vouches for, names, times, modes
    and empty folders are as that tells.
    """
    name = os.fsencode(os.path.basename(os.path.abspath(folder)))
    payload = PayloadOf(folder, name.decode("utf-8", "backslashreplace"))
    with Tree(folder) as tree:
        said = said_in(tree)
        if RECORD in found.vouched:
            with suppress(UnusableRecordError, OSError):
                told = deque(recorded(tree), 1)  # to its end: half a record is none
                first = next(recorded(tree))
                payload = replace(payload, name=first.name or payload.name, recorded=bool(told))
    return replace(
        request,
        source=os.path.join(folder, "data"),
        info=(*carried(said, request.info), *request.info),
        payload_of=payload,
    )
