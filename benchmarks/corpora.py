"""The collections that are packaged and verified, made afresh and always the same."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.wav import wav_bytes

_FILES_A_FOLDER = 200
# The corpus itself, our bag and the peer's bag, and something to breathe.
_ROOM_FACTOR = 3.5


class NoRoomError(Exception):
    """The disk is too small for this corpus and the bags made of it."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """``files`` WAV files of ``size`` bytes each, some hundred to a folder."""

    name: str
    files: int
    size: int

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
        for number, path in self._paths(folder):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                file.writelines(wav_bytes(self.size, number))
        done.touch()
        return folder

    def _paths(self, folder: Path) -> Iterator[tuple[int, Path]]:
        for number in range(self.files):
            album = folder / f"album {number // _FILES_A_FOLDER:03}"
            yield number, album / f"{number % _FILES_A_FOLDER:03} take.wav"


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
    tracks: Corpus
    big: Corpus
    few: Corpus
    many: Corpus


FULL = Scale(
    Corpus("small", 20_000, 20_000),
    Corpus("tracks", 600, 5_000_000),
    Corpus("big", 3, 1_000_000_000),
    Corpus("few", 100, 256),
    Corpus("many", 100_000, 256),
)
QUICK = Scale(
    Corpus("small", 2_000, 20_000),
    Corpus("tracks", 60, 5_000_000),
    Corpus("big", 3, 128_000_000),
    Corpus("few", 100, 256),
    Corpus("many", 20_000, 256),
)
