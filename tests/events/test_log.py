"""Appending to the log and reading it back."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from pathlib import Path

import pytest

from archiver.durable import Lock
from archiver.errors import BusyError, EnvironmentUnusable
from archiver.events import EventLog, Head
from archiver.events import log as log_module
from tests.events.bench import AGENT, CLOCK, add, assert_sound, log_in, numbers


def test_an_empty_log_is_sound_and_its_head_is_zero(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    assert_sound(log, 0)
    assert log.head() == Head(0, "0" * 64)


def test_events_come_back_as_they_were_appended(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    appended = [add(log, number) for number in range(5)]
    assert list(log.read()) == appended
    assert list(EventLog(tmp_path / "log", CLOCK).read()) == appended
    assert_sound(log, 5)


def test_each_line_names_the_sha256_of_the_line_before_and_the_first_names_zeros(
    tmp_path: Path,
) -> None:
    log = log_in(tmp_path / "log")
    for number in range(3):
        add(log, number)
    lines = (tmp_path / "log" / "000001.jsonl").read_bytes().split(b"\n")[:-1]
    named = [json.loads(line)["prev"] for line in lines]
    assert named == ["0" * 64] + [hashlib.sha256(line).hexdigest() for line in lines[:2]]
    head = json.loads((tmp_path / "log" / "head.json").read_bytes())
    assert head == {"digest": hashlib.sha256(lines[2]).hexdigest(), "seq": 3, "v": 1}


def test_a_full_file_is_left_alone_and_the_chain_goes_on_in_the_next(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log", file_limit=700)
    for number in range(9):
        add(log, number)
    names = sorted(path.name for path in (tmp_path / "log").glob("*.jsonl"))
    assert len(names) > 2
    assert names == [f"{number:06d}.jsonl" for number in range(1, len(names) + 1)]
    assert all((tmp_path / "log" / name).stat().st_size <= 700 for name in names)
    assert numbers(log) == list(range(9))
    assert_sound(log, 9)


def test_an_event_larger_than_a_file_gets_a_file_to_itself(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log", file_limit=10)
    add(log, 0)
    add(log, 1)
    assert (tmp_path / "log" / "000002.jsonl").exists()
    assert_sound(log, 2)


def test_a_line_longer_than_what_is_read_at_once_is_found_from_the_end(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    detail = {"number": 0, "long": "x" * 200_000}
    log.append("verify", bag=None, outcome="valid", detail=detail, agent=AGENT)
    add(log, 1)
    assert_sound(log, 2)


def test_appending_reads_no_more_of_a_long_log_than_of_a_short_one(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    add(log, 0)
    file = tmp_path / "log" / "000001.jsonl"
    line = file.read_bytes()
    # a gigabyte before the last line, in a hole that takes no room
    with open(file, "r+b") as out:
        out.truncate(0)
        out.seek(1 << 30)
        out.write(b"\n" + line)
    before = _bytes_read()
    add(log, 1)
    assert _bytes_read() - before < 1 << 20
    assert log.head().seq == 2


def _bytes_read() -> int:
    for line in Path("/proc/self/io").read_text().splitlines():
        if line.startswith("rchar:"):
            return int(line.split()[1])
    raise AssertionError("no rchar")


def test_nothing_is_written_that_json_cannot_hold(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    add(log, 0)
    with pytest.raises(ValueError, match="JSON"):
        log.append("verify", bag=None, outcome="x", detail={"n": float("nan")}, agent=AGENT)
    with pytest.raises(ValueError, match="JSON"):
        # two lone surrogates that reading would join to one character
        log.append("verify", bag="\ud83d\ude00", outcome="x", detail={}, agent=AGENT)
    assert_sound(log, 1)


def test_a_failing_write_is_an_error_and_leaves_the_log_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = log_in(tmp_path / "log")
    add(log, 0)

    def half(fd: int, data: bytes) -> None:
        os.write(fd, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(log_module, "append_durably", half)
        with pytest.raises(EnvironmentUnusable, match="No space left"):
            add(log, 1)
    assert_sound(log, 1)
    add(log, 1)
    assert_sound(log, 2)


def test_an_event_is_on_the_medium_before_append_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = log_in(tmp_path / "log")
    synced: list[tuple[str, bool]] = []
    real = os.fsync

    def noted(fd: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(fd).st_mode)
        synced.append((os.path.basename(os.readlink(f"/proc/self/fd/{fd}")), is_folder))
        real(fd)

    monkeypatch.setattr(os, "fsync", noted)
    add(log, 0)
    assert synced == [
        ("000001.jsonl", False),
        ("log", True),  # the new file's name
        (".head.json.new", False),
        ("log", True),  # the head's new name
    ]
    synced.clear()
    add(log, 1)
    assert synced == [("000001.jsonl", False), (".head.json.new", False), ("log", True)]


def test_while_another_process_appends_one_waits_and_then_says_who_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = log_in(tmp_path / "log")
    monkeypatch.setattr(log_module, "_LOCK_WAIT_SECONDS", 0.0)
    with (
        Lock(tmp_path / "log" / ".lock", "log", CLOCK()),
        pytest.raises(BusyError, match="holds the lock"),
    ):
        add(log, 0)
    assert_sound(log, 0)


def test_a_log_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"")
    (tmp_path / "log" / "000001.jsonl").symlink_to(elsewhere)
    with pytest.raises(EnvironmentUnusable):
        add(log, 0)
    assert elsewhere.read_bytes() == b""
