"""``export --dry-run``: what would be written, and whether it may. Writes nothing."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace

from archiver.bagit.reading.report import Report
from archiver.bagit.reading.walk import walk
from archiver.errors import IncompleteError
from archiver.export import Exported, Form, PartFile
from archiver.export_parts import places_of_parts
from archiver.exporting.division import divide
from archiver.findings import Finding, state_of
from archiver.profiles import Asked, judge_bag
from archiver.progress import Progress
from archiver.serial.writing.place import check_free
from archiver.state import State
from archiver.verify import Depth, Sealed, open_bag, verify_bag


def foresee_export(
    bag: str,
    path: str,
    form: Form,
    limit: int | None = None,
    *,
    expected: Sealed | None = None,
    progress: Progress | None = None,
    wanted: Asked | None = None,
) -> Exported:
    """Say what :func:`archiver.export.export`, or ``export_parts`` with ``limit``, would write.

    Structure, names and sizes are looked at, no digest is taken. The sizes of files are not
    known, and 0. Raises what those raise.
    """
    place = check_free(path)
    with open_bag(bag) as tree:
        try:
            sizes = [max(size, 0) for _, size in walk(tree, "", Report())]
            parts: tuple[PartFile, ...] = ()
            said: tuple[Finding, ...] = ()
            if limit is not None:
                division = divide(tree, limit, form)
                said = tuple(Finding("part-too-large", "", name) for name in division.oversized)
                if len(division.parts) > 1:
                    places = places_of_parts(place, form, len(division.parts))
                    parts = tuple(PartFile(check_free(one), 0) for one in places)
        except OSError as error:
            raise IncompleteError(
                f"{bag!a} could not be read to the end: {error.strerror}.",
                "Look after medium and permissions, then try again.",
            ) from error
        if wanted is not None:
            said += tuple(judge_bag(tree, wanted, form.value).all_findings)
    found = Exported(bag, None, form, state_of(said), said, 0, 0, 0, dry_run=True)
    if found.state is not State.SOUND:
        return found
    judged = verify_bag(bag, depth=Depth.FAST, expected=expected, progress=progress)
    findings = (*said, *judged.findings)
    found = replace(found, findings=findings, state=state_of(findings))
    if found.state is not State.SOUND:
        return found
    folder = os.path.dirname(place)
    return replace(
        found,
        path=folder if parts else place,
        files=len(sizes),
        bytes=sum(sizes),
        parts=parts,
        bytes_free=shutil.disk_usage(folder).free,
    )
