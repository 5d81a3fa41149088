"""Several processes write one log at once."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

from archiver.events import EventLog
from tests.events.bench import add, assert_sound, log_in

EACH = 100


def _append_many(folder: str, first: int) -> None:
    log = log_in(Path(folder), file_limit=20_000)
    for number in range(first, first + EACH):
        add(log, number)


def test_two_processes_appending_at_once_leave_one_unbroken_chain(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    folder.mkdir()
    fresh = multiprocessing.get_context("spawn")
    writers = [fresh.Process(target=_append_many, args=(str(folder), first)) for first in (0, EACH)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
    assert [writer.exitcode for writer in writers] == [0, 0]
    log: EventLog = log_in(folder)
    assert_sound(log, 2 * EACH)
    numbers = [int(str(event.detail["number"])) for event in log.read()]
    assert sorted(numbers) == list(range(2 * EACH))
    assert [n for n in numbers if n < EACH] == list(range(EACH))
    assert len(list(folder.glob("*.jsonl"))) > 1
