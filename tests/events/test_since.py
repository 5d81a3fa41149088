"""Reading on from a line that is known: no more than what is new, and never past a changed log."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.events import BEGINNING, Event, EventLog, Head, LogChangedError
from archiver.findings import Finding
from tests.events.bench import add, log_in


def heads(log: EventLog, events: int) -> list[Head]:
    """Append so many events; return what was the log's head before and after each."""
    made = [add(log, number) for number in range(events)]
    return [Head(0, BEGINNING), *(Head(event.seq, event.digest) for event in made)]


def told(log: EventLog, known: Head) -> list[int | str]:
    """Numbers of the events, and codes of the findings, beyond what is known."""
    return [one.seq if isinstance(one, Event) else one.code for one in log.since(known)]


@pytest.mark.parametrize("limit", [64 << 20, 700])
def test_from_any_line_on_the_rest_is_read_once(tmp_path: Path, limit: int) -> None:
    log = log_in(tmp_path / "log", limit)
    for known in heads(log, 9):
        assert told(log, known) == list(range(known.seq + 1, 10))
        assert log.extends(known)


def test_what_is_known_is_not_read_again(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    known = heads(log, 200)
    spoil(log, b'"number":7}', b'"number":8}')
    assert told(log, known[198]) == [199, 200]
    assert "log-broken" in told(log, known[5])


def test_damage_in_what_is_new_is_found(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    known = heads(log, 6)
    spoil(log, b'"number":4}', b'"number":9}')
    findings = [one for one in log.since(known[2]) if isinstance(one, Finding)]
    assert [one.code for one in findings] == ["log-broken"]
    assert findings[0].detail == {}, "the number of a line is not known to who did not count them"


def test_a_line_that_a_dying_run_left_unfinished_is_no_event(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    known = heads(log, 3)
    with open(tmp_path / "log" / "000001.jsonl", "ab") as file:
        file.write(b'{"agent"')
    assert told(log, known[2]) == [3, "log-torn"]
    assert told(log, known[3]) == []


def test_a_log_with_another_history_is_refused(tmp_path: Path) -> None:
    known = heads(log_in(tmp_path / "log"), 4)
    other = log_in(tmp_path / "other")
    for number in range(10, 18):
        add(other, number)
    assert not other.extends(known[3])
    with pytest.raises(LogChangedError, match="event 3, which the catalogue knows, is not in it"):
        told(other, known[3])


def test_a_log_whose_end_is_lost_is_refused(tmp_path: Path) -> None:
    known = heads(log_in(tmp_path / "log"), 4)
    shorter = log_in(tmp_path / "shorter")
    heads(shorter, 2)
    assert shorter.head() == known[2]
    assert not shorter.extends(known[4])
    with pytest.raises(LogChangedError, match="ends at event 2"):
        told(shorter, known[4])


def test_lines_lost_since_do_not_hide_that_the_known_one_is_there(tmp_path: Path) -> None:
    log = log_in(tmp_path / "log")
    known = heads(log, 6)
    place = tmp_path / "log" / "000001.jsonl"
    lines = place.read_bytes().splitlines(keepends=True)
    place.write_bytes(b"".join(lines[:3] + lines[4:]))
    assert told(log, known[2]) == [3, "log-broken", "log-broken", 5, 6]


def spoil(log: EventLog, old: bytes, new: bytes) -> None:
    """Change a line behind the log's back."""
    place = log.folder / "000001.jsonl"
    data = place.read_bytes()
    assert old in data
    place.write_bytes(data.replace(old, new))
