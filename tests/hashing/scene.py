"""What the tests of the reading engine share: files with known content, and who is watching."""

from __future__ import annotations

import hashlib
import os
import subprocess
import threading
from collections.abc import Iterable
from pathlib import Path

from archiver.hashing import ReadJob, ReadResult, read_all
from archiver.progress import Silence
from archiver.tree import Tree

BOTH = ("blake3", "sha512")
BORDERS = (0, 1, 511, 512, 4095, 4096, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, (4 << 20) + 1)


def content(size: int, seed: str = "") -> bytes:
    """Return ``size`` bytes that look like nothing and are always the same."""
    return hashlib.shake_128(f"{seed}:{size}".encode()).digest(size)


def write_synced(path: Path, data: bytes) -> None:
    """Write a file whose pages the kernel can drop."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def jobs_for(root: Path, paths: Iterable[str]) -> list[ReadJob]:
    """Return one job a path, with sizes as a survey would find them."""
    return [ReadJob(path, (root / path).lstat().st_size, BOTH, token=path) for path in paths]


def read(
    root: Path, jobs: Iterable[ReadJob], *, workers: int = 3, from_medium: bool = False
) -> list[ReadResult]:
    """Read everything there is to read."""
    with Tree(root) as tree:
        return list(
            read_all(tree, jobs, workers=workers, from_medium=from_medium, progress=Silence())
        )


class Counting:
    """A progress that adds up, from any thread."""

    def __init__(self) -> None:
        self.bytes = self.files = self.calls = 0
        self._lock = threading.Lock()

    def begin(self, phase: str, total_bytes: int | None, total_files: int | None) -> None:
        """Nothing to do."""

    def advance(self, n_bytes: int, n_files: int) -> None:
        """Add up."""
        with self._lock:
            self.bytes += n_bytes
            self.files += n_files
            self.calls += 1

    def end(self) -> None:
        """Nothing to do."""


def filesystem_of(path: Path | str) -> str:
    """Return what coreutils calls the file system of ``path`` ("ext2/ext3", "xfs", "tmpfs")."""
    command = ["stat", "-f", "-c", "%T", os.fspath(path)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def children_of(pid: int) -> set[int]:
    """Return the processes whose parent is ``pid``, the dead but unburied among them."""
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            status = (entry / "stat").read_text() if entry.name.isdigit() else ""
        except OSError:
            continue  # it ended while we looked
        if status and int(status.rpartition(")")[2].split()[1]) == pid:
            found.add(int(entry.name))
    return found
