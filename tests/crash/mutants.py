"""The program with one of its promises broken, to show that the tests would notice."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def _everywhere(original: Any, mutant: Any) -> None:
    """Put ``mutant`` in the place of ``original`` in every module of the program."""
    found = 0
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in ("archiver", "cli"):
            for attribute, value in list(vars(module).items()):
                if value is original:
                    setattr(module, attribute, mutant)
                    found += 1
    if not found:
        raise LookupError(f"nothing to mutate: {original!r}")


def _publish_by_copying() -> None:
    """The bag becomes visible file by file, not in one step."""
    from archiver.durable import publish_folder

    def copy(staged: str | Path, final: str | Path) -> None:
        shutil.copytree(staged, final)
        shutil.rmtree(staged)

    _everywhere(publish_folder, copy)


def _never_sync() -> None:
    """Everything stays in the kernel's cache."""
    from archiver.durable import whole

    setattr(os, "fsync", lambda _fd: None)  # noqa: B010 - typeshed calls it final
    setattr(whole, "_syncfs", lambda: lambda _fd: 0)  # noqa: B010


def _never_sync_folders() -> None:
    """The bytes are on the medium, their names may not be."""
    from archiver.durable import sync_folder

    _everywhere(sync_folder, lambda _path: True)


MUTANTS: dict[str, Callable[[], None]] = {
    "publish-by-copying": _publish_by_copying,
    "never-sync": _never_sync,
    "never-sync-folders": _never_sync_folders,
}
