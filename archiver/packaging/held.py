"""Is this content in the archive already?"""

from __future__ import annotations

from collections.abc import Iterator

from blake3 import blake3

from archiver.archive import Archive
from archiver.bagit.writing import b3sum_line
from archiver.catalogue import BagRow, Catalogue
from archiver.errors import IncompleteError, UsageError
from archiver.hashing import ReadJob, read_all
from archiver.packaging.lines import payload_path
from archiver.progress import Progress
from archiver.state import State
from archiver.survey import Total, Worksheet
from archiver.tree import Tree

_TRUSTED = ("valid", "complete", "sound-by-blake3")


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
    return found.state is State.SOUND and row.last_verdict in _TRUSTED


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
