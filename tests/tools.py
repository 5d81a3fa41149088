"""Programs from outside that act as oracles: ``b3sum``, ``sha512sum``, ``flac``, ..."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def require_tool(name: str) -> str:
    """Return the path of the program ``name``, or skip the test that needs it.

    In continuous integration (``$CI`` set) an oracle that is absent is a failure: there every
    promise must be checked, and a skip would hide that it was not.
    """
    found = shutil.which(name)
    if found is None:
        skip_but_in_ci(f"{name} is not installed")
    return found


def require_folder(variable: str) -> Path:
    """Return the folder that the environment variable names, or skip the test that needs it.

    In continuous integration a folder that is absent is a failure, as a tool is.
    """
    named = os.environ.get(variable)
    if not named:
        skip_but_in_ci(f"${variable} names no folder")
    if not os.path.isdir(named):
        skip_but_in_ci(f"${variable} names {named}, which is no folder")
    return Path(named)


def skip_but_in_ci(reason: str) -> NoReturn:
    """Skip the test that asks, for ``reason``; in continuous integration fail it instead."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason}, and CI must not skip the test that needs it")
    pytest.skip(reason)
