"""The worksheet: what is written comes back, in order, while it is written on, and after a kill."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import pytest

import archiver.survey.worksheet as worksheet_module
from archiver.progress import Silence
from archiver.survey import (
    Entry,
    ReasonCount,
    Staged,
    Total,
    Worksheet,
    rows,
    survey,
    working_file,
)
from archiver.survey.rows import decode_digests, encode_digests, new_row
from policies.admission import AdmissionRules, judge_entry
from policies.facts import EntryFacts
from policies.verdicts import EntryVerdict, Reason

RULES = AdmissionRules.default()
_HOUSE = Path(__file__).resolve().parents[2]


@pytest.fixture
def sheet(tmp_path: Path) -> Iterator[Worksheet]:
    """An empty worksheet."""
    with Worksheet(tmp_path / "sheet.sqlite") as worksheet:
        yield worksheet


def add(sheet: Worksheet, *names: str, size: int = 1) -> None:
    """Add ordinary files."""
    facts = [EntryFacts(name, "file", size, 0o100644) for name in names]
    sheet.add_entries(new_row("", one.path, one, None, judge_entry(one, RULES)) for one in facts)


def stage(
    sheet: Worksheet, *names: str, read_back: Literal["medium", "cache"] | None = None
) -> None:
    """Record that files are staged."""
    made = Staged("", 2, 3, 4, 5, (b"s" * 64, b"b" * 32), b"k", read_back=read_back)
    sheet.record_staged(made._replace(path=name) for name in names)


def paths(entries: Iterable[Entry | tuple[str, int]]) -> list[str]:
    return [entry[0] for entry in entries]


def test_a_worksheet_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "sheet").write_bytes(b"something")
    with pytest.raises(FileExistsError):
        Worksheet(tmp_path / "sheet")
    assert (tmp_path / "sheet").read_bytes() == b"something"


def test_the_same_path_cannot_be_added_twice(sheet: Worksheet) -> None:
    add(sheet, "a")
    with pytest.raises(sqlite3.IntegrityError):
        add(sheet, "b", "a")
    assert paths(sheet.entries_in_order()) == ["a"]


def test_what_is_put_comes_back(sheet: Worksheet) -> None:
    sheet.put("algorithms", ["sha512", "blake3"])
    sheet.put("algorithms", ["sha256"])
    assert sheet.get("algorithms") == ["sha256"]
    assert sheet.get("nothing") is None


def test_staging_replaces_the_facts_and_keeps_the_digests_in_order(sheet: Worksheet) -> None:
    add(sheet, "a", "b")
    stage(sheet, "b")
    entry = sheet.entry("b")
    assert entry is not None
    assert entry.staged
    assert (entry.size, entry.mtime_ns, entry.ctime_ns, entry.ino) == (2, 3, 4, 5)
    assert entry.digests == (b"s" * 64, b"b" * 32)
    assert entry.blocks == b"k"
    assert paths(sheet.staged()) == ["b"]
    assert sheet.staged_total() == Total(1, 2)


def test_a_copy_counts_as_read_back_only_until_it_is_made_again(sheet: Worksheet) -> None:
    add(sheet, "a", "b", "c")
    stage(sheet, "a", read_back="medium")
    stage(sheet, "b")
    assert sheet.read_back_counts() == {"medium": 1}
    stage(sheet, "a")
    assert sheet.read_back_counts() == {}
    stage(sheet, "a", read_back="cache")
    stage(sheet, "b", read_back="medium")
    assert [entry.read_back for entry in sheet.files_in_order()] == ["cache", "medium", None]


def test_paths_and_marks_are_those_of_the_entries(sheet: Worksheet) -> None:
    add(sheet, "a", "b/c", "é")
    stage(sheet, "b/c")
    assert list(sheet.file_paths()) == ["a", "b/c", "é"]
    assert list(sheet.file_sizes()) == [("a", 1), ("b/c", 2), ("é", 1)]
    assert list(sheet.file_marks()) == [("a", None), ("b/c", None), ("é", None)]
    assert list(sheet.marks_in_order()) == [
        (one.path, one.kind, one.mtime_ns, one.ctime_ns, one.ino)
        for one in sheet.entries_in_order()
    ]
    assert sheet.count_unstaged(1) == 2
    assert sheet.count_unstaged(0) == 0


def test_what_is_staged_and_begins_like_a_recording_is_marked_by_its_blake3(
    sheet: Worksheet,
) -> None:
    add(sheet, "a", "b")
    stage(sheet, "a")
    sheet.record_staged([Staged("b", 2, 3, 4, 5, (b"s" * 64, b"b" * 32), audio=True)])
    assert list(sheet.file_marks()) == [("a", None), ("b", b"b" * 32)]


def test_a_copy_of_a_worksheet_goes_its_own_way(sheet: Worksheet, tmp_path: Path) -> None:
    add(sheet, "a")
    with sheet.copied_to(tmp_path / "copy") as copy:
        stage(copy, "a")
        assert copy.staged_total().entries == 1
        assert sheet.staged_total().entries == 0
    again = Worksheet.take_up(tmp_path / "copy")  # as trustworthy as any worksheet of this boot
    assert again is not None
    again.close()
    with pytest.raises(FileExistsError):
        sheet.copied_to(tmp_path / "copy")


def test_small_and_big_files_come_apart_at_the_limit(sheet: Worksheet) -> None:
    add(sheet, "small", size=10)
    add(sheet, "big", size=11)
    assert paths(sheet.unstaged(small=True, limit_bytes=10)) == ["small"]
    assert paths(sheet.unstaged(small=False, limit_bytes=10)) == ["big"]


def test_refused_entries_and_folders_are_no_payload(sheet: Worksheet) -> None:
    entries = [EntryFacts("folder", "directory", 0, 0o40755), EntryFacts("pipe", "fifo", 0, 0)]
    sheet.add_entries(new_row("", one.path, one, None, judge_entry(one, RULES)) for one in entries)
    add(sheet, "file")
    assert paths(sheet.files_in_order()) == ["file"]
    assert paths(sheet.unstaged(small=True, limit_bytes=9)) == ["file"]
    assert paths(sheet.refused()) == ["pipe"]
    assert sheet.totals() == {"in": Total(1, 1), "recorded": Total(1, 0), "refused": Total(1, 0)}


def test_rows_may_be_written_while_they_are_read(sheet: Worksheet) -> None:
    names = [f"{number:05}" for number in range(2_500)]
    add(sheet, *names)
    seen = []
    for path, _ in sheet.unstaged(small=True, limit_bytes=10):
        stage(sheet, path)
        seen.append(path)
    assert seen == names
    assert sheet.staged_total().entries == 2_500


def test_many_block_digests_make_the_pages_short(
    sheet: Worksheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worksheet_module, "_PAGE_BYTES", 1_000)
    names = [f"{number:02}" for number in range(20)]
    add(sheet, *names)
    sheet.record_staged(Staged(name, 1, 0, 0, 0, (), bytes(600)) for name in names)
    assert [(entry.path, len(entry.blocks)) for entry in sheet.staged()] == [
        (name, 600) for name in names
    ]


def test_entries_are_found_by_code_and_counted_by_level(sheet: Worksheet) -> None:
    add(sheet, "a", "b\t", ".c\t", 'd"')
    assert paths(sheet.with_code("name-control")) == [".c\t", "b\t"]
    assert paths(sheet.with_code("name-windows-reserved")) == ['d"']
    assert paths(sheet.with_code("control")) == []
    assert sheet.reason_counts() == (
        ReasonCount("name-control", "warn", 2),
        ReasonCount("name-windows-reserved", "warn", 1),
        ReasonCount("hidden", "in", 1),
    )


def test_a_verdict_can_be_replaced(sheet: Worksheet) -> None:
    add(sheet, "a")
    verdict = EntryVerdict("refused", (Reason("vanished", "refuse", 'a "quoted" ]] detail'),))
    sheet.rejudge([("a", verdict)])
    (entry,) = sheet.refused()
    assert (entry.standing, entry.reasons) == (verdict.standing, verdict.reasons)


def test_folders_are_visited_in_the_order_of_their_bytes(sheet: Worksheet) -> None:
    facts = [EntryFacts(path, "directory", 0, 0o40755) for path in ("a", "a!", "a/b", "é")]
    sheet.add_entries(new_row("", one.path, one, None, judge_entry(one, RULES)) for one in facts)
    add(sheet, "a/a", "b")
    visited, after = [], ""
    while (folder := sheet.next_folder(after)) is not None:
        visited.append(folder.path)
        after = folder.path
    assert visited == ["a", "a!", "a/b", "é"]


def test_numbers_beyond_63_bits_come_back_whole(sheet: Worksheet) -> None:
    big = (1 << 64) - 1
    add(sheet, "a")
    sheet.record_staged([Staged("a", 1, 32_503_680_000_000_000_000, -(1 << 70), big, ())])
    entry = sheet.entry("a")
    assert entry is not None
    assert (entry.mtime_ns, entry.ctime_ns, entry.ino) == (
        32_503_680_000_000_000_000, -(1 << 70), big,
    )  # fmt: skip


def test_a_status_with_numbers_beyond_63_bits_is_taken(sheet: Worksheet, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    status = os.lstat(tmp_path / "a")
    times = {"st_mtime_ns": 1 << 64, "st_ctime_ns": 0}
    status = os.stat_result((*status[:1], (1 << 64) - 1, *status[2:10]), times)
    facts = EntryFacts("a", "file", 5, 0o100644)
    sheet.add_entries([new_row("", "a", facts, status, EntryVerdict("in"))])
    entry = sheet.entry("a")
    assert entry is not None
    assert (entry.ino, entry.mtime_ns) == ((1 << 64) - 1, 1 << 64)


@pytest.mark.parametrize("digests", [(), (b"",), (b"a" * 16, b"b" * 64), (b"x" * 255,)])
def test_digests_unpack_as_they_were_packed(digests: tuple[bytes, ...]) -> None:
    assert decode_digests(encode_digests(digests)) == digests


def test_a_failing_batch_leaves_nothing_behind(sheet: Worksheet) -> None:
    with pytest.raises(ZeroDivisionError):
        sheet.rejudge((str(1 // 0), EntryVerdict("in")) for _ in range(1))
    with pytest.raises(ZeroDivisionError), sheet.together():
        add(sheet, "a")
        1 // 0  # noqa: B018
    assert paths(sheet.entries_in_order()) == []


def test_a_second_survey_replaces_the_first(sheet: Worksheet, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "new").write_bytes(b"x")
    add(sheet, "old")
    survey(str(tmp_path / "source"), RULES, sheet, Silence())
    assert paths(sheet.entries_in_order()) == ["new"]
    assert sheet.get("surveyed") == str(tmp_path / "source")


_DIES = """
import os, signal, sys
from tests.survey.test_worksheet import Staged, Worksheet, add, stage
sheet = Worksheet(sys.argv[1])
names = [f"{n:06}" for n in range(20_000)]
add(sheet, *names)
stage(sheet, *names[:10_000])
with sheet.together():  # far more than the cache holds, so much of it is in the file already
    sheet.record_staged(Staged(name, 9, 9, 9, 9, (), bytes(2_000)) for name in names)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_after_a_kill_all_that_was_recorded_stands_and_nothing_by_halves(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _DIES, tmp_path / "s"], cwd=_HOUSE, check=False)
    assert done.returncode == -signal.SIGKILL
    sheet = Worksheet.take_up(tmp_path / "s")
    assert sheet is not None
    with sheet:
        assert sheet.staged_total() == Total(10_000, 20_000)
        assert paths(sheet.staged())[-1] == "009999"


