"""Whatever is asked of all bags goes along an index, in its order: no scan, no sorting.

The rows are enough, and made known to the planner, for it to prefer a scan where one is cheaper.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event

from archiver.archive import Archive, create_archive
from archiver.catalogue import Catalogue
from archiver.clock import utc_text
from archiver.holdings import status
from archiver.progress import Silence
from archiver.reverify.outlook import due_bags, outlook
from archiver.reverify.run import Run, Wish
from benchmarks.horizon import fill
from policies.policy import builtin
from tests.packaging.scene import AGENT

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
BAGS = 3_000
BIG = ("bag", "file", "schedule")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """An archive whose catalogue knows some thousand bags, their due dates looked up."""
    place = tmp_path_factory.mktemp("many") / "archive"
    made = create_archive(place, builtin("library"), lambda: NOW)
    fill(made, BAGS, NOW)
    outlook(made, NOW)
    with closing(sqlite3.connect(made.catalogue_path)) as database, database:
        database.execute("ANALYZE")
    return made


def _planned(archive: Archive) -> int:
    wish = Wish(max_bytes=10**9)
    return len(Run(archive, wish, lambda: NOW, AGENT, Silence()).plan())


ASKING: dict[str, Callable[[Archive], object]] = {
    "status": lambda archive: status(archive, lambda: NOW),
    "due": lambda archive: outlook(archive, NOW),
    "due of a tier, bag by bag": lambda archive: list(due_bags(archive, NOW, "tape")),
    "reverify, planned": _planned,
}


@pytest.mark.parametrize("asked", ASKING)
def test_no_question_scans_bags_or_sorts_them(archive: Archive, asked: str) -> None:
    steps = _steps(archive, lambda: ASKING[asked](archive))
    assert any(step.startswith("SEARCH") for step in steps)
    scanned = [step for step in steps if step.split()[0] == "SCAN" and step.split()[1] in BIG]
    assert not scanned, scanned
    assert "USE TEMP B-TREE FOR ORDER BY" not in steps


def test_all_bags_are_drawn_in_the_order_of_an_index(archive: Archive) -> None:
    with Catalogue.open(archive.catalogue_url) as catalogue:
        plan = catalogue.plan
        steps = _steps(archive, lambda: [*plan.all(), *plan.failing(utc_text(NOW))])
    assert not [step for step in steps if "TEMP B-TREE" in step], steps


def test_the_answers_are_those_of_counting(archive: Archive) -> None:
    with closing(sqlite3.connect(archive.catalogue_path)) as database:
        moment = utc_text(NOW)
        counted = database.execute(
            "SELECT tier, count(*), sum(files), sum(bytes), count(*) FILTER (WHERE due_at <= ?1),"
            " coalesce(sum(files) FILTER (WHERE due_at <= ?1), 0),"
            " coalesce(sum(bytes) FILTER (WHERE due_at <= ?1), 0), sum(failing), min(checked_at)"
            " FROM schedule GROUP BY tier ORDER BY tier",
            [moment],
        ).fetchall()
        (late,) = database.execute(
            "SELECT count(*) FROM schedule WHERE due_at <= ?", [moment]
        ).fetchone()
    found = outlook(archive, NOW)
    assert [(*one[:4], *one[5:]) for one in found.tiers] == counted
    assert 0 < late < BAGS
    assert found.overdue_bags == late == status(archive, lambda: NOW).overdue_bags
    assert len(list(due_bags(archive, NOW))) == late
    assert _planned(archive) < BAGS / 2


def _steps(archive: Archive, ask: Callable[[], object]) -> list[str]:
    """Return the steps of the plans of all questions that ``ask`` puts to the database."""
    said: list[tuple[str, Any]] = []
    with _statements(said):
        ask()
    steps = []
    with closing(sqlite3.connect(archive.catalogue_path)) as database:
        for text, values in said:
            if text.lstrip().startswith("SELECT"):
                steps += [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {text}", values)]
    return steps


@contextmanager
def _statements(into: list[tuple[str, Any]]) -> Iterator[None]:
    def note(_c: Any, _cursor: Any, text: str, values: Any, _context: Any, _many: bool) -> None:
        into.append((text, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", note)
