"""What a bag may be called, and where it lies."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.archive import check_bag_id, create_archive
from archiver.archive.bag_ids import shard_of
from archiver.clock import fixed_clock
from archiver.errors import BusyError, UsageError

CLOCK = fixed_clock(datetime(2026, 1, 2, tzinfo=UTC))


@pytest.mark.parametrize("text", ["a", "0", "2026-001", "A_b.c-d", "x" * 128, "con-cert", "a..b"])
def test_plain_names_are_taken_as_they_are(text: str) -> None:
    assert check_bag_id(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", ".", "..", "../x", "a/b", "a\\b", "/abs", ".hidden", "-rf", "_x", "a.", "a b", "a\n"),
        *(
            "\na",
            "é",
            "ａ",
            "a\u200b",
            "a:b",
            "a*",
            "a%41",
            "x" * 129,
            "con",
            "NUL",
            "Com1",
            "aux.b",
        ),
        *("a\0", "~", "$x", "a\ud800", "٣"),
    ],
)
def test_names_that_some_system_would_misunderstand_are_refused(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_bag_id(text)
    assert caught.value.advice


@given(st.text(max_size=20))
def test_whatever_is_taken_is_one_plain_path_component(text: str) -> None:
    try:
        check_bag_id(text)
    except UsageError:
        return
    assert Path("/x", text).parts == ("/", "x", text)
    assert text.isascii()
    assert text.isprintable()


def test_a_bag_lies_in_the_shard_of_its_name(tmp_path: Path) -> None:
    archive = create_archive(tmp_path, b"", CLOCK)
    shard = hashlib.sha256(b"album-1").hexdigest()[:2]
    assert archive.bag_path("album-1") == tmp_path / "bags" / shard / "album-1"
    assert shard_of("album-1") == shard
    with pytest.raises(UsageError):
        archive.bag_path("../album")


def test_only_one_writer_at_a_time(tmp_path: Path) -> None:
    archive = create_archive(tmp_path, b"", CLOCK)
    with (
        archive.writer_lock("package", CLOCK()),
        pytest.raises(BusyError, match="package"),
        archive.writer_lock("recover", CLOCK()),
    ):
        pass
    with archive.writer_lock("recover", CLOCK()):
        pass
