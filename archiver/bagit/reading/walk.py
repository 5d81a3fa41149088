"""Walking a bag in path order, never following a link, with one folder's names in memory.

Whole paths come out in the order of their code points (that of their UTF-8 bytes), because a
folder's name is sorted as it stands in paths: with the slash.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Callable, Iterator

from archiver.bagit.reading.report import Report
from archiver.tree import Tree

# What stands in place of a size for what is no regular file.
LINK, SPECIAL, BLIND_FOLDER, BLIND_FILE = -1, -2, -3, -4
NOTHING: frozenset[str] = frozenset()
_TWINS = {
    "look-alike-names": "Another entry of this folder has the same name in another normal form.",
    "names-differ-in-case": "Another entry of this folder has the same name in other case.",
}

Found = tuple[str, int]


def walk(tree: Tree, top: str, report: Report, skip: frozenset[str] = NOTHING) -> Iterator[Found]:
    """Yield (path, size in bytes) of every file below the folder ``top`` ("" is the root).

    Links, special files and what cannot be looked at come with a negative number in place of
    the size; the path of a folder that cannot be read ends in "/". ``skip`` names entries of
    ``top`` to leave out. Folders as such are not yielded.
    """
    levels: list[tuple[str, Iterator[str]]] = []
    below: str | None = top
    while below is not None or levels:
        if below is not None:
            try:
                levels.append((below, _names(tree, below, report, skip if not levels else NOTHING)))
            except OSError as error:
                report.add("unreadable", f"The folder cannot be read: {error.strerror}.", below)
                yield below + "/", BLIND_FOLDER
                if not levels:
                    return
        folder, names = levels[-1]
        prefix = folder + "/" if folder else ""
        below = None
        for name in names:
            if name.endswith("/"):
                below = prefix + name[:-1]
                break
            size = _size(tree, folder, name, report)
            if size is not None:
                yield prefix + name, size
        else:
            levels.pop()


def _names(tree: Tree, folder: str, report: Report, skip: frozenset[str]) -> Iterator[str]:
    """Return the names in ``folder``, sorted, those of folders with a slash. Raises ``OSError``."""
    with os.scandir(tree.folder(folder)) as entries:
        names = [
            entry.name + "/" if entry.is_dir(follow_symlinks=False) else entry.name
            for entry in entries
            if entry.name not in skip
        ]
    names.sort()
    if not "".join(names).isascii():
        _report_twins(names, folder, report, "look-alike-names", _normal_form)
    if len({name.lower() for name in names}) < len(names) or not "".join(names).isascii():
        _report_twins(names, folder, report, "names-differ-in-case", _without_case)
    return iter(names)


def _size(tree: Tree, folder: str, name: str, report: Report) -> int | None:
    """Return the size or what stands for it; None when the file is gone by now."""
    try:
        facts = os.stat(name, dir_fd=tree.folder(folder), follow_symlinks=False)
    except FileNotFoundError:
        return None
    except OSError as error:
        path = f"{folder}/{name}" if folder else name
        report.add("unreadable", f"The file cannot be read: {error.strerror}.", path)
        return BLIND_FILE
    if stat.S_ISREG(facts.st_mode):
        return facts.st_size
    return LINK if stat.S_ISLNK(facts.st_mode) else SPECIAL


def _normal_form(name: str) -> str:
    return unicodedata.normalize("NFC", name.rstrip("/"))


def _without_case(name: str) -> str:
    return _normal_form(_normal_form(name).casefold())


def _report_twins(
    names: list[str], folder: str, report: Report, code: str, key: Callable[[str], str]
) -> None:
    """Report every name but the first of those that ``key`` makes the same."""
    message = _TWINS[code]
    seen: dict[str, str] = {}
    for name in names:
        first = seen.setdefault(key(name), name)
        if first == name or (key is _without_case and _normal_form(first) == _normal_form(name)):
            continue
        path = f"{folder}/{name}" if folder else name
        report.add(code, message, path.rstrip("/"), "RFC 8493 6.1.1")