@pytest.mark.parametrize(
    "torn",
    [
        "size = 3",
        "mtime_ns = 4",
        "ino = 1",
        "blocks = zeroblob(1)",
        "read_back = 'cache'",
        "digests = CAST(substr(digests, 1, 64) || 'x' || substr(digests, 66) AS BLOB)",
        "audio = 1",
    ],
)
def test_a_staged_file_whose_row_is_not_as_it_was_recorded_is_not_told(
    torn: str, tmp_path: Path
) -> None:
    with Worksheet(tmp_path / "s") as sheet:
        add(sheet, "a", "b", "c")
        stage(sheet, "a", "b", "c", read_back="medium")
    with sqlite3.connect(tmp_path / "s") as database:
        database.execute(f"UPDATE entries SET {torn} WHERE path = x'62'")
    database.close()
    with Worksheet.take_up(tmp_path / "s") or pytest.fail("not taken up") as sheet:
        assert paths(sheet.staged()) == ["a", "c"]


def test_a_worksheet_from_before_the_machine_was_started_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Worksheet(tmp_path / "s").close()
    monkeypatch.setattr(working_file, "_boot", lambda: "another boot")
    assert Worksheet.take_up(tmp_path / "s") is None


def test_where_nobody_knows_when_the_machine_was_started_none_is_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working_file, "_boot", lambda: None)
    Worksheet(tmp_path / "s").close()
    assert Worksheet.take_up(tmp_path / "s") is None


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 1_000])
def test_a_file_that_is_no_worksheet_is_not_taken_up(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "s").write_bytes(content)
    assert Worksheet.take_up(tmp_path / "s") is None
    assert Worksheet.take_up(tmp_path / "nothing") is None


