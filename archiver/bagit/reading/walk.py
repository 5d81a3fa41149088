"""Walking a bag in path order, never following a link, with one folder's names in memory.

Whole paths come out in the order of their code points (that of their UTF-8 bytes), because a
folder's name is sorted as it stands in paths: with the slash.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator

from archiver.bagit.reading.report import Report
from archiver.tree import Tree

# What stands in place of a size for what is no regular file.
LINK, SPECIAL, BLIND_FOLDER = -1, -2, -3

Found = tuple[str, int]


def walk(
    tree: Tree, top: str, report: Report, skip: frozenset[str] = frozenset()
) -> Iterator[Found]:
    """Yield (path, size in bytes) of every file below the folder ``top`` ("" is the root).

    Links, special files and folders that cannot be read come with a negative number in place
    of the size; such a folder's path ends in "/". ``skip`` names entries of ``top`` to leave
    out. Folders as such are not yielded.
    """
    levels = [_names(tree, top, report, skip)]
    folders = [top]
    while levels:
        names, folder = levels[-1], folders[-1]
        prefix = folder + "/" if folder else ""
        below = None
        for name in names:
            if name.endswith("/"):
                below = prefix + name[:-1]
                break
            yield prefix + name, _size(tree, folder, name)
        if below is None:
            levels.pop()
            folders.pop()
            continue
        try:
            levels.append(_names(tree, below, report))
            folders.append(below)
        except OSError as error:
            report.add("unreadable", f"The folder cannot be read: {error.strerror}.", below)
            yield below + "/", BLIND_FOLDER


def _names(
    tree: Tree, folder: str, report: Report, skip: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Return the names in ``folder``, sorted, those of folders with a slash. Raises ``OSError``."""
    with os.scandir(tree.folder(folder)) as entries:
        names = [
            entry.name + "/" if entry.is_dir(follow_symlinks=False) else entry.name
            for entry in entries
            if entry.name not in skip
        ]
    names.sort()
    if not "".join(names).isascii():
        _report_look_alikes(names, folder, report)
    return iter(names)


def _size(tree: Tree, folder: str, name: str) -> int:
    try:
        facts = os.stat(name, dir_fd=tree.folder(folder), follow_symlinks=False)
    except OSError:
        return 0  # the reader will meet the same trouble, and is the one to report it
    if stat.S_ISREG(facts.st_mode):
        return facts.st_size
    return LINK if stat.S_ISLNK(facts.st_mode) else SPECIAL


def _report_look_alikes(names: list[str], folder: str, report: Report) -> None:
    seen: set[str] = set()
    for name in names:
        normal = unicodedata.normalize("NFC", name)
        if normal in seen:
            path = f"{folder}/{name}" if folder else name
            message = "Another entry of this folder has the same name in another normal form."
            report.add("look-alike-names", message, path.rstrip("/"), "RFC 8493 6.1")
        seen.add(normal)
