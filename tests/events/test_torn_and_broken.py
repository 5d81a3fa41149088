"""A line that was never finished is no damage; anything else that differs is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from archiver.events import Event, EventLog, LogBrokenError, LogNewerError
from archiver.events.head import write_head
from archiver.state import State
from tests.events.bench import AGENT, add, assert_sound, codes, log_in, numbers

FIRST = "000001.jsonl"


def _three_and_the_head_after_two(folder: Path) -> EventLog:
    """A log of three events whose writer died before it acknowledged the third."""
    log = log_in(folder)
    add(log, 0)
    add(log, 1)
    head = log.head()
    add(log, 2)
    write_head(folder, head)
    return log


def test_a_line_cut_at_any_byte_before_it_was_acknowledged_is_torn_and_moved_aside(
    tmp_path: Path,
) -> None:
    whole = _three_and_the_head_after_two(tmp_path / "whole")
    data = (whole.folder / FIRST).read_bytes()
    two = data.rindex(b"\n", 0, -1) + 1
    for end in range(two, len(data)):
        folder = tmp_path / f"cut-{end}"
        shutil.copytree(whole.folder, folder)
        os.truncate(folder / FIRST, end)
        log = log_in(folder)
        assert codes(log) == (["log-torn"] if end > two else [])
        assert [event.detail["number"] for event in log.read()] == [0, 1]
        assert log.head().seq == 2
        add(log, 2)
        assert_sound(log, 3)
        torn = list(folder.glob("torn-*"))
        assert [file.read_bytes() for file in torn] == ([data[two:end]] if end > two else [])
        assert (folder / FIRST).read_bytes() == data


def test_a_whole_line_that_was_not_acknowledged_yet_counts(tmp_path: Path) -> None:
    log = _three_and_the_head_after_two(tmp_path / "log")
    assert codes(log) == []
    assert numbers(log) == [0, 1, 2]
    assert log.head().seq == 3
    add(log, 3)
    assert_sound(log, 4)


def test_a_torn_line_after_an_unacknowledged_one_leaves_that_one_standing(tmp_path: Path) -> None:
    log = _three_and_the_head_after_two(tmp_path / "log")
    with open(log.folder / FIRST, "ab") as file:
        file.write(b'{"agent"')
    add(log, 3)
    assert_sound(log, 4)


def test_a_line_end_that_reached_the_medium_without_its_line_is_torn_too(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    add(log, 0)
    add(log, 1)
    with open(log.folder / FIRST, "ab") as file:
        file.write(b"\0" * 90 + b'"v":1}\n')
    assert codes(log) == ["log-torn"]
    add(log, 2)
    assert_sound(log, 3)
    assert (log.folder / "torn-000003.bin").read_bytes() == b"\0" * 90 + b'"v":1}\n'


def test_torn_bytes_are_kept_even_when_it_happens_twice_at_one_place(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    add(log, 0)
    (log.folder / "torn-000002.bin").write_bytes(b"from an earlier crash")
    with open(log.folder / FIRST, "ab") as file:
        file.write(b"again")
    add(log, 1)
    assert (log.folder / "torn-000002.bin").read_bytes() == b"from an earlier crash"
    assert (log.folder / "torn-000002-2.bin").read_bytes() == b"again"
    assert_sound(log, 2)


def test_a_first_line_that_was_never_finished_is_torn(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    (log.folder / FIRST).write_bytes(b'{"agent":')
    assert codes(log) == ["log-torn"]
    assert list(log.read()) == []
    add(log, 0)
    assert_sound(log, 1)


def test_a_new_file_that_a_dying_run_left_empty_is_used(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log", file_limit=300)
    add(log, 0)
    (log.folder / "000002.jsonl").touch()
    assert_sound(log, 1)
    add(log, 1)
    assert (log.folder / "000002.jsonl").stat().st_size > 0
    assert_sound(log, 2)


def test_every_flipped_bit_of_a_small_log_is_found_and_nothing_is_appended_to_its_end(
    tmp_path: Path,
) -> None:
    log = log_in(tmp_path / "log", file_limit=500)
    for number in range(3):
        add(log, number)
    files = sorted(log.folder.glob("*.jsonl"))
    assert len(files) > 1
    for file in files:
        sound = file.read_bytes()
        for place in range(len(sound)):
            for bit in (0, 5, 7):
                file.write_bytes(_flipped(sound, place, bit))
                assert {"log-broken", "log-newer"} & set(codes(log)), (file.name, place, bit)
        file.write_bytes(sound)
    last = files[-1].read_bytes()
    for place in range(0, len(last), 7):
        spoilt = _flipped(last, place, 0)
        files[-1].write_bytes(spoilt)
        with pytest.raises((LogBrokenError, LogNewerError)):
            add(log, 3)
        assert files[-1].read_bytes() == spoilt
    files[-1].write_bytes(last)
    assert_sound(log, 3)


def _flipped(data: bytes, place: int, bit: int) -> bytes:
    spoilt = bytearray(data)
    spoilt[place] ^= 1 << bit
    return bytes(spoilt)


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_acknowledged_lines_that_are_gone_are_damage_even_at_the_end(
    kept: int, tmp_path: Path
) -> None:
    log = log_in(tmp_path / "log")
    for number in range(3):
        add(log, number)
    data = (log.folder / FIRST).read_bytes()
    (log.folder / FIRST).write_bytes(b"".join(data.splitlines(keepends=True)[:kept]))
    assert codes(log) == ["log-broken"]
    with pytest.raises(LogBrokenError) as caught:
        add(log, 3)
    assert caught.value.state is State.UNSOUND
    assert caught.value.advice


def test_an_acknowledged_line_that_is_cut_off_is_damage(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    add(log, 0)
    add(log, 1)
    os.truncate(log.folder / FIRST, (log.folder / FIRST).stat().st_size - 1)
    assert set(codes(log)) == {"log-broken"}
    with pytest.raises(LogBrokenError):
        add(log, 2)


def test_an_altered_line_is_named_and_what_follows_is_still_read(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    for number in range(5):
        add(log, number)
    file = log.folder / FIRST
    file.write_bytes(file.read_bytes().replace(b'"number":2', b'"number":7'))
    found = log.check()
    assert [(one.code, one.path, one.detail["line"]) for one in found] == [
        ("log-broken", "log/000001.jsonl", 4)
    ]
    assert "the line before it" in found[0].message
    assert numbers(log) == [0, 1, 7, 3, 4]
    with pytest.raises(LogBrokenError):
        list(log.read())


def test_an_unreadable_line_in_the_middle_is_named_and_what_follows_is_still_read(
    tmp_path: Path,
) -> None:
    log = log_in(tmp_path / "log")
    for number in range(4):
        add(log, number)
    lines = (log.folder / FIRST).read_bytes().splitlines(keepends=True)
    lines[1] = b"not JSON\n"
    (log.folder / FIRST).write_bytes(b"".join(lines))
    assert {finding.detail["line"] for finding in log.check()} == {2, 3}
    assert numbers(log) == [0, 2, 3]


@pytest.mark.parametrize(
    ("keep", "read"),
    [
        ((0, 2, 3), [0, 2, 3]),  # one lost
        ((0, 1, 1, 2, 3), [0, 1, 2, 3]),  # one twice
        ((0, 2, 1, 3), [0, 2, 3]),  # two swapped
        ((1, 2, 3), [1, 2, 3]),  # the first lost
    ],
)
def test_lost_repeated_and_swapped_lines_break_the_chain(
    keep: tuple[int, ...], read: list[int], tmp_path: Path
) -> None:
    log = log_in(tmp_path / "log")
    for number in range(4):
        add(log, number)
    lines = (log.folder / FIRST).read_bytes().splitlines(keepends=True)
    (log.folder / FIRST).write_bytes(b"".join(lines[number] for number in keep))
    assert set(codes(log)) == {"log-broken"}
    assert numbers(log) == read


def test_a_number_altered_in_its_place_does_not_hide_what_follows(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    for number in range(4):
        add(log, number)
    data = (log.folder / FIRST).read_bytes()
    (log.folder / FIRST).write_bytes(data.replace(b'"seq":2,', b'"seq":9,'))
    assert {finding.detail["line"] for finding in log.check()} == {2, 3}
    assert numbers(log) == [0, 2, 3]


def test_a_lost_file_is_named(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log", file_limit=10)
    for number in range(3):
        add(log, number)
    (log.folder / "000002.jsonl").unlink()
    assert "files are lost" in log.check()[0].message
    assert numbers(log) == [0, 2]


def test_without_its_head_a_log_says_so_and_takes_the_next_event(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    add(log, 0)
    (log.folder / "head.json").unlink()
    assert codes(log) == ["log-unguarded"]
    add(log, 1)
    assert_sound(log, 2)


@pytest.mark.parametrize("spoilt", [b"", b"{}", b"[" * 100_000, b'{"digest":"00","seq":1,"v":1}\n'])
def test_a_damaged_head_is_named_and_stops_appending(spoilt: bytes, tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    add(log, 0)
    (log.folder / "head.json").write_bytes(spoilt)
    assert log.check()[0].path == "log/head.json"
    with pytest.raises(LogBrokenError):
        add(log, 1)


def test_a_line_of_a_later_version_stops_us_without_being_called_damage(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    add(log, 0)
    file = log.folder / FIRST
    file.write_bytes(file.read_bytes().replace(b'"v":1}', b'"v":2}'))
    (log.folder / "head.json").unlink()
    assert codes(log)[0] == "log-newer"
    with pytest.raises(LogNewerError):
        add(log, 1)
    with pytest.raises(LogNewerError):
        list(log.read())


def test_checking_writes_nothing(tmp_path: Path) -> None:
    log = _three_and_the_head_after_two(tmp_path / "log")
    with open(log.folder / FIRST, "ab") as file:
        file.write(b"torn")
    before = {path.name: path.read_bytes() for path in log.folder.iterdir()}
    log.check()
    list(log.read())
    log.head()
    assert {path.name: path.read_bytes() for path in log.folder.iterdir()} == before


def test_an_event_knows_the_digest_of_its_line(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    event = log.append("init", bag=None, outcome="created", detail={}, agent=AGENT)
    assert isinstance(event, Event)
    assert log.head().digest == event.digest
