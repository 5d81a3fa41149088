"""The dry run: every decision packaging would take, and what it would cost. Writes nothing."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from archiver.archive import Archive
from archiver.catalogue import Catalogue
from archiver.clock import Clock, system_clock
from archiver.errors import ArchiverError
from archiver.hashing import new_digest
from archiver.packaging.admit import Surveyed, remarks_on, requirements
from archiver.packaging.bag_payload import origin_of
from archiver.packaging.origin import Origin
from archiver.packaging.outcome import Remark
from archiver.packaging.profiled import prepare
from archiver.packaging.request import PackageRequest
from archiver.packaging.rights import FileRights, rights_of
from archiver.packaging.room import bytes_needed, free_bytes
from archiver.progress import Progress, Silence
from archiver.state import State
from archiver.survey import Entry, ReasonCount, Worksheet
from policies.policy import read_policy

_PROBE_BYTES = 16 << 20
_THREADS_WORTH = 1.6  # what a second core adds while the disk has its say too
_SECONDS_PER_FILE = 0.0004
_OTHER_WORK = 1.5  # BLAKE3 twice, writing and reading back, beside the manifest digests


@dataclass(frozen=True, slots=True)
class Preview:
    """What packaging one source would do.

    ``files`` and ``bytes`` would come into the payload; ``seconds`` is an estimate from a
    short trial of this machine's digests. ``bytes_needed`` and ``bytes_free`` tell whether it
    would fit (``bytes_free`` is ``None`` without an archive). ``remarks`` and ``reasons`` are
    as in :class:`~archiver.packaging.outcome.SourceOutcome`. ``surveyed`` is what packaging may go
    on from, as long as the block lasts. ``alike`` are the bags that have as many files and bytes:
    packaging reads the source to see whether it is the same content, and then makes no bag.
    """

    source: str
    state: State
    files: int
    bytes: int
    seconds: float
    bytes_needed: int
    bytes_free: int | None
    remarks: tuple[Remark, ...]
    reasons: tuple[ReasonCount, ...]
    surveyed: Surveyed
    alike: tuple[str, ...] = ()

    def decisions(self) -> Iterator[Entry]:
        """Yield every entry of the source with its standing and reasons, by path."""
        return self.surveyed.worksheet.entries_in_order()


@contextmanager
def preview(
    request: PackageRequest,
    policy_bytes: bytes,
    *,
    archive: Archive | None,
    progress: Progress | None = None,
    clock: Clock = system_clock,
) -> Iterator[Preview]:
    """Survey the source and hand out what would become of it, for as long as the block lasts.

    Nothing is written to the source or the archive. Raises
    :class:`~archiver.errors.UsageError` as :func:`archiver.package.package` would.
    """
    prepared = prepare(request, read_policy(policy_bytes), archive.root if archive else None)
    policy = prepared.policy
    missing, rights = requirements(prepared), rights_of(request)
    origin = _origin(prepared.request, archive, clock)
    with (
        tempfile.TemporaryDirectory(prefix="archiver-preview-") as folder,
        Worksheet(Path(folder) / "worksheet.sqlite") as worksheet,
    ):
        seen = origin.survey(prepared, worksheet, progress or Silence())
        surveyed = Surveyed(request, policy_bytes, seen, worksheet)
        if rights is not None and not missing:
            judge = FileRights(rights, clock().date(), worksheet, origin.place).judge
            seen = judge(seen, policy.rights.bases, progress or Silence())
        total = seen.admitted
        yield Preview(
            source=request.source,
            state=State.REFUSED if seen.refused or missing else State.SOUND,
            files=total.entries,
            bytes=total.bytes,
            seconds=_estimate(total.entries, total.bytes, policy.packaging.manifest_algorithms),
            bytes_needed=bytes_needed(total.entries, total.bytes),
            bytes_free=free_bytes(archive.root) if archive else None,
            remarks=(
                *(Remark(None, reason) for reason in missing),
                *remarks_on(seen, worksheet),
            ),
            reasons=seen.reasons,
            surveyed=surveyed,
            alike=_alike(request, archive, total.entries, total.bytes),
        )


def _origin(request: PackageRequest, archive: Archive | None, clock: Clock) -> Origin:
    if archive is None or request.payload_of is None:
        return origin_of(request, archive.root if archive else None, clock, None)
    with Catalogue.open(archive.catalogue_url) as catalogue:
        return origin_of(request, archive.root, clock, catalogue)


def _alike(
    request: PackageRequest, archive: Archive | None, files: int, n_bytes: int
) -> tuple[str, ...]:
    if archive is None or request.again or request.payload_of is not None:
        return ()
    with suppress(ArchiverError), Catalogue.open(archive.catalogue_url) as catalogue:
        return tuple(row.id for row in catalogue.find_by_oxum(files, n_bytes))
    return ()


def _estimate(files: int, n_bytes: int, algorithms: tuple[str, ...]) -> float:
    """Return seconds, from how fast this machine takes the manifests' digests just now."""
    piece = memoryview(bytes(_PROBE_BYTES))
    begun = time.perf_counter()
    for name in algorithms:
        new_digest(name).update(piece)
    per_byte = (time.perf_counter() - begun) / _PROBE_BYTES
    return n_bytes * per_byte * _OTHER_WORK / _THREADS_WORTH + files * _SECONDS_PER_FILE
