"""Re-verification paused by a person: for a reason, with an end, and seen by everybody."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from archiver.errors import UsageError
from archiver.holdings import status
from archiver.rebuild import check_catalogue, rebuild
from archiver.reverify.outlook import outlook
from archiver.reverify.pausing import Scope, pause, resume
from archiver.reverify.run import Wish
from archiver.state import State
from tests.cli.workbench import run
from tests.packaging.scene import AGENT
from tests.reverify.scene import Scene, spoil

TAPE, WHOLE = Scope(tier="tape"), Scope()


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Three bags that were just sealed; the first check of each is due in a day."""
    made = Scene(tmp_path)
    for name in ("a", "b", "tape-c"):
        made.seal(name, 1000)
    return made


def hold(scene: Scene, scope: Scope, days: int = 10) -> None:
    """Pause something until a day begins."""
    until = (scene.now + timedelta(days=days)).date()
    pause(scene.archive, scope, until, "the shelf is being moved", scene.clock, AGENT)


def at(scene: Scene) -> str:
    """The time there, for the commands."""
    return f"{scene.now:%Y-%m-%dT%H:%M:%SZ}"


def test_what_is_paused_is_not_read_until_the_pause_ends_by_itself(scene: Scene) -> None:
    hold(scene, TAPE)
    hold(scene, Scope(bag="b"), 2)
    scene.pass_days(1)
    assert scene.names() == ["a"]
    assert (scene.outcome.due, scene.outcome.paused) == (2, 2)
    assert scene.outcome.state is State.SOUND, "it did all that it was to do"
    scene.pass_days(1)
    assert scene.names() == ["b"]
    scene.pass_days(7)
    assert "tape-c" not in scene.names()
    scene.pass_days(1)
    assert "tape-c" in scene.names()


def test_a_pause_of_all_keeps_everything_from_being_read_but_a_bag_that_is_named(
    scene: Scene,
) -> None:
    hold(scene, WHOLE)
    scene.pass_days(1)
    assert scene.names() == scene.names(Wish(everything=True)) == scene.names(Wish(sample=3)) == []
    assert scene.outcome.sample is not None
    assert scene.outcome.sample.population == 0
    assert scene.names(Wish(bags=("a",))) == ["a"]


def test_what_becomes_late_meanwhile_is_late_and_said_to_be_paused(scene: Scene) -> None:
    hold(scene, TAPE)
    hold(scene, Scope(bag="tape-c"), 5)
    hold(scene, Scope(bag="b"), 5)
    scene.pass_days(1)
    found = outlook(scene.archive, scene.now)
    assert (found.overdue_bags, found.paused_bags, found.paused_bytes) == (3, 2, 2000)
    scene.names()
    found = outlook(scene.archive, scene.now)
    assert (found.overdue_bags, found.paused_bags) == (2, 2)
    assert found.state is State.LATE
    assert len(found.pauses) == 3


def test_a_pause_that_lasts_too_long_is_foreseen_as_a_breach(scene: Scene) -> None:
    scene.pass_days(1)
    scene.run()
    scene.archive.policy_path.write_text(
        scene.archive.policy_path.read_text().replace("budget-time", 'budget-size = "1 GB"\n#')
    )
    assert outlook(scene.archive, scene.now).state is State.SOUND
    for scope in (TAPE, Scope(bag="a")):
        hold(scene, scope, 40)
        told = outlook(scene.archive, scene.now).forecast
        assert told is not None
        assert told.breach == (scene.now + timedelta(days=29)).date()
        assert told.missing == 1000
        resume(scene.archive, scope, "", scene.clock, AGENT)
        assert outlook(scene.archive, scene.now).state is State.SOUND


def test_damage_found_before_still_counts(scene: Scene) -> None:
    spoil(scene.archive.bag_path("b") / "data" / "0.bin")
    scene.pass_days(1)
    scene.run()
    hold(scene, WHOLE)
    scene.pass_days(1)
    assert scene.names() == []
    (default, _) = outlook(scene.archive, scene.now).tiers
    assert default.failing == 1
    assert status(scene.archive, scene.clock).open_incidents == 1


