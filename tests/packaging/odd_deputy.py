"""Deputies that go wrong: this module's ``serve`` stands in for the genuine one.

What is to go wrong, once or always, is in the environment (``ODD_DEPUTY``), for a deputy is a
process of its own.
"""

from __future__ import annotations

import errno
import os
import signal
from pathlib import Path
from typing import Any

from archiver.durable import files
from archiver.hashing import medium
from archiver.packaging import copying, deputies, readback


def serve(*arguments: Any) -> None:
    """Be a deputy that is as odd as the environment says."""
    kind, _, once = os.environ["ODD_DEPUTY"].partition(":")
    ODDITIES[kind](Path(once))
    deputies.serve(*arguments)


def _first_time(once: Path) -> bool:
    try:
        once.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _dies_with_a_file_half_written(once: Path) -> None:
    genuine = files.write_all

    def write_all(fd: int, data: memoryview) -> None:
        if os.readlink(f"/proc/self/fd/{fd}").endswith("/077") and _first_time(once):
            genuine(fd, data[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        genuine(fd, data)

    setattr(copying, "write_all", write_all)  # noqa: B010 - another module's name


def _dies_while_reading_back(once: Path) -> None:
    genuine = medium.bypass_cache

    def bypass_cache(fd: int, size: int, *, read_again: bool = False) -> bool:
        if os.readlink(f"/proc/self/fd/{fd}").endswith("/077") and _first_time(once):
            os.kill(os.getpid(), signal.SIGKILL)
        return genuine(fd, size, read_again=read_again)

    setattr(readback, "bypass_cache", bypass_cache)  # noqa: B010 - another module's name


def _keeps_other_bytes(once: Path) -> None:
    genuine = medium.bypass_cache

    def bypass_cache(fd: int, size: int, *, read_again: bool = False) -> bool:
        place = Path(os.readlink(f"/proc/self/fd/{fd}"))
        if place.name == "077" and _first_time(once):
            content = bytearray(place.read_bytes())
            content[len(content) // 2] ^= 1
            place.chmod(0o644)
            place.write_bytes(content)
        return genuine(fd, size, read_again=read_again)

    setattr(readback, "bypass_cache", bypass_cache)  # noqa: B010 - another module's name


def _fails(number: int) -> None:
    def write_all(_fd: int, _data: memoryview) -> None:
        raise OSError(number, os.strerror(number))

    setattr(copying, "write_all", write_all)  # noqa: B010 - another module's name


def _sees_the_source_change(once: Path) -> None:
    genuine = copying._fill_small

    def fill(fd: int, piece: memoryview, path: str) -> int:
        size = genuine(fd, piece, path)
        if path.endswith("/077") and _first_time(once):
            os.utime(f"/proc/self/fd/{fd}", ns=(1, 1))
        return size

    setattr(copying, "_fill_small", fill)  # noqa: B010 - another module's name


ODDITIES = {
    "dies copying": _dies_with_a_file_half_written,
    "dies reading back": _dies_while_reading_back,
    "keeps other bytes": _keeps_other_bytes,
    "is full": lambda _: _fails(errno.ENOSPC),
    "is broken": lambda _: _fails(errno.EIO),
    "sees a change": _sees_the_source_change,
}
