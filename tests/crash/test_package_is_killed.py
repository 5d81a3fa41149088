"""``package`` killed by ``SIGKILL`` at each durable step and at random moments."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crash.program import Program
from tests.crash.scenario import (
    Point,
    Undisturbed,
    assert_completes,
    assert_untouched,
    packaging,
    points_at_steps,
    points_in_time,
    throw_away,
)
from tests.crash.scene import assert_nothing_half_done, picture_of, read_log, staged_in

SLICES = 10
MOMENTS = 30
STRIDE = 6
ONE_IN = 8  # how often a third run is made


def _points(scene: Undisturbed) -> list[Point]:
    steps = points_at_steps(scene.run.steps, STRIDE)
    return steps + points_in_time(scene.run, MOMENTS, seed=7)


def test_there_are_at_least_200_points_to_be_killed_at(undisturbed: Undisturbed) -> None:
    assert len(_points(undisturbed)) >= 200


@pytest.mark.parametrize("part", range(SLICES))
def test_killed_at_any_point_nothing_is_lost_and_a_rerun_completes(
    part: int, program: Program, undisturbed: Undisturbed, scratch: Path
) -> None:
    for number, point in enumerate(_points(undisturbed)[part::SLICES]):
        with throw_away(scratch / f"archive-{number}") as archive:
            job = packaging(undisturbed.album, archive, workers=point.workers)
            run = point.strike(program, archive, *job)
            assert run.exit in (-9, 0), f"{point}: {run.err}"
            assert_untouched(undisturbed)
            assert_nothing_half_done(archive)
            if number % 2 and (archive / "archive.toml").exists():
                recovered = program.run("recover", "--archive", archive)
                assert recovered.exit == 0, f"{point}: {recovered.err}"
                assert_nothing_half_done(archive)
            assert_completes(program, undisturbed, archive)
            if number % ONE_IN == 0:
                _assert_a_third_run_changes_nothing(program, undisturbed, archive)


def _assert_a_third_run_changes_nothing(
    program: Program, scene: Undisturbed, archive: Path
) -> None:
    before = picture_of(archive), staged_in(archive)
    sealed = [event for event in read_log(archive).events if event["type"] == "seal"]
    assert_completes(program, scene, archive)
    assert (picture_of(archive), staged_in(archive)) == before
    assert [event for event in read_log(archive).events if event["type"] == "seal"] == sealed
