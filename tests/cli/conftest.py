"""What tests of the command line share: a place in memory for an archive, and a bag in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.workbench import package
from tests.disk import tmp_path

__all__ = ["archive", "bag", "tmp_path"]


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Where an archive is to be; nothing is there yet."""
    return tmp_path / "archive"


@pytest.fixture
def bag(tone_folder: Path, archive: Path) -> Path:
    """A sealed bag in the archive, with a hostile name."""
    (tone_folder / "bell\x07\u202e.txt").write_text("hostile name\n")
    return Path(package(tone_folder, archive, "--json").record("package")["path"])
