"""What goes wrong once in many years keeps no bag from being read, and no alarm from ringing.

A bag that cannot be checked, a store that goes away, another run in the way, a wrong clock.
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from archiver.durable import Lock
from archiver.progress import Silence
from archiver.reverify.due_dates import LOOKING_UP
from archiver.reverify.run import Run, Wish
from archiver.state import State
from tests.cli.workbench import run
from tests.packaging.scene import AGENT
from tests.reverify.scene import BEGUN, DAY, Scene, spoil


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """An archive without a bag."""
    return Scene(tmp_path)


class Tripping:
    """Progress that fails in the check of each of so many bags."""

    def __init__(self, bags: int) -> None:
        self.left = bags

    def begin(self, phase: str, *_: object) -> None:
        """Fail, while there is something left to fail of."""
        if self.left and phase != LOOKING_UP:
            self.left -= 1
            raise RuntimeError("no such luck")

    def advance(self, *_: object) -> None:
        """Nothing."""

    def end(self) -> None:
        """Nothing."""


def test_a_bag_whose_check_fails_is_told_of_and_keeps_no_other_from_being_read(
    scene: Scene,
) -> None:
    for name in "abc":
        scene.seal(name)
    scene.pass_days(1)
    first, *others = scene.run(progress=Tripping(1))
    assert [one.code for one in first.found.findings] == ["check-failed"]
    assert "no such luck" in first.found.findings[0].message
    assert [one.found.state for one in others] == [State.SOUND, State.SOUND]
    ended = [scene.outcome.state]
    scene.pass_days(1)
    assert scene.names() == ["a"], "it is read again the next night"
    assert [*ended, scene.outcome.state] == [State.INCOMPLETE, State.SOUND]


def test_checks_that_fail_one_after_the_other_end_the_run_and_no_bag_loses_its_turn(
    scene: Scene,
) -> None:
    for name in "abcd":
        scene.seal(name)
    scene.pass_days(1)
    with pytest.raises(RuntimeError):
        scene.run(progress=Tripping(4))
    assert [one.bag for one in scene.events("verify")] == ["a", "b"]
    scene.pass_days(1)
    assert scene.names() == ["a", "b", "c", "d"]


def test_what_stands_in_the_place_of_a_bag_and_is_no_folder_is_damage_and_ends_no_run(
    scene: Scene,
) -> None:
    for name in "ab":
        scene.seal(name)
    place = scene.archive.bag_path("a")
    shutil.rmtree(place)
    place.write_text("I am no bag")
    scene.pass_days(1)
    assert [one.found.verdict for one in scene.run()] == ["missing", "sound-by-blake3"]
    assert scene.outcome.state is State.UNSOUND


def test_a_store_that_goes_away_during_a_run_ends_it_and_calls_nothing_missing(
    scene: Scene,
) -> None:
    for name in "abc":
        scene.seal(name)
    scene.pass_days(1)
    night = Run(scene.archive, Wish(), scene.clock, AGENT, Silence())
    checks = night.checks()
    assert next(checks).bag == "a"
    away = scene.archive.bags.rename(scene.place / "away")
    assert list(checks) == []
    assert (night.outcome.state, night.outcome.stopped) == (State.INCOMPLETE, "offline")
    assert [one.bag for one in scene.events("verify")] == ["a"]
    away.rename(scene.archive.bags)
    assert scene.names() == ["b", "c"]


def test_damage_is_told_though_another_run_writes_the_catalogue_when_the_night_ends(
    scene: Scene,
) -> None:
    for name in "ab":
        scene.seal(name)
    scene.pass_days(1)
    spoil(scene.archive.bag_path("a") / "data" / "0.bin")
    night = Run(scene.archive, Wish(), scene.clock, AGENT, Silence())
    checks = night.checks()
    assert next(checks).found.state is State.UNSOUND
    with scene.archive.writer_lock("package", scene.now):
        assert [one.bag for one in checks] == ["b"]
    assert (night.outcome.state, night.outcome.due) == (State.UNSOUND, 0)
    assert [one.outcome for one in scene.events("reverify")] == ["unsound"]
    scene.pass_days(1)
    assert scene.names() == ["a"]


def test_a_clock_that_was_far_ahead_once_keeps_no_bag_from_being_read(scene: Scene) -> None:
    scene.now = BEGUN + 40 * 365 * DAY
    scene.seal("a")
    scene.seal("b")
    scene.pass_days(1)
    scene.run()
    scene.now = BEGUN
    scene.seal("c")
    checked = []
    for _ in range(3):
        scene.pass_days(91)
        checked.append(scene.names(Wish(max_bytes=10_000)))
    assert checked == [["a", "b", "c"]] * 3


def test_a_run_that_ended_in_the_future_is_no_reason_to_be_quiet(scene: Scene) -> None:
    scene.now = BEGUN + 40 * 365 * DAY
    scene.run()
    with Lock(scene.archive.root / ".reverify.lock", "reverify", scene.now):
        scene.now = BEGUN + timedelta(hours=1)
        clock = f"{scene.now:%Y-%m-%dT%H:%M:%SZ}"
        said = run("watch", "-a", scene.archive.root, ARCHIVER_CLOCK=clock)
    assert said.code == 6
    assert "a clock is wrong" in said.out
    assert "has held a lock for too long" in said.out
