"""Programs from outside that act as oracles: ``b3sum``, ``sha512sum``, ``flac``, ..."""

from __future__ import annotations

import os
import shutil

import pytest


def require_tool(name: str) -> str:
    """Return the path of the program ``name``, or skip the test that needs it.

    In continuous integration (``$CI`` set) an oracle that is absent is a failure: there every
    promise must be checked, and a skip would hide that it was not.
    """
    found = shutil.which(name)
    if found is not None:
        return found
    if os.environ.get("CI"):
        pytest.fail(f"{name} is not installed, and CI must not skip the test that needs it")
    pytest.skip(f"{name} is not installed")
