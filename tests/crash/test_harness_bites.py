"""The harness itself: a program with a broken promise must turn the tests red."""

from __future__ import annotations

from pathlib import Path

import bagit
import pytest

from tests.crash.program import Program
from tests.crash.scenario import Undisturbed, packaging, points_at_steps
from tests.crash.scene import assert_nothing_half_done, bags_in
from tests.crash.steps import Rule
from tests.crash.test_order_of_steps import publishing, unsynced_in


def test_a_bag_that_becomes_visible_file_by_file_is_noticed(
    program: Program, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    noticed = 0
    steps = undisturbed.run.steps
    moment = publishing(steps, undisturbed.archive) + 1
    for nth in range(moment, moment + 12):
        archive = tmp_path / f"archive-{nth}"
        rule = Rule(under=str(archive), nth=nth, deed="kill-before")
        program.run(*packaging(undisturbed.album, archive), rule=rule, mutant="publish-by-copying")
        try:
            assert_nothing_half_done(archive)
        except (AssertionError, bagit.BagError):
            noticed += 1
    assert noticed > 0


def test_an_event_for_a_bag_that_is_not_there_is_noticed(
    program: Program, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    program.run(*packaging(undisturbed.album, archive), mutant="publish-nothing")
    with pytest.raises(AssertionError, match="not there"):
        assert_nothing_half_done(archive)


@pytest.mark.parametrize("mutant", ["never-sync", "never-sync-folders"])
def test_a_missing_sync_is_noticed(
    mutant: str, program: Program, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    run = program.run(
        *packaging(undisturbed.album, archive), rule=Rule(under=str(archive)), mutant=mutant
    )
    assert run.exit == 0, run.err
    (bag,) = bags_in(archive)
    assert unsynced_in(bag, run.steps, publishing(run.steps, archive)) != []


def test_the_steps_of_two_undisturbed_runs_are_the_same_but_for_their_order(
    program: Program, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    run = program.run(*packaging(undisturbed.album, archive), rule=Rule(under=str(archive)))
    names = sorted(step.name for step in run.steps)
    assert names == sorted(step.name for step in undisturbed.run.steps)
    assert len(points_at_steps(run.steps, 3)) == len(points_at_steps(undisturbed.run.steps, 3))
