"""A checkpoint of a long log costs what is new in it, and never stands for another log."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from archiver.events import EventLog
from archiver.events.checkpoint import Checkpoint
from archiver.events.kept_tree import checkpoint_now
from archiver.events.merkle import Tree, root_of
from tests.events.bench import add, log_in


def now(log: EventLog, kept: Path) -> Checkpoint:
    """The checkpoint, the tree being kept after every second line."""
    return checkpoint_now(log, "id", kept, keep_after=2)


def whole(log: EventLog) -> bytes:
    """The root, every line read."""
    return root_of(log.lines(log.head().seq))


def test_it_is_the_root_of_the_whole_log_at_every_size_and_across_files(tmp_path: Path) -> None:
    log, kept = log_in(tmp_path / "log", file_limit=900), tmp_path / "kept"
    assert now(log, kept) == Checkpoint("audio-archiver/id", 0, root_of([]))
    for number in range(1, 24):
        add(log, number)
        assert now(log, kept) == Checkpoint("audio-archiver/id", number, whole(log))
    assert len(list(log.folder.glob("*.jsonl"))) > 3
    assert json.loads(kept.read_bytes())["size"] == 22


def test_lines_that_were_taken_in_are_not_read_again(tmp_path: Path) -> None:
    log, kept = log_in(tmp_path / "log"), tmp_path / "kept"
    for number in range(4):
        add(log, number)
    now(log, kept)
    right = whole(log)
    (file,) = log.folder.glob("*.jsonl")
    data = file.read_bytes()
    file.write_bytes(b"?" * data.index(b"\n") + data[data.index(b"\n") :])
    assert now(log, kept).root == right != whole(log)


@pytest.mark.parametrize("harm", ["gone", "torn", "empty", "not ours", "one byte", "too far"])
def test_what_was_kept_and_cannot_be_believed_costs_nothing_but_reading(
    tmp_path: Path, harm: str
) -> None:
    log, kept = log_in(tmp_path / "log"), tmp_path / "kept"
    for number in range(5):
        add(log, number)
    now(log, kept)
    data = kept.read_bytes()
    spoiled = {
        "torn": data[:-20],
        "empty": b"",
        "not ours": b"[1]",
        "one byte": data.replace(b'"size":5', b'"size":4'),
    }
    if harm == "gone":
        kept.unlink()
    elif harm == "too far":
        other = log_in(tmp_path / "other")
        for number in range(9):
            add(other, number)
        now(other, kept)
    else:
        kept.write_bytes(spoiled[harm])
    assert now(log, kept).root == whole(log)


def test_a_tree_of_another_log_is_not_taken_for_this_ones(tmp_path: Path) -> None:
    log, other, kept = log_in(tmp_path / "log"), log_in(tmp_path / "other"), tmp_path / "kept"
    for number in range(4):
        add(log, number)
        add(other, number + 7)
    now(other, kept)
    assert now(log, kept).root == whole(log)


def test_only_the_subtrees_of_its_size_make_a_tree() -> None:
    tree = Tree()
    for _ in range(6):
        tree.add(b"x")
    assert Tree.of(6, tree.wholes).root() == tree.root()
    for wrong in (tree.wholes[:1], (*tree.wholes, b"x" * 32), (b"short", *tree.wholes[1:])):
        with pytest.raises(ValueError, match="subtrees"):
            Tree.of(6, wrong)
