"""Choosing what to check goes along an index, in its order: no scan of the table, no sorting."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from archiver.archive import sqlite_url
from archiver.catalogue import Catalogue

NOW = "2026-01-01T00:00:00Z"


@contextmanager
def _statements(into: list[tuple[str, Any]]) -> Iterator[None]:
    def note(_c: Any, _cursor: Any, text: str, values: Any, _context: Any, _many: bool) -> None:
        into.append((text, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.parametrize("asked", ["waiting", "waiting of a tier", "failing", "all", "runs"])
def test_choosing_scans_no_table(tmp_path: Path, asked: str) -> None:
    place = tmp_path / "catalogue.sqlite"
    said: list[tuple[str, Any]] = []
    with Catalogue.create(sqlite_url(place), "an archive") as catalogue, _statements(said):
        plan = catalogue.plan
        asking: dict[str, Callable[[], Iterable[Any]]] = {
            "waiting": lambda: plan.waiting(NOW),
            "waiting of a tier": lambda: plan.waiting(NOW, "tape"),
            "failing": lambda: plan.failing(NOW),
            "all": plan.all,
            "runs": lambda: plan.runs(30),
        }
        assert list(asking[asked]()) == []
    steps = []
    with sqlite3.connect(place) as database:
        for text, values in said:
            if text.lstrip().startswith("SELECT"):
                steps += [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {text}", values)]
    database.close()
    assert steps
    assert not [step for step in steps if step.startswith("SCAN") and "USING" not in step], steps
    sorts = {step for step in steps if "TEMP B-TREE" in step}
    assert sorts <= {"USE TEMP B-TREE FOR RIGHT PART OF ORDER BY"}, "only what is due at one moment"