def test_a_rebuild_brings_a_pause_back_and_a_resumed_one_stays_ended(scene: Scene) -> None:
    hold(scene, TAPE)
    hold(scene, Scope(bag="a"))
    resume(scene.archive, Scope(bag="a"), "found it", scene.clock, AGENT)
    assert [one.tier for one in status(scene.archive, scene.clock).pauses] == ["tape"]
    scene.archive.catalogue_path.unlink()
    rebuild(scene.archive, scene.clock, agent=AGENT)
    assert check_catalogue(scene.archive).findings == ()
    assert [one.tier for one in status(scene.archive, scene.clock).pauses] == ["tape"]
    scene.pass_days(1)
    assert scene.names() == ["a", "b"]


def test_a_pause_has_an_end_a_reason_and_something_to_hold(scene: Scene) -> None:
    today, soon = scene.now.date(), (scene.now + timedelta(days=5)).date()
    far = (scene.now + timedelta(days=92)).date()

    def refused(scope: Scope, until: date, reason: str, why: str) -> None:
        with pytest.raises(UsageError, match=why):
            pause(scene.archive, scope, until, reason, scene.clock, AGENT)

    refused(WHOLE, today, "moving", "has begun already")
    refused(WHOLE, far, "moving", "no.* for more than 90 days")
    refused(WHOLE, soon, "  ", "needs words")
    refused(Scope(tier="disc"), soon, "moving", "no tier")
    refused(Scope(bag="z"), soon, "moving", "no bag")
    hold(scene, TAPE)
    with pytest.raises(UsageError, match="whole archive is not paused") as caught:
        resume(scene.archive, WHOLE, "", scene.clock, AGENT)
    assert caught.value.advice == "Paused are: tier tape."


def test_a_later_pause_of_the_same_replaces_the_earlier_one(scene: Scene) -> None:
    hold(scene, TAPE, 10)
    hold(scene, TAPE, 3)
    (one,) = status(scene.archive, scene.clock).pauses
    assert one.until.date() == (scene.now + timedelta(days=3)).date()


def test_everybody_who_asks_is_told(scene: Scene) -> None:
    place, until = scene.archive.root, f"{scene.now + timedelta(days=9):%Y-%m-%d}"
    words = ("--tier", "tape", "--until", until, "--reason", "the shelf is being moved")
    said = run("schedule", "pause", "-a", place, *words, ARCHIVER_CLOCK=at(scene))
    assert said.code == 0
    assert f"tier tape is paused until {until}: the shelf is being moved" in said.err
    scene.pass_days(1)
    for command, code in (
        (("due",), 6),
        (("status",), 0),
        (("plan",), 0),
        (("watch", "--within", "90d"), 0),
        (("schedule", "status"), 0),
        (("reverify", "--dry-run"), 0),
        (("reverify",), 0),
    ):
        said = run(*command, "-a", place, ARCHIVER_CLOCK=at(scene))
        assert f"paused until {until}: tier tape" in said.text, command
        assert said.code == code, command
    assert (
        "1 overdue bag is paused, and late all the same"
        in run("due", "-a", place, ARCHIVER_CLOCK=at(scene)).out
    )
    scene.pass_days(3)
    ended = run("watch", "-a", place, "--within", "48h", "--json", ARCHIVER_CLOCK=at(scene))
    assert ended.code == 6, "runs are to come all the same, and silence is silence"
    again = ("schedule", "resume", "-a", place, "--tier", "tape", "--reason", "done")
    assert run(*again, ARCHIVER_CLOCK=at(scene)).code == 0
    assert run(*again, ARCHIVER_CLOCK=at(scene)).code == 2
    told = run("history", "-a", place).out
    assert "paused of tier tape until" in told
    assert "pause of tier tape ended before its time: done" in told
