"""The recordings that are examined: real ones out of a folder, or made ones."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from archiver.audio.sniff import HEAD_BYTES, sniff
from benchmarks.corpora import Corpus, in_a_child

_MADE = Corpus("recordings", 1_000, 400_000)


def recordings(music: Path | None, place: Path) -> Path:
    """Return a folder that holds recordings and nothing else.

    They are copies of all below ``music`` that begin like a recording or, without it, a thousand
    made WAV files.
    """
    if music is None:
        return _MADE.make(place)
    folder = place / f"music-{os.path.abspath(music).replace('/', '-').strip('-')}"
    done = folder.with_suffix(".made")
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        in_a_child(lambda: _copy(music, folder))
        done.touch()
    return folder


def files_below(folder: Path) -> Iterator[Path]:
    """Yield every regular file below ``folder``, in a fixed order."""
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(where, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _copy(music: Path, folder: Path) -> None:
    for path in files_below(music):
        with path.open("rb") as file:
            is_one = sniff(file.read(HEAD_BYTES)) is not None
        if is_one:
            target = folder / path.relative_to(music)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
