"""Folders of the staging area: made, walked and removed however deep they go.

The standard library's walks call themselves once a level and give up after a thousand; a path
has room for nearly two.
"""

from __future__ import annotations

import os
from pathlib import Path


def make_folders(folder: str) -> None:
    """Make ``folder`` and whatever is missing above it. Raises ``OSError``."""
    missing = []
    while True:
        try:
            os.mkdir(folder)
        except FileExistsError:
            break
        except FileNotFoundError:
            missing.append(folder)
            folder = os.path.dirname(folder)
        else:
            break
    for below in reversed(missing):
        os.mkdir(below)


def folders_of(root: str | Path) -> list[str]:
    """Return ``root`` and every folder below it, each behind the one it lies in.

    No link is followed. Raises ``OSError``.
    """
    folders = [os.fspath(root)]
    for folder in folders:  # it grows while it is walked
        with os.scandir(folder) as entries:
            folders.extend(entry.path for entry in entries if entry.is_dir(follow_symlinks=False))
    return folders


def remove_tree(root: str | Path) -> None:
    """Remove ``root`` and all that lies in it; a missing one is no matter. Raises ``OSError``."""
    if not os.path.lexists(root):
        return
    folders = folders_of(root)
    for folder in folders:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    os.unlink(entry.path)
    for folder in reversed(folders):
        os.rmdir(folder)
