"""``recover``, ``rebuild`` and ``init`` killed as well: mending must not break what it mends."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.crash.program import Program
from tests.crash.scenario import (
    Point,
    Undisturbed,
    assert_completes,
    listing_of,
    packaging,
    points_at_steps,
    points_in_time,
    throw_away,
    without_its_own,
)
from tests.crash.scene import (
    assert_nothing_half_done,
    differences,
    make_album,
    picture_of,
    read_log,
    staged_in,
)
from tests.crash.steps import Rule, Step
from tests.crash.test_order_of_steps import publishing

SLICES = 3
MOMENTS = 9
RECOVER_STRIDE = 4  # recovering takes up a whole packaging: that one's steps are killed elsewhere
ONE_IN = 6  # how often the new archive is put to use


@pytest.fixture(scope="session")
def wreck(
    program: Program, undisturbed: Undisturbed, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """An archive with a bag that the log does not know, and with a half-copied second one."""
    place = tmp_path_factory.mktemp("wreck")
    archive = place / "archive"
    visible = publishing(undisturbed.run.steps, undisturbed.archive) + 1
    rule = Rule(str(archive), nth=visible, deed="kill-after")
    run = program.run(*packaging(undisturbed.album, archive), rule=rule)
    assert run.exit == -9
    shutil.copytree(archive, place / "sealed")
    other = make_album(place / "other", seed=90)
    copied = Rule(str(archive), frozenset({"fsync"}), 12, "kill-before")
    assert program.run(*packaging(other, archive, "album-2"), rule=copied).exit == -9
    # the second run may have mended what the first one left: put it back beside the half copy
    staged = next((archive / ".staging").iterdir(), None)
    assert staged is not None, "the second run was killed too early to leave anything"
    shutil.copytree(staged, place / "sealed" / ".staging" / staged.name)
    return place / "sealed"


def copy_of(archive: Path, place: Path) -> Path:
    """A copy to be spoilt."""
    shutil.copytree(archive, place)
    return place


def points_of(program: Program, archive: Path, *arguments: str | Path) -> list[Point]:
    """Where to kill a command: it is run once on ``archive`` to count its steps."""
    run = program.run(*arguments, rule=Rule(str(archive)))
    assert run.exit == 0, run.err
    assert run.steps
    return points_at_steps(run.steps, stride=4) + points_in_time(run, MOMENTS, seed=3)


@pytest.mark.parametrize("part", range(SLICES))
def test_recover_killed_at_any_point_can_be_repeated(
    part: int, program: Program, undisturbed: Undisturbed, wreck: Path, scratch: Path
) -> None:
    trial = copy_of(wreck, scratch / "trial")
    points = points_of(program, trial, "recover", "--archive", trial)
    measure, listing = picture_of(trial), listing_of(program, trial)
    assert undisturbed.picture.items() <= measure.items()
    assert staged_in(trial) == []
    for number, point in enumerate(points[part :: SLICES * RECOVER_STRIDE]):
        with throw_away(copy_of(wreck, scratch / f"archive-{number}")) as archive:
            run = point.strike(program, archive, "recover", "--archive", archive)
            assert run.exit in (-9, 0), f"{point}: {run.err}"
            assert_nothing_half_done(archive)
            again = program.run("recover", "--archive", archive)
            assert again.exit == 0, f"{point}: {again.err}"
            assert_nothing_half_done(archive)
            assert differences(measure, picture_of(archive)) == {}
            assert listing_of(program, archive) == listing
            assert staged_in(archive) == []


@pytest.mark.parametrize("part", range(SLICES))
def test_rebuild_killed_at_any_point_never_lists_half_and_can_be_repeated(
    part: int, program: Program, undisturbed: Undisturbed, scratch: Path
) -> None:
    trial = copy_of(undisturbed.archive, scratch / "trial")
    (trial / "catalogue.sqlite").unlink()
    points = points_of(program, trial, "rebuild", "--archive", trial)
    assert listing_of(program, trial) == undisturbed.listing
    for number, point in enumerate(points[part::SLICES]):
        with throw_away(copy_of(undisturbed.archive, scratch / f"archive-{number}")) as archive:
            if number % 2:
                (archive / "catalogue.sqlite").unlink()
            run = point.strike(program, archive, "rebuild", "--archive", archive)
            assert run.exit in (-9, 0), f"{point}: {run.err}"
            listed = program.run("list", "--archive", archive, "--json")
            if listed.exit == 0:
                assert without_its_own(archive, listed.out) == undisturbed.listing
            again = program.run("rebuild", "--archive", archive)
            assert again.exit == 0, f"{point}: {again.err}"
            assert listing_of(program, archive) == undisturbed.listing
            assert_nothing_half_done(archive)


@pytest.mark.parametrize("part", range(SLICES))
def test_init_killed_at_any_point_can_be_repeated(
    part: int, program: Program, undisturbed: Undisturbed, scratch: Path
) -> None:
    points = points_of(program, scratch / "trial", "init", scratch / "trial")
    for number, point in enumerate(points[part::SLICES]):
        with throw_away(scratch / f"archive-{number}") as archive:
            run = point.strike(program, archive, "init", archive)
            assert run.exit in (-9, 0), f"{point}: {run.err}"
            assert_nothing_half_done(archive)
            if not (archive / "archive.toml").exists():
                again = program.run("init", archive)
                assert again.exit == 0, f"{point}: {again.err}"
            assert sorted(os.listdir(archive)) == sorted(os.listdir(scratch / "trial"))
            assert [event["type"] for event in read_log(archive).events] == ["init"]
            assert listing_of(program, archive) == ""
            if number % ONE_IN == 0:
                assert_completes(program, undisturbed, archive)


def test_every_command_that_writes_takes_durable_steps(undisturbed: Undisturbed) -> None:
    def count(name: str, steps: tuple[Step, ...]) -> int:
        return sum(step.name == name for step in steps)

    assert count("fsync", undisturbed.run.steps) > 5
    assert count("sql", undisturbed.run.steps) > 5
