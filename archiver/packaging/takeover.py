"""Taking up what an interrupted run had staged."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from archiver.packaging.folders import folders_of
from archiver.survey.entry import Entry, Staged
from archiver.survey.worksheet import Worksheet
from archiver.tree import Tree

_PAGE = 1_000


def take_over(
    worksheet: Worksheet, earlier: Path, target: Path, algorithms: tuple[str, ...]
) -> None:
    """Carry over what an earlier run staged below ``target`` and read back.

    Only files that did not change since: same size, mtime, ctime, inode and device; and only
    copies that are still there, with their size. An earlier worksheet that is not to be
    trusted, or was kept for other digests, gives nothing.
    """
    before = Worksheet.take_up(earlier)
    if before is None:
        return
    try:
        with before, Tree(target) as staged, worksheet.together():
            if tuple(before.get("algorithms") or ()) == algorithms:
                _carry(before, worksheet, lambda entry: _is_there(staged, entry))
    except (sqlite3.DatabaseError, ValueError, TypeError):
        return  # half a worksheet is none; what was written of the new one is taken back


def remove_strays(target: Path, worksheet: Worksheet) -> None:
    """Remove from the staged payload whatever an earlier run left that is not staged now.

    Raises ``OSError``.
    """
    root = str(target)
    for folder in reversed(folders_of(root)):
        with os.scandir(folder) as entries:
            for place in [one.path for one in entries if not one.is_dir(follow_symlinks=False)]:
                entry = worksheet.entry(place[len(root) + 1 :])
                if entry is None or not entry.staged:
                    os.unlink(place)
        if folder != root and not os.listdir(folder):
            os.rmdir(folder)


def _carry(before: Worksheet, worksheet: Worksheet, is_there: Callable[[Entry], bool]) -> None:
    entries = before.staged()
    while page := list(islice(entries, _PAGE)):
        same = [
            entry
            for entry in page
            if _unchanged(entry, worksheet.entry(entry.path)) and is_there(entry)
        ]
        worksheet.record_staged(_staged(entry) for entry in same)


def _unchanged(before: Entry, now: Entry | None) -> bool:
    return (
        before.read_back is not None
        and now is not None
        and now.standing == "in"
        and before[2:7] == now[2:7]
    )


def _is_there(staged: Tree, entry: Entry) -> bool:
    above, _, name = entry.path.rpartition("/")
    try:
        status = os.lstat(name, dir_fd=staged.folder(above))
    except OSError:
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size == entry.size


def _staged(entry: Entry) -> Staged:
    return Staged(
        entry.path,
        entry.size,
        entry.mtime_ns,
        entry.ctime_ns,
        entry.ino,
        entry.digests,
        entry.blocks,
        entry.audio,
        entry.read_back,
    )
