"""The running totals are what the bags come to, whatever becomes of the bags."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from archiver.archive import sqlite_url
from archiver.catalogue import Catalogue, Totals
from archiver.catalogue.plan import Filled
from archiver.catalogue.rows import NEVER, TierTotal, share_within
from tests.catalogue.test_catalogue import ROW, told

NOON = "2026-03-02T12:00:00Z"
FILLED = (
    ("disk", "2026-02-01T00:00:00Z", "2026-03-01T23:59:59Z"),  # overdue since yesterday
    ("disk", "2026-02-01T00:00:00Z", "2026-03-02T11:59:59Z"),  # since this morning
    ("tape", "2026-02-01T00:00:00Z", "2026-03-02T12:00:01Z"),  # not yet
    ("off", NEVER, NEVER),
)


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    """A catalogue of four bags whose due dates were looked up, and one more."""
    with Catalogue.create(sqlite_url(tmp_path / "c.sqlite"), "an archive", scratch=True) as made:
        for number in range(5):
            made.record_bag(replace(ROW, id=f"b{number}", payload_bytes=10**number), ())
        made.plan.fill_in(Filled(key, *what) for key, what in enumerate(FILLED, 1))
        yield made


def test_totals_say_what_is_held_and_overdue_to_the_second(catalogue: Catalogue) -> None:
    sealed = ROW.sealed_at
    assert catalogue.plan.totals(NOON) == [
        TierTotal("", 1, 3, 10_000, 0, 0, 0, 0, 0, sealed),
        TierTotal("disk", 2, 6, 11, 2, 2, 6, 11, 0, sealed),
        TierTotal("off", 1, 3, 1000, 0, 0, 0, 0, 0, sealed),
        TierTotal("tape", 1, 3, 100, 1, 0, 0, 0, 0, sealed),
    ]
    assert share_within(catalogue.plan.totals(NOON)) == pytest.approx(1 / 3)
    assert share_within([]) is None
    assert [one[1:] for one in catalogue.plan.demands()] == [
        ("2026-02-01", "2026-03-01", 1, 1),
        ("2026-02-01", "2026-03-02", 1, 10),
        (NEVER[:10], NEVER[:10], 1, 1000),
        ("2026-02-01", "2026-03-02", 1, 100),
    ]


def test_a_check_takes_its_bag_out_of_what_was_looked_up(catalogue: Catalogue) -> None:
    catalogue.index_event(told(1, "verify", "b0", "invalid", depth="full", state="unsound"))
    open_now, disk = catalogue.plan.totals(NOON)[:2]
    assert (open_now.bags, open_now.failing) == (2, 1)
    assert (disk.bags, disk.bytes) == (1, 10)


def test_whatever_happens_in_whatever_order_the_totals_are_right(catalogue: Catalogue) -> None:
    dice = random.Random(5)
    for seq in range(1, 60):
        name = f"b{dice.randrange(8)}"
        what = dice.randrange(4)
        if what == 0:
            size = dice.randrange(1000)
            catalogue.record_bag(replace(ROW, id=name, payload_bytes=size, payload_files=seq), ())
        elif what == 1:
            state = dice.choice(["sound", "unsound"])
            detail = {"depth": dice.choice(["full", "blake3", "fast"]), "state": state}
            event = replace(told(1, "verify", name, **detail), seq=seq)
            catalogue.index_event(event)
        elif what == 2:
            rows = [row for row in catalogue.plan.all() if dice.random() < 0.5]
            catalogue.plan.fill_in(Filled(row.key, *dice.choice(FILLED)) for row in rows)
        elif dice.random() < 0.2:
            catalogue.index_event(replace(told(1, "due-now", None, "asked"), seq=seq))
        assert catalogue.plan.tally_differences() == []
    bags = list(catalogue.bags())
    held = (sum(bag.payload_files for bag in bags), sum(bag.payload_bytes for bag in bags))
    found = catalogue.totals()
    assert found == Totals(len(bags), *held, found.never_verified, found.longest_unverified)


def test_a_turn_comes_round_to_every_bag(catalogue: Catalogue) -> None:
    turns = [[row.id for row in catalogue.plan.next_in_turn(2)] for _ in range(3)]
    assert turns == [["b0", "b1"], ["b2", "b3"], ["b4", "b0"]]
    assert len(catalogue.plan.next_in_turn(9)) == 5
