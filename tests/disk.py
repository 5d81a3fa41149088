"""A disk of our own: a real file system in a file, to be unplugged and spoilt."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tools import require_tool, skip_but_in_ci


class Disk:
    """An ext4 in a file, mounted from a loop device."""

    def __init__(self, image: Path, place: Path) -> None:
        self.image, self.place = image, place
        place.mkdir()
        with image.open("wb") as file:
            file.truncate(256 << 20)
        subprocess.run([require_tool("mkfs.ext4"), "-q", "-F", str(image)], check=True)

    def mount(self) -> None:
        """Mount it (again); what the journal holds is replayed. Skips where we may not."""
        command = ["mount", "-o", "loop", str(self.image), str(self.place)]
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            skip_but_in_ci("this process may not mount a file system")

    def plug_in_again(self) -> None:
        """Unmount and mount."""
        self.unmount()
        self.mount()

    def unmount(self) -> None:
        """Unmount it, if it is mounted."""
        if os.path.ismount(self.place):
            subprocess.run(["umount", str(self.place)], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk to pull the plug of."""
    one = Disk(tmp_path / "disk.ext4", tmp_path / "disk")
    one.mount()
    yield one
    one.unmount()
