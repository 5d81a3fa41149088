"""What the tests of the reading engine share: files with known content, and who is watching."""

from __future__ import annotations

import hashlib
import os
import select
import signal
import subprocess
import sys
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


def said_by(program: str, place: Path) -> str:
    """Return what the Python ``program`` prints in a process of its own about ``place``."""
    return subprocess.run(
        [sys.executable, "-c", program, str(place)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    ).stdout


def end_with_its_children(owner: subprocess.Popen[bytes], number: signal.Signals) -> bytes:
    """Send the signal, wait until the owner and all its children ended; return its complaint."""
    watched = {pid: os.pidfd_open(pid) for pid in children_of(owner.pid)}
    assert watched
    if number == signal.SIGINT:
        os.killpg(owner.pid, number)  # as a terminal does: to everybody in the group
    else:
        owner.send_signal(number)
    _, complaint = owner.communicate(timeout=60)
    for fd in watched.values():
        ended, _, _ = select.select([fd], [], [], 60)
        os.close(fd)
        assert ended
    return complaint


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
