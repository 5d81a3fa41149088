"""Packaging tests work in memory, and most of them without the processes that read tags.

Tests that are about the medium ask for ``tmp_path_factory`` and get a disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from archiver.audio.decode.model import Wish
from archiver.audio.examination import AudioExamination
from archiver.audio.record import empty_record
from tests.disk import tmp_path

__all__ = ["tmp_path"]


class NoTags:
    """Reads nothing: starting real readers costs more than all else a small package does."""

    has_room = False  # nothing is begun early

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def __enter__(self) -> NoTags:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to put away."""

    def turn(self, wait: bool) -> None:
        """Nothing to hear."""

    def examine_many(
        self, places: Iterable[tuple[str, str]], _wish: Wish
    ) -> Iterator[tuple[str, AudioExamination]]:
        for path, _ in places:
            yield path, AudioExamination(empty_record(None), None, "not-checkable", ())


@pytest.fixture
def real_tags() -> None:
    """Asked for by tests that want the tags read by the real processes."""


@pytest.fixture(autouse=True)
def _no_tags(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "real_tags" not in request.fixturenames:
        monkeypatch.setattr("archiver.packaging.examining.TagReader", NoTags)
