"""``due``: debt, rate and forecast out of a real catalogue."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from archiver.reverify.outlook import due_bags, outlook
from archiver.state import State
from tests.cli.workbench import run
from tests.reverify.scene import Scene


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """An archive of three bags that were just sealed."""
    made = Scene(tmp_path)
    for name in ("a", "b", "tape-c"):
        made.seal(name, 1_000_000)
    return made


def test_nothing_is_overdue_right_after_sealing_and_all_of_it_two_days_later(scene: Scene) -> None:
    assert outlook(scene.archive, scene.now).state is State.SOUND
    scene.pass_days(2)
    found = outlook(scene.archive, scene.now)
    assert (found.overdue_bags, found.overdue_bytes) == (3, 3_000_000)
    assert found.state is State.LATE
    assert [row.id for row in due_bags(scene.archive, scene.now)] == ["a", "b", "tape-c"]
    assert [row.id for row in due_bags(scene.archive, scene.now, "tape")] == ["tape-c"]


def test_what_will_be_due_on_a_later_day_can_be_asked_for(scene: Scene) -> None:
    scene.pass_days(30)
    scene.run()
    later = scene.now + timedelta(days=100)
    assert outlook(scene.archive, scene.now).overdue_bags == 0
    assert [row.id for row in due_bags(scene.archive, later)] == ["a", "b"]


def test_the_rate_is_measured_and_the_forecast_rests_on_it(scene: Scene) -> None:
    assert outlook(scene.archive, scene.now).forecast is None
    for seconds, n_bytes in ((10, 10_000), (10, 20_000), (0, 5), (10, 1_000_000)):
        _log_run(scene, n_bytes, seconds)
    found = outlook(scene.archive, scene.now)
    assert found.rate == 2_000
    assert found.pace == 2_000 * 8 * 3600
    assert found.forecast is not None
    assert found.forecast.needed == pytest.approx(2_000_000 / 90 + 1_000_000 / 365)
    assert found.state is State.SOUND


def test_a_cadence_that_cannot_be_kept_is_told_with_the_day_it_breaks(scene: Scene) -> None:
    scene.pass_days(1)
    scene.run()
    _log_run(scene, 100, 3600)
    text = scene.archive.policy_path.read_text()
    scene.archive.policy_path.write_text(text.replace('"8 hours"', '"1 hour"'))
    for _ in range(31):
        _log_run(scene, 100, 3600)
    found = outlook(scene.archive, scene.now)
    assert found.pace == pytest.approx(100)
    assert found.forecast is not None
    assert found.forecast.breach == (scene.now + timedelta(days=29)).date()
    assert found.state is State.LATE


def _log_run(scene: Scene, n_bytes: int, seconds: int) -> None:
    from archiver.events import EventLog
    from tests.packaging.scene import AGENT

    detail = {"bags": 1, "bytes": n_bytes, "seconds": seconds}
    log = EventLog(scene.archive.log, scene.clock)
    log.append("reverify", bag=None, outcome="sound", detail=detail, agent=AGENT)


def test_the_command_says_it_and_leaves_with_six(scene: Scene) -> None:
    place = scene.archive.root
    said = run("due", "-a", place, "--as-of", "2026-02-01", "--bags")
    assert said.code == 6
    assert "a: 1.0 MB, due 2026-01-02" in said.out
    assert "2 (2.0 MB)" in said.out
    record = run("due", "-a", place, "--as-of", "2026-02-01", "--json").record("outlook")
    assert (record["overdue_bags"], record["state"]) == (3, "late")


def test_a_nights_run_from_the_command_line(scene: Scene) -> None:
    place, later = scene.archive.root, "2026-01-03T02:00:00Z"
    planned = run("reverify", "-a", place, "--dry-run", "--json", ARCHIVER_CLOCK=later)
    assert [one["bag"] for one in planned.records("planned")] == ["a", "b", "tape-c"]
    said = run("reverify", "-a", place, "--json", "--max-bytes", "2MB", ARCHIVER_CLOCK=later)
    assert said.code == 6
    assert [one["bag"] for one in said.records("checked")] == ["a", "b"]
    assert said.record("run")["due"] == 1
    assert run("reverify", "-a", place, ARCHIVER_CLOCK=later).code == 0
    assert run("due", "-a", place, ARCHIVER_CLOCK=later).code == 0


@pytest.mark.parametrize(
    "words", [("--max-time", "soon"), ("--max-bytes", "-3"), ("--bag", "nobody")]
)
def test_what_makes_no_sense_is_a_usage_error(scene: Scene, words: tuple[str, str]) -> None:
    assert run("reverify", "-a", scene.archive.root, *words).code == 2
