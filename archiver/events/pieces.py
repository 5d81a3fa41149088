"""The log's files and the lines in them, forwards and backwards."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_NAME = re.compile(r"(\d{6,})\.jsonl")
_BLOCK = 1 << 14
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes between two line ends, with the closing line end where there is one.

    ``start`` is the offset in the file ``name``.
    """

    name: str
    start: int
    data: bytes

    @property
    def whole(self) -> bool:
        """Whether the line was finished."""
        return self.data.endswith(b"\n")

    @property
    def line(self) -> bytes:
        """The line without its line end."""
        return self.data.removesuffix(b"\n")


def log_files(folder: Path) -> list[str]:
    """Return the names of the log's files, oldest first. Raises ``OSError``."""
    return sorted(filter(_NAME.fullmatch, os.listdir(folder)), key=file_number)


def file_number(name: str) -> int:
    """Return the number in a log file's name."""
    return int(name.partition(".")[0])


def file_name(number: int) -> str:
    """Return the name of the log's file ``number``, counted from 1."""
    return f"{number:06d}.jsonl"


def open_piecewise(folder: Path, name: str) -> BinaryIO:
    """Open one of the log's files for reading; a link is refused with ``OSError``."""
    return os.fdopen(os.open(folder / name, _READ), "rb")


def whole_lines(folder: Path) -> Iterator[bytes]:
    """Yield the finished lines of all files, oldest first, without their line ends."""
    for name in log_files(folder):
        with open_piecewise(folder, name) as file:
            for data in file:
                if data.endswith(b"\n"):
                    yield data[:-1]


def whole_pieces(folder: Path, name: str, start: int) -> Iterator[Piece]:
    """Yield the finished lines from the offset ``start`` of the file ``name`` on, with places."""
    for one in log_files(folder):
        if file_number(one) < file_number(name):
            continue
        with open_piecewise(folder, one) as file:
            place = file.seek(start if one == name else 0)
            for data in file:
                if data.endswith(b"\n"):
                    yield Piece(one, place, data)
                place += len(data)


def backwards(folder: Path) -> Iterator[Piece]:
    """Yield the log's pieces from its end; reads no more than what is asked for."""
    for name in reversed(log_files(folder)):
        with open_piecewise(folder, name) as file:
            yield from _backwards_in(file, name)


def _backwards_in(file: BinaryIO, name: str) -> Iterator[Piece]:
    start = file.seek(0, os.SEEK_END)
    held = b""
    while True:
        cut = held.rfind(b"\n", 0, max(len(held) - 1, 0))
        if cut >= 0:
            yield Piece(name, start + cut + 1, held[cut + 1 :])
            held = held[: cut + 1]
        elif start == 0:
            if held:
                yield Piece(name, 0, held)
            return
        else:
            step = min(start, max(_BLOCK, len(held)))  # doubling: a lineless file stays linear
            start -= step
            file.seek(start)
            held = file.read(step) + held
