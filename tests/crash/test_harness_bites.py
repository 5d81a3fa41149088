"""The harness itself: a program with a broken promise must turn the tests red."""

from __future__ import annotations

import shutil
from pathlib import Path

import bagit
import pytest

from tests.crash.program import Program
from tests.crash.scenario import Undisturbed, packaging, points_at_steps
from tests.crash.scene import assert_nothing_half_done, bags_in
from tests.crash.steps import Rule, Step
from tests.crash.test_order_of_steps import (
    folder_synced_after,
    publishing,
    unsynced_in,
)


def test_a_bag_that_becomes_visible_file_by_file_is_noticed(
    program: Program, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    noticed = 0
    steps = undisturbed.run.steps
    moment = publishing(steps, undisturbed.archive) + 1
    for nth in range(moment, moment + 5):
        archive = tmp_path / f"archive-{nth}"
        rule = Rule(under=str(archive), nth=nth, deed="kill-before")
        program.run(*packaging(undisturbed.album, archive), rule=rule, mutant="publish-by-copying")
        try:
            assert_nothing_half_done(archive)
        except (AssertionError, bagit.BagError):
            noticed += 1
    assert noticed > 0


def test_an_event_for_a_bag_that_is_not_there_is_noticed(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    shutil.copytree(undisturbed.archive, archive)
    (bag,) = bags_in(archive)
    shutil.rmtree(bag)
    with pytest.raises(AssertionError, match="not there"):
        assert_nothing_half_done(archive)


def test_a_line_of_the_log_that_was_changed_is_noticed(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    shutil.copytree(undisturbed.archive, archive)
    log = archive / "log" / "000001.jsonl"
    log.write_bytes(log.read_bytes().replace(b"created", b"crested"))
    with pytest.raises(AssertionError):
        assert_nothing_half_done(archive)


def test_a_file_that_was_never_synced_is_noticed(
    program: Program, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    steps, archive, bag = _run_of_mutant(program, undisturbed, tmp_path, "never-sync")
    assert len(unsynced_in(bag, steps, publishing(steps, archive))) > 5


def test_a_name_that_was_never_synced_is_noticed(
    program: Program, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    steps, archive, bag = _run_of_mutant(program, undisturbed, tmp_path, "never-sync-folders")
    assert not folder_synced_after(steps, publishing(steps, archive), bag.parent)


def _run_of_mutant(
    program: Program, scene: Undisturbed, tmp_path: Path, mutant: str
) -> tuple[tuple[Step, ...], Path, Path]:
    """The steps of a mutant's run, its archive and its bag."""
    archive = tmp_path / "archive"
    rule = Rule(under=str(archive))
    run = program.run(*packaging(scene.album, archive), rule=rule, mutant=mutant)
    assert run.exit == 0, run.err
    (bag,) = bags_in(archive)
    return run.steps, archive, bag


def test_the_steps_of_two_undisturbed_runs_are_the_same_but_for_their_order(
    program: Program, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    run = program.run(*packaging(undisturbed.album, archive), rule=Rule(under=str(archive)))
    names = sorted(step.name for step in run.steps)
    assert names == sorted(step.name for step in undisturbed.run.steps)
    assert len(points_at_steps(run.steps, 3)) == len(points_at_steps(undisturbed.run.steps, 3))
