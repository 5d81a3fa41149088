"""Examining bytes or a file in this process, as the worker does in its own."""

from __future__ import annotations

from pathlib import Path

from archiver.audio.examination import AudioExamination
from archiver.audio.examine import examine_source
from archiver.audio.source import open_source
from archiver.audio.tags import Limits


def look(path: Path) -> AudioExamination:
    """Examine a file."""
    source = open_source(str(path))
    try:
        return examine_source(source, Limits(), path.name)
    finally:
        source.close()


def look_at(folder: Path, data: bytes, name: str = "looked-at") -> AudioExamination:
    """Examine bytes through a file in ``folder``, called ``name``."""
    path = folder / name
    path.write_bytes(data)
    return look(path)
