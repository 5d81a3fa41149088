"""A night's run killed at a hundred points: what was checked stays checked."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver.clock import system_clock
from archiver.events import EventLog
from tests.crash.program import CLOCK, Program
from tests.crash.scenario import Point, packaging, points_at_steps, points_in_time, throw_away
from tests.crash.scene import LogLines, read_log, write_wav
from tests.crash.steps import Rule

BAGS = tuple(f"album-{number}" for number in range(3))
LATER = {"ARCHIVER_CLOCK": CLOCK.replace("2026", "2028")}
SLICES = 4
MOMENTS = 30
SQL_STRIDE = 4


@pytest.fixture(scope="session")
def due(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of bags that are all due."""
    place = tmp_path_factory.mktemp("due")
    album, archive = place / "album", place / "archive"
    album.mkdir()
    write_wav(album / "take.wav", 20_000, seed=1)
    for bag in BAGS:
        assert program.run(*packaging(album, archive, bag), "--again").exit == 0
    return archive


@pytest.fixture(scope="session")
def points(program: Program, due: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Point]:
    """Where to kill it: a run in peace is watched for its steps."""
    watched = tmp_path_factory.mktemp("watched") / "archive"
    shutil.copytree(due, watched)
    run = program.run("reverify", "--archive", watched, rule=Rule(str(watched)), env=LATER)
    assert run.exit == 0, run.err
    at_steps = points_at_steps(run.steps, stride=3)
    # Most steps are statements to the catalogue, hundreds of which do the same for another bag.
    sql = [point for point in at_steps if run.steps[point.nth - 1].name == "sql"]
    others = [point for point in at_steps if run.steps[point.nth - 1].name != "sql"]
    found = others + sql[::SQL_STRIDE] + points_in_time(run, MOMENTS, seed=5)
    assert len(found) >= 100
    return found


@pytest.mark.parametrize("part", range(SLICES))
def test_only_the_bag_in_hand_is_read_again(
    part: int,
    program: Program,
    due: Path,
    points: list[Point],
    scratch: Path,
) -> None:
    killed = 0
    for number, point in enumerate(points[part::SLICES]):
        with throw_away(scratch / f"archive-{number}") as archive:
            shutil.copytree(due, archive)
            arguments = ("reverify", "--archive", archive)
            killed += point.strike(program, archive, *arguments, env=LATER).exit == -9
            again = program.run(*arguments, env=LATER)
            assert again.exit == 0, f"{point}: {again.err}"
            assert EventLog(archive / "log", system_clock).check() == [], point
            times = Counter(_verified(read_log(archive)))
            assert times.keys() == set(BAGS), point
            assert sum(times.values()) <= len(BAGS) + 1, point
    assert killed > len(points) // SLICES // 2


def _verified(log: LogLines) -> Iterator[str]:
    for event in log.events:
        if event["type"] == "verify":
            yield str(event["bag"])
