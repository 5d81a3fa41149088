"""Did the source hold still? A last look at every entry before its bag is sealed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial

from archiver.findings import Finding
from archiver.packaging.combined import Combined
from archiver.survey.entry import Mark
from archiver.survey.worksheet import Worksheet
from archiver.tree import Tree

_ROOT_TIMES = "root_times"


def note_root_times(root: str, worksheet: Worksheet) -> None:
    """Remember, before the survey, the times of the source's own folder."""
    try:
        status = os.lstat(root)
    except OSError:
        return  # the survey says in its own words that there is nothing to see
    worksheet.put(_ROOT_TIMES, [status.st_mtime_ns, status.st_ctime_ns])


def moved_additions(source: Combined, worksheet: Worksheet) -> Iterator[Finding]:
    """Yield a finding for each file or folder among the additions that is not as it was.

    What comes from a bag needs none: its digests are compared.
    """
    for entry in worksheet.marks_in_order():
        if source.is_added(entry.path):
            yield from _moved(entry, partial(os.lstat, source.place(entry.path)))


def moved_entries(source: Tree, worksheet: Worksheet) -> Iterator[Finding]:
    """Yield a finding for each file or folder that is not as it was surveyed or read.

    A folder's own times tell that a name was added or removed in it, so nothing that appeared
    meanwhile is left out without a word.
    """
    try:
        root = os.lstat(source.root)
    except OSError as error:
        yield Finding("source-changed", f"the source itself is gone: {error.strerror}")
        return
    if [root.st_mtime_ns, root.st_ctime_ns] != worksheet.get(_ROOT_TIMES):
        yield Finding("source-changed", "a name was added to or removed from the source itself")
    for entry in worksheet.marks_in_order():
        yield from _moved(entry, partial(_status, source, entry.path))


def _status(source: Tree, path: str) -> os.stat_result:
    above, _, name = path.rpartition("/")
    return os.lstat(name, dir_fd=source.folder(above))


def _moved(entry: Mark, status: Callable[[], os.stat_result]) -> Iterator[Finding]:
    try:
        now = status()
    except OSError as error:
        yield Finding("source-changed", f"it is gone: {error.strerror}", entry.path)
        return
    if (now.st_mtime_ns, now.st_ctime_ns, now.st_ino) != (
        entry.mtime_ns,
        entry.ctime_ns,
        entry.ino,
    ):
        what = (
            "a name was added or removed in it"
            if entry.kind == "directory"
            else "it was changed after it was read"
        )
        yield Finding("source-changed", what, entry.path)
