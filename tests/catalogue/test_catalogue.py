"""What goes into the catalogue comes out of it, whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import event as sqlalchemy_event

from archiver.archive import sqlite_url
from archiver.catalogue import BagRow, Catalogue, EventRow, FileRow, Totals
from archiver.catalogue import pages as pages_module
from archiver.events import Agent, Event
from tests.catalogue.hand_made import SOUND

ROW = BagRow(
    id="b1",
    sealed_at="2026-01-02T03:04:05Z",
    payload_files=3,
    payload_bytes=9 << 40,
    payload_digest="aa" * 32,
    tag_manifest_digest="bb" * 64,
    policy_digest="cc" * 32,
    basis="licence",
    source_name="é\u202e'; DROP TABLE bag; --",
    last_verified_at=None,
    last_verdict=None,
)
FILES = [
    FileRow(1, "data/A", 0, -1, bytes(32), None),
    FileRow(2, "data/a'\n\\", 1 << 60, 1 << 60, bytes(range(32)), "flac", title='"'),
    FileRow(3, "data/é", 7, 0, b"\xff" * 32, **SOUND),
    FileRow(4, "data/\U0001f600", 7, 0, b"\xff" * 32, "wav", duration_s=1e-6),
]


def told(seq: int, kind: str, bag: str | None, outcome: str = "valid", **detail: object) -> Event:
    """An event as the log tells it."""
    time, digest = f"2026-02-{seq:02d}T00:00:00Z", f"{seq:064x}"
    return Event(seq, time, kind, bag, outcome, detail, Agent("a", "1"), "0" * 64, digest)


def row_of(event: Event) -> EventRow:
    """The row that the catalogue makes of an event."""
    return EventRow(event.seq, event.time, event.type, event.bag, event.outcome, event.digest)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """A new, empty catalogue, open for writing."""
    with Catalogue.create(sqlite_url(tmp_path / "c.sqlite"), "identity") as made:
        yield made


def test_a_bag_and_its_files_come_back_as_they_went_in(catalogue: Catalogue) -> None:
    catalogue.record_bag(ROW, FILES)
    assert catalogue.bag("b1") == ROW
    assert list(catalogue.files("b1")) == FILES
    assert catalogue.bag("b2") is None
    assert list(catalogue.files("b2")) == []


def test_bags_are_listed_in_the_order_they_were_sealed(catalogue: Catalogue) -> None:
    rows = [
        replace(ROW, id="z", sealed_at="2026-01-01T00:00:00Z"),
        replace(ROW, id="a", sealed_at="2026-01-03T00:00:00Z"),
        replace(ROW, id="b", sealed_at="2026-01-03T00:00:00Z"),
    ]
    for row in reversed(rows):
        catalogue.record_bag(row, ())
    assert list(catalogue.bags()) == rows
    assert list(catalogue.bag_ids()) == ["a", "b", "z"]


def test_long_answers_are_read_in_pages_without_losing_or_doubling_a_row(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        catalogue.record_bag(replace(ROW, id=f"b{number}"), FILES)
        catalogue.index_event(told(number + 1, "verify", "b1"))
    for size in (1, 2, 3, 7, 8):
        monkeypatch.setattr(pages_module, "_PAGE", size)
        assert [row.id for row in catalogue.bags()] == [f"b{number}" for number in range(7)]
        assert list(catalogue.files("b3")) == FILES
        assert [row.seq for row in catalogue.events()] == list(range(1, 8))


def test_a_slow_reader_does_not_keep_a_writer_waiting(catalogue: Catalogue, tmp_path: Path) -> None:
    catalogue.record_bag(ROW, FILES)
    with Catalogue.open(sqlite_url(tmp_path / "c.sqlite")) as reader:
        pager = reader.files("b1")
        next(pager)
        catalogue.record_bag(replace(ROW, id="b2"), FILES)
        assert len(list(pager)) == len(FILES) - 1


def test_recording_a_bag_again_replaces_it(catalogue: Catalogue) -> None:
    catalogue.record_bag(ROW, FILES)
    changed = replace(ROW, payload_files=1)
    catalogue.record_bag(changed, FILES[:1])
    assert list(catalogue.bags()) == [changed]
    assert list(catalogue.files("b1")) == FILES[:1]
    assert catalogue.count_orphans() == 0


def test_a_bag_whose_files_cannot_be_had_to_the_end_leaves_no_trace(catalogue: Catalogue) -> None:
    def failing() -> Iterator[FileRow]:
        yield from FILES
        raise OSError(5, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        catalogue.record_bag(ROW, failing(), told(1, "seal", "b1"))
    assert list(catalogue.bags()) == []
    assert list(catalogue.events()) == []
    catalogue.record_bag(ROW, FILES)
    with pytest.raises(OSError, match="Input/output"):
        catalogue.record_bag(ROW, failing())
    assert list(catalogue.files("b1")) == FILES


def test_bags_are_found_by_their_payload(catalogue: Catalogue) -> None:
    same = [replace(ROW, id=name) for name in ("b1", "b2")]
    other = replace(ROW, id="b3", payload_digest="ab" * 32, payload_files=4)
    for row in (*same, other):
        catalogue.record_bag(row, ())
    assert catalogue.find_by_payload("aa" * 32) == same
    assert catalogue.find_by_payload("00" * 32) == []
    assert catalogue.find_by_oxum(3, 9 << 40) == same
    assert catalogue.find_by_oxum(4, 9 << 40) == [other]
    assert catalogue.find_by_oxum(9 << 40, 3) == []


def test_the_newest_seal_or_verification_is_the_bags_last_verdict(catalogue: Catalogue) -> None:
    catalogue.record_bag(ROW, (), told(1, "seal", "b1", "success"))
    assert _verdict(catalogue) == ("2026-02-01T00:00:00Z", "valid")
    catalogue.index_event(told(3, "verify", "b1", "invalid"))
    assert _verdict(catalogue) == ("2026-02-03T00:00:00Z", "invalid")
    catalogue.index_event(told(4, "recover", "b1", "swept"))
    catalogue.index_event(told(5, "verify", "b2", "valid"))
    catalogue.index_event(told(6, "rebuild", None, "sound"))
    catalogue.index_event(told(2, "verify", "b1", "valid"))  # late, but older
    assert _verdict(catalogue) == ("2026-02-03T00:00:00Z", "invalid")


def _verdict(catalogue: Catalogue) -> tuple[str | None, str | None]:
    row = catalogue.bag("b1")
    assert row is not None
    return row.last_verified_at, row.last_verdict


def test_events_come_back_in_order_all_or_those_of_a_bag(catalogue: Catalogue) -> None:
    events = [told(1, "init", None), told(2, "verify", "b1"), told(3, "verify", "b2")]
    for one in reversed(events):
        catalogue.index_event(one)
    assert list(catalogue.events()) == [row_of(one) for one in events]
    assert list(catalogue.events("b1")) == [row_of(events[1])]
    assert catalogue.last_event() == row_of(events[2])


def test_an_event_taken_in_twice_is_there_once(catalogue: Catalogue) -> None:
    catalogue.index_event(told(1, "init", None))
    catalogue.index_event(told(1, "init", None))
    assert list(catalogue.events()) == [row_of(told(1, "init", None))]


def test_an_empty_catalogue_adds_up_to_nothing(catalogue: Catalogue) -> None:
    assert catalogue.totals() == Totals(0, 0, 0, 0, None)
    assert catalogue.last_event() is None


def test_totals_add_up_what_sums_beyond_32_bits(catalogue: Catalogue) -> None:
    catalogue.record_bag(ROW, (), told(2, "seal", "b1"))
    catalogue.record_bag(replace(ROW, id="b2"), (), told(3, "seal", "b2"))
    catalogue.record_bag(replace(ROW, id="b3"), ())
    assert catalogue.totals() == Totals(3, 9, 27 << 40, 1, "2026-02-02T00:00:00Z")


def _plan(catalogue: Catalogue, ask: str, *arguments: object) -> str:
    """How the database goes about the last statement of a question."""
    asked: list[tuple[str, object]] = []

    def note(_c: object, _k: object, statement: str, values: object, _x: object, _m: bool) -> None:
        asked.append((statement, values))

    engine = catalogue._engine
    sqlalchemy_event.listen(engine, "before_cursor_execute", note)
    answer = getattr(catalogue, ask)(*arguments)
    if isinstance(answer, Iterator):
        list(answer)
    sqlalchemy_event.remove(engine, "before_cursor_execute", note)
    statement, values = asked[-1]
    with catalogue._connection.begin():
        rows = catalogue._connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[arg-type]
        return " | ".join(str(row[3]) for row in rows)


@pytest.mark.parametrize(
    ("ask", "arguments", "way"),
    [
        ("find_by_payload", ("aa" * 32,), "SEARCH bag USING INDEX bag_by_payload"),
        ("find_by_oxum", (3, 9), "SEARCH bag USING INDEX bag_by_oxum"),
        ("files", ("b1",), "SEARCH file USING PRIMARY KEY"),
        ("events", ("b1",), "SEARCH event USING INDEX event_by_bag"),
        ("bags", (), "USING INDEX bag_by_sealing"),
        ("bag", ("b1",), "SEARCH bag USING INDEX"),
    ],
)
def test_questions_asked_often_do_not_read_the_whole_table(
    ask: str, arguments: tuple[object, ...], way: str, catalogue: Catalogue
) -> None:
    catalogue.record_bag(ROW, FILES, told(1, "seal", "b1"))
    plan = _plan(catalogue, ask, *arguments)
    assert way in plan
    if ask in ("files", "bags", "events"):
        assert "TEMP B-TREE" not in plan


def test_no_table_needs_more_than_portable_types() -> None:
    from sqlalchemy.dialects import postgresql

    from archiver.catalogue import schema

    for table in (schema.meta, schema.bag, schema.file, schema.event):
        made = str(sqlalchemy.schema.CreateTable(table).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
        assert "CREATE TABLE" in made
        assert "ROWID" not in made


MANY = """
import resource, sys
from archiver.catalogue import BagRow, Catalogue, FileRow, Words
url, count = sys.argv[1], int(sys.argv[2])
row = BagRow("b", "2026-01-01T00:00:00Z", count, 1, "00", "00", "p", "b", "s", None, None)
def files():
    for n in range(count):
        name = f"data/{n:09d} a name of usual length.flac"
        words = Words(name, "DEA122600001", f"a word of its own {n}")
        sound = n.to_bytes(32, "big"), n.to_bytes(16, "big"), words
        known = "self-verified", 1.5, name, "Müller", "Album", "1999", "DEA122600001"
        yield FileRow(n + 1, name, n, n, n.to_bytes(32, "big"), "flac", *known, *sound)
with Catalogue.create(url, "identity") as catalogue:
    catalogue.record_bag(row, files())
    assert sum(1 for _ in catalogue.files("b")) == count
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_a_hundred_thousand_files_need_hardly_more_memory_than_a_thousand(tmp_path: Path) -> None:
    peak = {}
    for count in (1_000, 100_000):
        url = sqlite_url(tmp_path / f"{count}.sqlite")
        done = subprocess.run(
            [sys.executable, "-c", MANY, url, str(count)],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        peak[count] = int(done.stdout)
    # the rows alone would be 30 MB; SQLite's cache may take its 32 MiB
    assert peak[100_000] - peak[1_000] < 48 << 10
