"""The plug pulled: a real file system loses everything that was not synced, at any step."""

from __future__ import annotations

import pytest

from tests.crash.program import Program
from tests.crash.scenario import (
    Undisturbed,
    assert_completes,
    assert_untouched,
    packaging,
    throw_away,
)
from tests.crash.scene import assert_nothing_half_done, bags_in, picture_of, read_log
from tests.crash.steps import CHANGES, DURABLE, Rule
from tests.disk import Disk

SLICES = 4
CUTS = 30


def cut(disk: Disk, nth: int) -> Rule:
    """Pull the plug before the ``nth`` change."""
    return Rule(str(disk.place), CHANGES, nth, "cut-power", str(disk.place))


def cut_power(program: Program, disk: Disk) -> None:
    """Pull the plug while nothing is going on but the start of something else."""
    run = program.run("init", disk.place / "another", rule=cut(disk, 1))
    assert run.exit == -9, run.err
    disk.plug_in_again()


@pytest.mark.parametrize("part", range(SLICES))
def test_a_power_cut_at_any_step_costs_nothing_but_time(
    part: int, program: Program, undisturbed: Undisturbed, disk: Disk
) -> None:
    steps = undisturbed.run.steps
    durable = [nth for nth, step in enumerate(steps, start=1) if step.name in DURABLE]
    for nth in durable[part :: SLICES * max(1, len(durable) // CUTS)]:
        with throw_away(disk.place / f"archive-{nth}") as archive:
            run = program.run(*packaging(undisturbed.album, archive), rule=cut(disk, nth))
            assert run.exit in (-9, 0), f"step {nth}: {run.err}"
            disk.plug_in_again()
            assert_untouched(undisturbed)
            assert_nothing_half_done(archive)
            assert_completes(program, undisturbed, archive)


def test_what_was_acknowledged_outlives_a_power_cut(
    program: Program, undisturbed: Undisturbed, disk: Disk
) -> None:
    archive = disk.place / "archive"
    run = program.run(*packaging(undisturbed.album, archive))
    assert run.exit == 0, run.err
    cut_power(program, disk)
    assert picture_of(archive) == undisturbed.picture
    assert [bag.name for bag in bags_in(archive)] == [
        event["bag"] for event in read_log(archive).events if event["type"] == "seal"
    ]
    assert_nothing_half_done(archive)
    assert_completes(program, undisturbed, archive)


def test_a_program_that_never_syncs_loses_what_it_acknowledged(
    program: Program, undisturbed: Undisturbed, disk: Disk
) -> None:
    archive = disk.place / "archive"
    run = program.run(*packaging(undisturbed.album, archive), mutant="never-sync")
    assert run.exit == 0, run.err
    cut_power(program, disk)
    assert "seal" not in [event["type"] for event in read_log(archive).events]
