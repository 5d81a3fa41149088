"""Is this content in the archive already?"""

from __future__ import annotations

from collections.abc import Iterator

from blake3 import blake3

from archiver.bagit.writing import b3sum_line
from archiver.catalogue import BagRow, Catalogue
from archiver.hashing import ReadJob, read_all
from archiver.packaging.lines import payload_path
from archiver.progress import Progress
from archiver.survey import Worksheet
from archiver.tree import Tree


def held_already(
    catalogue: Catalogue, worksheet: Worksheet, source: Tree, workers: int, progress: Progress
) -> BagRow | None:
    """Return a bag whose payload is the surveyed source, name for name and byte for byte.

    The source is read for this only when some bag has as many files and bytes; then nothing
    needs to be copied to find out.
    """
    total = worksheet.totals()["in"]
    candidates = {
        row.payload_digest: row for row in catalogue.find_by_oxum(total.entries, total.bytes)
    }
    if not candidates:
        return None
    digest = _payload_digest(worksheet, source, workers, progress)
    return candidates.get(digest) if digest else None


def _payload_digest(
    worksheet: Worksheet, source: Tree, workers: int, progress: Progress
) -> str | None:
    """Return the payload digest the source would have; ``None`` when it cannot be read whole."""
    whole = blake3()
    total = worksheet.totals()["in"]
    progress.begin("comparing", total.bytes, total.entries)
    jobs = _jobs(worksheet)
    for result in read_all(source, jobs, workers=workers, from_medium=False, progress=progress):
        if result.trouble is not None or result.size != result.job.size:
            return None
        whole.update(b3sum_line(result.digests[0].hex(), str(result.job.token)))
    progress.end()
    return whole.hexdigest()


def _jobs(worksheet: Worksheet) -> Iterator[ReadJob]:
    for entry in worksheet.files_in_order():
        yield ReadJob(entry.path, entry.size, ("blake3",), payload_path(entry))
