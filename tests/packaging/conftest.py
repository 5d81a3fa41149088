"""Where the packaging tests work: in memory, where syncing costs nothing, if there is such a place.

Tests that are about the medium ask for ``tmp_path_factory`` and get a disk.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver.packaging.folders import remove_tree

_MEMORY = "/dev/shm"


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder of the test's own, removed afterwards however deep it has become."""
    memory = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    place = Path(tempfile.mkdtemp(prefix="archiver-test-", dir=memory))
    yield place
    remove_tree(place)
