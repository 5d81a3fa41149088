"""Fixtures many tests share. All material is synthesised; nothing binary is committed."""

from __future__ import annotations

import math
import signal
import struct
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.workers import kept_workers

if TYPE_CHECKING:
    from archiver.archive import Archive

settings.register_profile("house", deadline=None)  # how long an example takes is the machine's
settings.load_profile("house")

# A shell's background job ignores Ctrl-C, and so would every program that is started here.
signal.signal(signal.SIGINT, signal.default_int_handler)

#: What takes longest in one piece is begun first: no core shall wait for it at the end.
_FIRST = (
    "tests/test_house.py",
    "tests/test_wheel.py",
    "tests/test_real_music.py",
    "tests/policies/test_coverage.py",
    "tests/crash/",
    "tests/faults/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the tests; within the two parts their order stays."""
    items.sort(key=lambda item: not item.nodeid.startswith(_FIRST))


def write_tone(path: Path, hertz: int = 440, seconds: float = 0.1) -> None:
    """Write a mono 16-bit WAV of 8,000 samples a second holding one sine tone."""
    samples = round(8000 * seconds)
    frames = b"".join(
        struct.pack("<h", round(12_000 * math.sin(2 * math.pi * hertz * n / 8000)))
        for n in range(samples)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8000)
        out.writeframes(frames)


@pytest.fixture(scope="session", autouse=True)
def _kept_workers() -> Iterator[None]:
    with kept_workers():
        yield


@pytest.fixture
def tone_folder(tmp_path: Path) -> Path:
    """A small collection: two albums of tones, a sidecar, and a text beside them."""
    root = tmp_path / "collection"
    write_tone(root / "First" / "01 A.wav", 440)
    write_tone(root / "First" / "02 C.wav", 523)
    (root / "First" / "cover.txt").write_text("a sidecar\n", encoding="utf-8")
    write_tone(root / "Second" / "01 E.wav", 659)
    return root


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive that holds nothing yet."""
    from tests.packaging.scene import new_archive  # not every test needs what makes one

    return new_archive(tmp_path / "archive")
