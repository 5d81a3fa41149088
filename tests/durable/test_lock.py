"""The lock: whose it is, and that a full disk keeps nobody from taking it."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archiver.durable import Lock, holder_of
from archiver.errors import BusyError

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def test_a_shorter_word_about_the_holder_leaves_nothing_of_the_longer_one(tmp_path: Path) -> None:
    for purpose in ("a-long-purpose", "short"):
        with Lock(tmp_path / "lock", purpose, NOW):
            holder = holder_of(tmp_path / "lock")
            assert holder is not None
            assert (holder.process, holder.purpose) == (str(os.getpid()), purpose)
    assert holder_of(tmp_path / "lock") is None


def test_on_a_full_disk_the_lock_can_still_be_taken_and_given_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pwrite(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", pwrite)
    for _ in range(2):
        with Lock(tmp_path / "lock", "recover", NOW), pytest.raises(BusyError):
            Lock(tmp_path / "lock", "package", NOW).__enter__()