def test_a_worksheet_of_another_format_is_not_taken_up(tmp_path: Path) -> None:
    with Worksheet(tmp_path / "s") as sheet:
        sheet.put("format", 99)
    assert Worksheet.take_up(tmp_path / "s") is None


_GROWS = """
import resource, sys
from tests.survey.test_worksheet import Worksheet, add
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sheet = Worksheet(sys.argv[1])
for start in range(0, 101_000, 1_000):
    add(sheet, *(f"a name of usual length, {n:06}.flac" for n in range(start, start + 1_000)))
    if start == 0:
        before = peak()
assert sum(1 for _ in sheet.files_in_order()) == 101_000
print(peak() - before)
"""


def test_memory_stays_flat_from_a_thousand_entries_to_a_hundred_thousand(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _GROWS, str(tmp_path / "s")]
    done = subprocess.run(command, cwd=_HOUSE, capture_output=True, text=True, check=True)
    grown_kib = int(done.stdout)
    assert grown_kib < 20 * 1024


def test_copies_are_counted_by_where_they_were_read_again_from(sheet: Worksheet) -> None:
    add(sheet, "a", "b", "c")
    stage(sheet, "a", "c", read_back="medium")
    stage(sheet, "b", read_back="cache")
    assert sheet.read_back_counts() == {"cache": 1, "medium": 2}


def test_entries_with_one_key_in_two_folders_are_no_twins(
    sheet: Worksheet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("a", "b"):
        (tmp_path / "source" / folder).mkdir(parents=True)
        (tmp_path / "source" / folder / "01.flac").write_bytes(b"x")
    monkeypatch.setattr(rows, "caseless_key", lambda _: "all names look alike")
    monkeypatch.setattr(rows, "hash", lambda _: 7, raising=False)
    outcome = survey(str(tmp_path / "source"), RULES, sheet, Silence())
    assert outcome.reasons == ()
