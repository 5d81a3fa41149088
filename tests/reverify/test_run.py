"""A night's run: what it takes on, what it finds, what it leaves behind."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from archiver.durable import Lock
from archiver.errors import BusyError, UsageError
from archiver.findings import Finding
from archiver.progress import Silence
from archiver.reverify.confirm import confirmed
from archiver.reverify.due_dates import LOOKING_UP
from archiver.reverify.run import LOCK, Run, Wish
from archiver.state import State
from archiver.verify import Depth, verify_bag
from tests.packaging.scene import AGENT
from tests.reverify.scene import Scene, spoil


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """An archive without a bag."""
    return Scene(tmp_path)


def test_a_bag_is_checked_after_a_day_after_a_month_and_then_once_a_quarter(scene: Scene) -> None:
    scene.seal("a")
    checked_on = []
    for day in range(1, 300):
        scene.pass_days(1)
        scene.archive.policy_path.touch()
        if scene.planned(Wish(max_bytes=None)) and _is_due(scene, "a"):
            assert scene.names() == ["a"]
            checked_on.append(day)
    assert checked_on == [1, 30, 120, 210]


def _is_due(scene: Scene, bag: str) -> bool:
    return str(scene.row(bag).due_at) <= f"{scene.now:%Y-%m-%dT%H:%M:%SZ}"


def test_every_byte_is_read_from_the_medium_and_the_check_is_recorded(scene: Scene) -> None:
    scene.seal("a", 3_000_000, 10)
    scene.pass_days(1)
    (one,) = scene.run()
    assert (one.found.from_medium, one.depth) == ("medium", Depth.BLAKE3)
    assert one.found.checked_bytes == 3_000_010
    (event,) = scene.events("verify")
    assert event.detail["from_medium"] == "medium"
    (run,) = scene.events("reverify")
    assert (run.outcome, run.detail["bags"], run.detail["bytes"]) == ("sound", 1, 3_000_010)
    assert scene.outcome.state is State.SOUND
    assert scene.run() == []


def test_spare_budget_is_spent_ahead_but_not_on_what_was_just_read(scene: Scene) -> None:
    for name in "abc":
        scene.seal(name)
        scene.pass_days(10)
    scene.run()
    scene.pass_days(46)
    assert scene.names() == ["b", "c", "a"], "b and c are due a month after their sealing"
    scene.pass_days(1)
    assert scene.names() == []


def test_without_any_budget_only_what_is_due_is_read(tmp_path: Path) -> None:
    scene = Scene(tmp_path, '[fixity]\n[fixity.cadence]\ndefault = "90 days"\n')
    scene.seal("a")
    scene.pass_days(60)
    assert scene.names() == []
    scene.pass_days(30)
    assert scene.names() == ["a"]


def test_a_deep_check_verifies_every_manifest_when_its_time_has_come(scene: Scene) -> None:
    scene.seal("a")
    depths = []
    for _ in range(5):
        scene.pass_days(91)
        depths += [one.depth for one in scene.run()]
    assert depths == [Depth.BLAKE3] * 4 + [Depth.FULL]
    assert scene.row("a").deep_at == scene.row("a").checked_at


def test_a_tier_that_the_policy_does_not_know_is_no_run(scene: Scene) -> None:
    scene.seal("a")
    for wish in (Wish(tier="tapes"), Wish(tier="tapes", everything=True)):
        with pytest.raises(UsageError, match="no tier 'tapes'"):
            scene.run(wish)
    assert not list(scene.events("reverify"))


def test_tiers_have_cadences_of_their_own(scene: Scene) -> None:
    scene.seal("tape-1")
    scene.seal("disk-1")
    for _ in range(2):
        scene.pass_days(30)
        scene.run()
    scene.pass_days(100)
    assert scene.names(Wish(tier="default")) == ["disk-1"]
    assert scene.names(Wish(tier="tape")) == []
    assert scene.names(Wish(tier="tape", everything=True)) == ["tape-1"]


def test_damage_is_found_in_its_place_and_the_bag_comes_first_the_next_night(scene: Scene) -> None:
    for name in "abc":
        scene.seal(name, 3 << 20)
    scene.pass_days(1)
    spoil(scene.archive.bag_path("b") / "data" / "0.bin", (1 << 20) + 5)
    checked = {one.bag: one.found for one in scene.run()}
    assert [name for name, found in checked.items() if found.state is not State.SOUND] == ["b"]
    (finding,) = checked["b"].findings
    assert (finding.code, finding.path) == ("mismatch", "data/0.bin")
    assert "1,048,576-2,097,151" in finding.message
    assert scene.outcome.state is State.UNSOUND
    assert scene.row("b").failing
    scene.pass_days(1)
    (again,) = scene.run()
    assert (again.bag, again.depth) == ("b", Depth.FULL)


def test_what_reads_right_the_second_time_is_transient_and_no_damage(scene: Scene) -> None:
    """The file is put right between the two readings, as a cable that is pushed in would."""
    bag = scene.seal("a", 1000)
    file = bag / "data" / "0.bin"
    right = file.read_bytes()
    spoil(file)

    class Mend:
        """Progress that mends the file when the first reading is over."""

        def begin(self, phase: str, *_: object) -> None:
            """Nothing yet."""
            self.reading = phase != LOOKING_UP

        def advance(self, n_bytes: int, n_files: int) -> None:
            """Nothing yet."""

        def end(self) -> None:
            """Mend it."""
            if self.reading:
                file.write_bytes(right)

    scene.pass_days(1)
    (one,) = scene.run(progress=Mend())
    assert [finding.code for finding in one.found.findings] == ["transient"]
    assert one.found.state is State.SOUND
    assert not scene.row("a").failing


def test_only_what_read_wrong_is_put_right_by_reading_it_again(scene: Scene) -> None:
    bag = scene.seal("a", 1000)
    file = bag / "data" / "0.bin"
    right = file.read_bytes()
    spoil(file)
    found = verify_bag(bag, depth=Depth.FULL)
    file.write_bytes(right)
    other = Finding("not-the-sealed-bag", "there is more amiss with it", "data/0.bin")
    again = confirmed(replace(found, findings=(*found.findings, other)), Depth.FULL)
    assert [one.code for one in again.findings] == ["transient", "not-the-sealed-bag"]
    assert again.state is State.UNSOUND


@pytest.mark.parametrize("damage", ["emptied", "re-made", "gone"])
def test_a_bag_that_is_valid_in_itself_but_not_the_one_sealed_is_found(
    scene: Scene, damage: str
) -> None:
    bag = scene.seal("a")
    other = scene.seal("b")
    scene.pass_days(1)
    bag.chmod(0o755)
    shutil.rmtree(bag)
    if damage == "re-made":
        shutil.copytree(other, bag)
    elif damage == "emptied":
        (bag / "data").mkdir(parents=True)
    checked = {one.bag: one.found for one in scene.run()}
    assert checked["b"].state is State.SOUND
    assert checked["a"].state is State.UNSOUND
    codes = {finding.code for finding in checked["a"].findings}
    assert codes & {"not-the-sealed-bag", "held-bag-missing"}


def test_a_store_that_is_not_mounted_is_one_finding_and_nothing_is_called_missing(
    scene: Scene,
) -> None:
    for name in "abc":
        scene.seal(name)
    scene.pass_days(1)
    away = scene.place / "away"
    scene.archive.bags.rename(away)
    for _ in range(2):
        assert scene.run() == []
        assert [one.code for one in scene.outcome.findings] == ["store-offline"]
        assert scene.outcome.state is State.INCOMPLETE
        scene.archive.bags.mkdir(exist_ok=True)  # the empty mount point
    assert list(scene.events("verify")) == []
    scene.archive.bags.rmdir()
    away.rename(scene.archive.bags)
    assert scene.names() == ["a", "b", "c"]


def test_when_the_time_is_up_what_was_read_is_recorded_and_the_rest_waits(scene: Scene) -> None:
    for name in "abc":
        scene.seal(name)
    scene.pass_days(1)
    assert scene.names(Wish(max_seconds=0.0)) == ["a"]
    assert (scene.outcome.stopped, scene.outcome.due) == ("time", 2)
    assert scene.outcome.state is State.LATE
    assert scene.names() == ["b", "c"]


def test_a_run_that_is_cut_off_loses_only_the_bag_in_hand(scene: Scene) -> None:
    for name in "abc":
        scene.seal(name)
    scene.pass_days(1)
    run = Run(scene.archive, Wish(), scene.clock, AGENT, Silence())
    with closing(run.checks()) as checks:
        assert [next(checks).bag for _ in range(2)] == ["a", "b"]
    assert scene.names() == ["c"]


def test_a_second_run_is_refused_while_one_works(scene: Scene) -> None:
    scene.seal("a")
    with Lock(scene.archive.root / LOCK, "reverify", scene.now), pytest.raises(BusyError):
        scene.run()


def test_a_bag_that_is_not_held_cannot_be_asked_for(scene: Scene) -> None:
    scene.seal("a")
    with pytest.raises(UsageError, match="no bag 'b'"):
        scene.run(Wish(bags=("a", "b")))


def test_another_policy_changes_what_is_due(scene: Scene) -> None:
    scene.seal("a")
    scene.pass_days(30)
    scene.run()
    before = scene.row("a").due_at
    text = scene.archive.policy_path.read_text()
    scene.archive.policy_path.write_text(text.replace('"90 days"', '"120 days"'))
    scene.planned()
    assert str(scene.row("a").due_at) > str(before)


def test_reading_is_slowed_to_the_rate_that_was_wished(scene: Scene) -> None:
    scene.seal("a", 8 << 20)
    scene.pass_days(1)
    (slow,) = scene.run(Wish(rate=float(16 << 20)))
    assert slow.seconds >= 0.45
