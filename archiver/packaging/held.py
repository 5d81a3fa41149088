"""Is this content in the archive already?"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial

from blake3 import blake3

from archiver.archive import Archive
from archiver.bagit.writing import b3sum_line
from archiver.catalogue import BagRow, Catalogue
from archiver.errors import IncompleteError, UsageError
from archiver.findings import Finding
from archiver.hashing import ReadJob, read_all
from archiver.packaging.lineage import versions_before
from archiver.packaging.lines import payload_path
from archiver.packaging.outcome import SourceOutcome
from archiver.packaging.record import Ledger
from archiver.packaging.request import PackageRequest
from archiver.progress import Progress
from archiver.state import SOUND_VERDICTS, State
from archiver.survey import Total, Worksheet
from archiver.tree import Tree


class SameContent:
    """The bags that the archive has of a surveyed source's content.

    ``held`` are those that may be relied on, by their identifiers. A request that asks for the
    same content ``again`` has none to be compared with.
    """

    def __init__(
        self,
        ledger: Ledger,
        request: PackageRequest,
        source: Tree,
        worksheet: Worksheet,
        workers: int,
        progress: Progress,
    ) -> None:
        self._archive, self._catalogue, self._request = ledger.archive, ledger.catalogue, request
        self._look = partial(listed_already, ledger.catalogue, worksheet, source, workers, progress)
        self._listed = [] if request.again else self._look()
        self.held = [row.id for row in self._listed if is_held(ledger.archive, row)]

    def is_taken(self, wish: str) -> bool:
        """Tell whether the identifier is another bag's, be it one that is lost.

        A lost bag of the same content may be made again under its identifier.
        """
        if os.path.lexists(self._archive.bag_path(wish)):
            return True
        same = {row.id for row in self._listed}
        return self._catalogue.bag(wish) is not None and wish not in same

    def copies(self) -> int:
        """Return how many copies of the content the archive has; a damaged one is one, too."""
        payload = self._request.payload_of
        if payload is not None and payload.supersedes is not None:
            return len(versions_before(payload.bag)) + 1
        rows = self._listed or self._look()
        return sum(os.path.lexists(self._archive.bag_path(row.id)) for row in rows)

    def already_held(self, bag_id: str, content: Total) -> SourceOutcome:
        """Return the outcome where no second bag is made."""
        message = f"it is held as {bag_id}; no second bag was made"
        return SourceOutcome(
            self._request.source,
            State.SOUND,
            bag_id=bag_id,
            bag_path=str(self._archive.bag_path(bag_id)),
            already_held=True,
            files=content.entries,
            bytes=content.bytes,
            findings=(Finding("already-held", message),),
        )

    def notes(self) -> tuple[Finding, ...]:
        """Return what there is to say where another bag is made all the same."""
        doubtful = (row.id for row in self._listed if row.id not in self.held)
        return (*map(_same_content, self.held), *map(_doubtful, doubtful))


def _same_content(bag_id: str) -> Finding:
    return Finding("same-content-held", f"the same content is held as {bag_id} too")


def _doubtful(bag_id: str) -> Finding:
    message = f"the catalogue lists the same content as {bag_id}, but that bag is not as sealed"
    return Finding("held-copy-doubtful", message)


def listed_already(
    catalogue: Catalogue, worksheet: Worksheet, source: Tree, workers: int, progress: Progress
) -> list[BagRow]:
    """Return the bags whose payload is the surveyed source, name for name and byte for byte.

    The source is read for this only when some bag has as many files and bytes; then nothing
    needs to be copied to find out.
    """
    total = worksheet.totals().get("in", Total())
    candidates = catalogue.find_by_oxum(total.entries, total.bytes)
    if not candidates:
        return []
    progress.begin("comparing", total.bytes, total.entries)
    digest = _payload_digest(worksheet, source, workers, progress)
    progress.end()
    return [row for row in candidates if row.payload_digest == digest]


def is_held(archive: Archive, row: BagRow) -> bool:
    """Tell whether the bag of a row may be relied on, before a source is called held.

    It must be in its place, whole as far as names and sizes tell, under the tag manifest it was
    sealed with, and its newest verification must not have found it wanting.
    """
    from archiver.verify import Depth, Sealed, verify_bag  # mostly there is none to ask about

    sealed = Sealed(row.tag_manifest_digest, row.payload_files, row.payload_bytes)
    try:
        found = verify_bag(archive.bag_path(row.id), depth=Depth.FAST, expected=sealed)
    except (IncompleteError, UsageError):
        return False
    return found.state is State.SOUND and row.last_verdict in SOUND_VERDICTS


def _payload_digest(
    worksheet: Worksheet, source: Tree, workers: int, progress: Progress
) -> str | None:
    """Return the payload digest the source would have; ``None`` when it cannot be read whole."""
    whole = blake3()
    jobs = _jobs(worksheet)
    for result in read_all(source, jobs, workers=workers, from_medium=False, progress=progress):
        if result.trouble is not None or result.size != result.job.size:
            return None
        whole.update(b3sum_line(result.digests[0].hex(), str(result.job.token)))
    return whole.hexdigest()


def _jobs(worksheet: Worksheet) -> Iterator[ReadJob]:
    for path, size in worksheet.file_sizes():
        yield ReadJob(path, size, ("blake3",), payload_path(path))
