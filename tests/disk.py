"""Where tests write: in memory, or on a disk of their own, a real file system in a file."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver.packaging.folders import remove_tree
from tests.tools import require_tool, skip_but_in_ci

_MEMORY = "/dev/shm"
_ENOUGH = 1 << 30  # bytes; containers often have 64 MiB there


def memory_place() -> str | None:
    """Return a folder in memory with room enough, or ``None`` where there is none."""
    if not os.access(_MEMORY, os.W_OK):
        return None
    about = os.statvfs(_MEMORY)
    return _MEMORY if about.f_bavail * about.f_frsize >= _ENOUGH else None


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder of the test's own, removed afterwards however deep it has become.

    It is in memory, where syncing costs nothing, if there is such a place: for tests that import
    this instead of pytest's own. What is about the medium needs a disk.
    """
    place = Path(tempfile.mkdtemp(prefix="archiver-test-", dir=memory_place()))
    yield place
    remove_tree(place)


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
