"""The programs that are compared, as command lines."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

PROCESSES = "2"


class AbsentError(Exception):
    """A peer that is not installed here: what it would be compared in is not measured."""


def archiver(*arguments: str | Path) -> list[str]:
    """This program, as it stands in this tree."""
    return [sys.executable, "-m", "cli", *map(str, arguments)]


def bagit_py(*arguments: str | Path) -> list[str]:
    """bagit-python's command line. Raises :class:`AbsentError`."""
    found = importlib.util.find_spec("bagit")
    if found is None or found.origin is None:
        raise AbsentError("bagit.py is not installed (pip install '.[test]')")
    return [sys.executable, found.origin, "--quiet", *map(str, arguments)]


def b3sum(*arguments: str | Path) -> list[str]:
    """BLAKE3's own tool. Raises :class:`AbsentError`."""
    return [_tool("b3sum"), *map(str, arguments)]


def copy(source: Path, target: Path) -> list[str]:
    """``cp -r``."""
    return [_tool("cp"), "-r", str(source), str(target)]


def sync() -> list[str]:
    """``sync``."""
    return [_tool("sync")]


def python(module: str, *arguments: str | Path) -> Sequence[str]:
    """A module of this package in a process of its own."""
    return [sys.executable, "-m", module, *map(str, arguments)]


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise AbsentError(f"{name} is not installed (apt-get install {name})")
    return found
