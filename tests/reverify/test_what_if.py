"""``plan``: the policy in force beside others; nothing is changed by asking."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.errors import UsageError
from archiver.events import EventLog
from archiver.reverify.outlook import outlook
from archiver.reverify.what_if import IN_FORCE, compare_rules
from tests.cli.workbench import run
from tests.packaging.scene import AGENT
from tests.reverify.scene import Scene


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """Three bags that were read a day after they were sealed, 40 days ago."""
    made = Scene(tmp_path)
    for name in ("a", "b", "tape-c"):
        made.seal(name, 1_000_000)
    made.pass_days(31)
    made.run()
    detail = {"bags": 3, "bytes": 3_000_000, "seconds": 1}  # a rate, however fast the run was
    log = EventLog(made.archive.log, made.clock)
    log.append("reverify", bag=None, outcome="sound", detail=detail, agent=AGENT)
    made.pass_days(40)
    return made


def test_the_policy_in_force_stands_as_due_tells_it(scene: Scene) -> None:
    (mine,) = compare_rules(scene.archive, scene.now, []).alternatives
    told = outlook(scene.archive, scene.now)
    assert mine.name == IN_FORCE
    assert mine.projection.forecast == told.forecast
    assert mine.projection.overdue_bags == told.overdue_bags == 0
    assert mine.projection.pace == told.pace


def test_another_cadence_is_compared_and_nothing_is_changed(scene: Scene) -> None:
    before = scene.row("a")
    events = scene.archive.log.joinpath("000001.jsonl").read_bytes()
    found = compare_rules(scene.archive, scene.now, [("mine", {"cadence": "30d"})])
    assert [one.projection.overdue_bags for one in found.alternatives] == [0, 3]
    assert outlook(scene.archive, scene.now).overdue_bags == 0
    assert scene.row("a") == before
    assert scene.archive.log.joinpath("000001.jsonl").read_bytes() == events


def test_a_wish_that_is_none_is_a_usage_error(scene: Scene) -> None:
    with pytest.raises(UsageError, match="cadence=often"):
        compare_rules(scene.archive, scene.now, [("x", {"cadence": "often"})])


def test_the_command_puts_them_side_by_side(scene: Scene) -> None:
    place, clock = scene.archive.root, f"{scene.now:%Y-%m-%dT%H:%M:%SZ}"
    wish = ("--what-if", "cadence=30d,budget=1kB")
    said = run("plan", "-a", place, *wish, ARCHIVER_CLOCK=clock)
    assert said.code == 0
    lines = said.out.splitlines()
    assert lines[0].split("  ")[0] == "rules"
    assert "yes" in lines[1]
    assert "no " in lines[2]
    assert f"{scene.now:%Y-%m-%d}" in lines[2]
    mine, other = run("plan", "-a", place, *wish, "--json", ARCHIVER_CLOCK=clock).records("plan")
    assert (mine["closes"], other["closes"], other["pace"]) == (True, False, 1000.0)
    assert [tier["longest_days"] for tier in mine["tiers"]] == [90, 365]
    for words in ("cadence", "cadence=x", "budget=90d"):
        assert run("plan", "-a", place, "--what-if", words).code == 2
