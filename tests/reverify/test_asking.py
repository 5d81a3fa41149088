"""After an event all of a tier is due at once; and what a random sample says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.errors import UsageError
from archiver.progress import Silence
from archiver.rebuild import check_catalogue, rebuild
from archiver.reverify.asking import ask_for_all
from archiver.reverify.drawing import drawn_from
from archiver.reverify.due_dates import LOOKING_UP
from archiver.reverify.run import Wish
from archiver.state import State
from tests.cli.workbench import run
from tests.packaging.scene import AGENT
from tests.reverify.scene import Scene, spoil


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Three bags, all read a day ago."""
    made = Scene(tmp_path)
    for name in ("a", "b", "tape-c"):
        made.seal(name, 1000)
    made.pass_days(31)
    made.run()
    made.pass_days(1)
    return made


def test_all_of_a_tier_is_due_until_it_is_read_whatever_the_budget(scene: Scene) -> None:
    assert scene.planned() == []
    ask_for_all(scene.archive, "default", "disk replaced", scene.clock, AGENT)
    scene.pass_days(1)
    assert scene.names(Wish(max_bytes=1)) == ["a"]
    assert scene.outcome.state is State.LATE
    assert scene.names() == ["b"]
    assert scene.planned() == []
    (event,) = scene.events("due-now")
    assert event.detail == {"tier": "default", "reason": "disk replaced"}


def test_a_check_that_began_before_it_happened_does_not_count_as_one_after_it(
    scene: Scene,
) -> None:
    """The disk is replaced while the bag is being read from the old one."""

    class Meanwhile(Silence):
        """Progress in the middle of which it happens, a minute after reading began."""

        def begin(self, phase: str, *_: object) -> None:
            self.reading = phase != LOOKING_UP

        def end(self) -> None:
            """Ask for all of it."""
            if not self.reading:
                return
            scene.pass_days(1 / 1440)
            ask_for_all(scene.archive, "default", "disk replaced", scene.clock, AGENT)
            scene.pass_days(1 / 1440)

    (one,) = scene.run(Wish(bags=("a",)), Meanwhile())
    assert one.bag == "a"
    assert sorted(scene.planned()) == ["a", "b"]
    scene.pass_days(1)
    assert sorted(scene.names()) == ["a", "b"]
    assert scene.planned() == []


def test_without_a_tier_it_is_the_whole_archive_and_a_rebuild_remembers(scene: Scene) -> None:
    ask_for_all(scene.archive, None, "flood in the cellar", scene.clock, AGENT)
    scene.archive.catalogue_path.unlink()
    rebuild(scene.archive, scene.clock, agent=AGENT)
    assert check_catalogue(scene.archive).findings == ()
    assert sorted(scene.planned()) == ["a", "b", "tape-c"]


def test_a_tier_nobody_knows_and_an_empty_reason_are_usage_errors(scene: Scene) -> None:
    for tier, reason in (("disc", "disk replaced"), ("tape", "  ")):
        with pytest.raises(UsageError):
            ask_for_all(scene.archive, tier, reason, scene.clock, AGENT)


def test_a_sound_sample_says_how_much_it_does_not_rule_out(scene: Scene) -> None:
    assert len(scene.names(Wish(sample=2))) == 2
    sample = scene.outcome.sample
    assert sample is not None
    assert (sample.population, sample.read, sample.bad) == (3, 2, 0)
    assert sample.largest_bad_share == pytest.approx(1 / 3)
    scene.run(Wish(sample=99))
    assert scene.outcome.sample is not None
    assert scene.outcome.sample.largest_bad_share == 0


def test_a_sample_with_a_bad_bag_clears_nothing(scene: Scene) -> None:
    spoil(scene.archive.bag_path("b") / "data" / "0.bin")
    scene.run(Wish(sample=3))
    assert scene.outcome.sample is not None
    assert (scene.outcome.sample.bad, scene.outcome.sample.largest_bad_share) == (1, None)
    assert scene.outcome.state is State.UNSOUND


@given(st.integers(0, 40), st.integers(1, 50))
def test_what_is_drawn_is_of_the_archive_and_nothing_twice(items: int, many: int) -> None:
    drawn, seen = drawn_from(iter(range(items)), many)
    assert seen == items
    assert len(drawn) == len(set(drawn)) == min(items, many)
    assert set(drawn) <= set(range(items))


def test_each_is_drawn_as_often_as_any_other() -> None:
    """A thousand draws of 3 out of 10: each comes 300 times, give or take five deviations."""
    times = [0] * 10
    for _ in range(1000):
        for item in drawn_from(range(10), 3)[0]:
            times[item] += 1
    assert all(228 <= number <= 372 for number in times), times


def test_the_commands_say_it(scene: Scene) -> None:
    place, clock = scene.archive.root, f"{scene.now:%Y-%m-%dT%H:%M:%SZ}"
    said = run("reverify", "-a", place, "--sample", "2", ARCHIVER_CLOCK=clock)
    assert "a random sample, 2 of 3 bags: all sound; 95% of such samples" in said.err
    record = run("reverify", "-a", place, "--sample", "3", "--json", ARCHIVER_CLOCK=clock)
    assert record.record("run")["sample"]["largest_bad_share"] == 0
    scene.pass_days(1)
    clock = f"{scene.now:%Y-%m-%dT%H:%M:%SZ}"
    said = run(
        "reverify", "-a", place, "--after", "disk replaced", "--tier", "tape", ARCHIVER_CLOCK=clock
    )
    assert "all of tier tape is due now: disk replaced" in said.err
    assert said.code == 0
    planned = ("--after", "x", "--dry-run", "--json")
    bags = run("reverify", "-a", place, *planned, ARCHIVER_CLOCK=clock).records("planned")
    assert [one["bag"] for one in bags] == ["a", "b", "tape-c"]
    assert len(list(scene.events("due-now"))) == 1, "a dry run asks for nothing"
    assert run("reverify", "-a", place, "--all", "--sample", "2").code == 2
