"""Blackout windows of the policy: no run begins in one, and a running one leaves off."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from archiver.events import EventLog
from archiver.reverify import run as run_module
from archiver.reverify.outlook import outlook
from archiver.reverify.pausing import Scope, pause
from archiver.reverify.run import Wish
from archiver.state import State
from tests.cli.workbench import run
from tests.packaging.scene import AGENT
from tests.reverify.scene import FIXITY, Scene

HOURS = FIXITY.replace(
    "[fixity]\n",
    """[fixity]
time-zone = "Europe/Zurich"
blackouts = {default = ["07:00-19:00"], tape = []}
""",
    1,
)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Three bags, due; it is five minutes to seven in the morning in Zurich."""
    made = Scene(tmp_path, HOURS)
    for name in ("a", "b", "tape-c"):
        made.seal(name, 1000)
    made.now = made.now.replace(day=3, hour=5, minute=55)
    return made


class Slow:
    """Progress under which every file takes two minutes."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def begin(self, phase: str, total_bytes: int | None, total_files: int | None) -> None:
        """Nothing."""

    def advance(self, n_bytes: int, n_files: int) -> None:  # noqa: ARG002 - as it is called
        """Let the time go by."""
        self.scene.now += n_files * timedelta(minutes=2)

    def end(self) -> None:
        """Nothing."""


def test_a_tier_is_closed_in_its_window_and_the_others_are_read(scene: Scene) -> None:
    scene.now += timedelta(minutes=5)
    assert scene.names() == ["tape-c"]
    assert (scene.outcome.stopped, scene.outcome.due) == ("blackout", 2)
    assert scene.outcome.state is State.LATE
    (closed,) = scene.outcome.closed
    assert (closed.tier, closed.window) == ("default", "07:00-19:00")
    assert closed.until == scene.now.replace(hour=18, minute=0)
    assert scene.names(Wish(bags=("a",))) == ["a"], "a person wants it"
    scene.now += timedelta(hours=12)
    assert scene.names() == ["b"]


def test_where_all_is_closed_no_run_begins_and_silence_goes_on(scene: Scene) -> None:
    scene.now += timedelta(minutes=5)
    place, clock = scene.archive.root, f"{scene.now:%Y-%m-%dT%H:%M:%SZ}"
    assert scene.names(Wish(tier="default")) == []
    assert not scene.outcome.begun
    assert list(scene.events("reverify")) == []
    said = run("reverify", "-a", place, "--tier", "default", ARCHIVER_CLOCK=clock)
    assert said.code == 6
    assert "the policy lets no run begin at these hours" in said.err
    assert "tier default is closed until 2026-01-03 19:00 CET (blackout 07:00-19:00)" in said.err
    planned = run("reverify", "-a", place, "--dry-run", ARCHIVER_CLOCK=clock)
    assert "tier default is closed" in planned.out


def test_a_tier_that_is_paused_is_none_that_a_run_could_begin_for(scene: Scene) -> None:
    scene.now += timedelta(minutes=5)
    until = (scene.now + timedelta(days=5)).date()
    pause(scene.archive, Scope(tier="tape"), until, "moving", scene.clock, AGENT)
    assert scene.names() == []
    assert not scene.outcome.begun
    pause(scene.archive, Scope(), until, "moving", scene.clock, AGENT)
    assert scene.names() == []
    assert scene.outcome.begun, "a pause alone is no silence"


def test_a_run_that_works_leaves_off_after_the_bag_when_the_window_begins(scene: Scene) -> None:
    assert scene.names(Wish(everything=True)) == ["a", "b", "tape-c"]
    scene.pass_days(40)
    checked = [one.bag for one in scene.run(progress=Slow(scene))]
    assert checked == ["a", "tape-c"]
    assert scene.outcome.stopped == "blackout"
    scene.now += timedelta(hours=13)
    assert scene.names() == ["b"]


def test_a_large_bag_is_left_after_the_file_and_taken_up_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "WORTH_BYTES", 1)
    scene.seal("large", *[(1 << 20) + n for n in range(12)])
    scene.now += timedelta(days=2)
    checked = [one.bag for one in scene.run(Wish(tier="default"), Slow(scene))]
    assert "large" not in checked
    assert scene.outcome.stopped == "blackout"
    scene.now = scene.now.replace(hour=18, minute=0)
    (one,) = [one for one in scene.run() if one.bag == "large"]
    assert one.found.state is State.SOUND
    assert one.found.checked_files >= 12


def test_the_hours_lost_are_counted(scene: Scene) -> None:
    detail = {"bags": 3, "bytes": 3000, "seconds": 10}
    log = EventLog(scene.archive.log, scene.clock)
    log.append("reverify", bag=None, outcome="sound", detail=detail, agent=AGENT)
    before = outlook(scene.archive, scene.now).pace
    text = scene.archive.policy_path.read_text()
    scene.archive.policy_path.write_text(
        text.replace("07:00-19:00", "04:00-24:00").replace(", tape = []", "")
    )
    after = outlook(scene.archive, scene.now).pace
    assert (before, after) == (300 * 8 * 3600, 300 * 4 * 3600)


def test_a_schedule_that_begins_in_a_window_is_warned_of(scene: Scene) -> None:
    place = scene.archive.root
    said = run("schedule", "print", "-a", place, "--at", "12:00", TZ="UTC")
    assert said.code == 0
    assert "runs of a year would begin while tier default is closed" in said.err
    assert run("schedule", "print", "-a", place, "--at", "02:30", TZ="UTC").err == ""


def test_a_time_zone_that_nobody_knows_is_a_mistake_of_the_policy(scene: Scene) -> None:
    text = scene.archive.policy_path.read_text()
    scene.archive.policy_path.write_text(text.replace("Europe/Zurich", "Europe/Zuerich"))
    place = scene.archive.root
    for words in (("due",), ("reverify",), ("policy", "show")):
        said = run(*words, "-a", place)
        assert said.code == 2, words
        assert "'Europe/Zuerich' is not known on this machine" in said.err
