"""The collections that are packaged and verified, made afresh and always the same."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.content import text_bytes, wav_bytes

_FILES_A_FOLDER = 200
# The corpus itself, our bag and the peer's bag, and something to breathe.
_ROOM_FACTOR = 3.5


class NoRoomError(Exception):
    """The disk is too small for this corpus and the bags made of it."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """``files`` files of ``size`` bytes each, some hundred to a folder: WAV, or no audio at all."""

    name: str
    files: int
    size: int
    audio: bool = True

    @property
    def bytes(self) -> int:
        """Payload bytes in all."""
        return self.files * self.size

    @property
    def title(self) -> str:
        """What it is, for the heading of a table."""
        return f"{self.name}: {self.files:,} files of {self.size:,} bytes"

    def make(self, below: Path) -> Path:
        """Lay the corpus out below ``below``, unless it is there, and return its folder.

        Raises :class:`NoRoomError` when the disk has not room for it and two bags of it.
        """
        folder = below / f"{self.name}-{self.files}x{self.size}"
        done = folder.with_suffix(".made")
        if done.exists():
            return folder
        _check_room(below, self)
        shutil.rmtree(folder, ignore_errors=True)
        in_a_child(lambda: self._write(folder))
        done.touch()
        return folder

    def _write(self, folder: Path) -> None:
        for number, path in self._paths(folder):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.writelines((wav_bytes if self.audio else text_bytes)(self.size, number))

    def _paths(self, folder: Path) -> Iterator[tuple[int, Path]]:
        for number in range(self.files):
            album = folder / f"album {number // _FILES_A_FOLDER:03}"
            suffix = "wav" if self.audio else "txt"
            yield number, album / f"{number % _FILES_A_FOLDER:03} take.{suffix}"


def in_a_child(work: Callable[[], None]) -> None:
    """Do ``work`` in a fork, so that this process stays small.

    Linux counts the memory of whoever starts a program as part of the program's peak.
    """
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        finally:
            os._exit(1)
    if os.waitpid(child, 0)[1] != 0:
        raise NoRoomError("the corpus could not be written")


def _check_room(below: Path, corpus: Corpus) -> None:
    blocks = corpus.files * (-(-corpus.size // 4096)) * 4096
    needed, free = int(blocks * _ROOM_FACTOR), shutil.disk_usage(below).free
    if free < needed:
        raise NoRoomError(
            f"{corpus.name} needs {needed:,} bytes free at {below}; there are {free:,}"
        )


@dataclass(frozen=True, slots=True)
class Scale:
    """How large the corpora are."""

    small: Corpus
    sidecars: Corpus
    tracks: Corpus
    big: Corpus
    few: Corpus
    many: Corpus
    rows: int  # of a synthetic catalogue
    bags: int  # of another


FULL = Scale(
    Corpus("small", 20_000, 20_000),
    Corpus("sidecars", 20_000, 20_000, audio=False),
    Corpus("tracks", 600, 5_000_000),
    Corpus("big", 3, 1_000_000_000),
    Corpus("few", 100, 256),
    Corpus("many", 100_000, 256),
    1_000_000,
    1_000_000,
)
QUICK = Scale(
    Corpus("small", 2_000, 20_000),
    Corpus("sidecars", 2_000, 20_000, audio=False),
    Corpus("tracks", 60, 5_000_000),
    Corpus("big", 3, 128_000_000),
    Corpus("few", 100, 256),
    Corpus("many", 20_000, 256),
    100_000,
    100_000,
)
