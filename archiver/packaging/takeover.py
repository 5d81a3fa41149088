"""Taking up what an interrupted run had staged."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path

from archiver.survey.entry import Entry, Staged
from archiver.survey.worksheet import Worksheet

_PAGE = 1_000


def take_over(worksheet: Worksheet, earlier: Path, algorithms: tuple[str, ...]) -> None:
    """Carry over what an earlier run staged and read back, of files that did not change since.

    Unchanged means the same size, mtime, ctime, inode and device. An earlier worksheet that is
    not to be trusted, or was kept for other digests, gives nothing.
    """
    before = Worksheet.take_up(earlier)
    if before is None:
        return
    with before:
        if tuple(before.get("algorithms") or ()) != algorithms:
            return
        entries = before.files_in_order()
        while page := list(islice(entries, _PAGE)):
            same = [entry for entry in page if _unchanged(entry, worksheet.entry(entry.path))]
            worksheet.record_staged(_staged(entry) for entry in same)
            worksheet.record_read_back(
                (entry.path, entry.read_back) for entry in same if entry.read_back
            )


def remove_strays(target: Path, worksheet: Worksheet) -> None:
    """Remove from the staged payload whatever an earlier run left that is not staged now."""
    for folder, _, names in os.walk(target, topdown=False):
        for name in names:
            place = f"{folder}/{name}"
            entry = worksheet.entry(os.path.relpath(place, target))
            if entry is None or not entry.staged:
                os.unlink(place)
        if folder != str(target) and not os.listdir(folder):
            os.rmdir(folder)


def _unchanged(before: Entry, now: Entry | None) -> bool:
    return (
        before.read_back is not None
        and now is not None
        and now.standing == "in"
        and before[2:7] == now[2:7]
    )


def _staged(entry: Entry) -> Staged:
    return Staged(
        entry.path,
        entry.size,
        entry.mtime_ns,
        entry.ctime_ns,
        entry.ino,
        entry.digests,
        entry.blocks,
    )
