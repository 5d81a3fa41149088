"""What a version says is not as it was before, out of two streams in order of the path."""

from __future__ import annotations

import json

import pytest

from archiver.packaging.lineage import change_lines


def test_added_removed_and_replaced_files_stand_in_order_of_the_path() -> None:
    before = [("data/a", "1"), ("data/c", "3"), ("data/é", "5")]
    after = [("data/b", "2"), ("data/c", "4"), ("data/\U0001f3b5", "6")]
    told = [json.loads(line) for line in change_lines(before, after)]
    assert [(one["path"], one["change"], one["before"], one["after"]) for one in told] == [
        ("data/a", "removed", "1", None),
        ("data/b", "added", None, "2"),
        ("data/c", "replaced", "3", "4"),
        ("data/é", "removed", "5", None),
        ("data/\U0001f3b5", "added", None, "6"),
    ]


def test_of_very_many_files_none_is_read_before_it_is_needed() -> None:
    def endless() -> object:
        for number in range(10**9):
            if number > 10:
                pytest.fail("read ahead")
            yield f"data/{number:010}", "1"

    lines = change_lines(endless(), [])  # type: ignore[arg-type]
    assert json.loads(next(lines))["path"] == "data/0000000000"
