"""``schedule`` and ``watch`` from the command line: what is installed, and what silence means."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from archiver.durable import Lock
from archiver.events import EventLog
from archiver.reverify.run import LOCK
from archiver.schedule import systemd
from archiver.schedule.job import Job
from policies.timetable import timetable
from tests.cli.workbench import run
from tests.packaging.scene import AGENT
from tests.reverify.scene import Scene


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """An archive of one bag, and a user without any schedule."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    made = Scene(tmp_path)
    made.seal("a")
    return made


def _at(scene: Scene) -> str:
    return f"{scene.now:%Y-%m-%dT%H:%M:%SZ}"


def test_silence_is_an_alarm_after_the_time_that_was_said(scene: Scene) -> None:
    place = scene.archive.root
    scene.pass_days(1)
    scene.run()
    ended = _at(scene)
    scene.pass_days(1.5)
    watch = ("watch", "-a", place, "--within", "36h")
    assert run(*watch, "--quiet", ARCHIVER_CLOCK=_at(scene)).text == ""
    scene.now += timedelta(seconds=1)
    said = run(*watch, "--quiet", ARCHIVER_CLOCK=_at(scene))
    assert said.code == 6
    assert f"the last run ended {ended}" in said.out
    record = run(*watch, "--json", ARCHIVER_CLOCK=_at(scene)).record("watch")
    assert (record["silent"], record["quiet_since"]) == (True, ended)


def test_a_run_that_only_the_log_knows_of_is_heard_of(scene: Scene) -> None:
    """It died between the two, or another works and holds the lock: nothing is written here."""
    place = scene.archive.root
    scene.pass_days(3)
    detail = {"bags": 0, "bytes": 0, "seconds": 0}
    log = EventLog(scene.archive.log, scene.clock)
    log.append("reverify", bag=None, outcome="sound", detail=detail, agent=AGENT)
    paused = {"tier": "tape", "until": "2026-02-01T00:00:00Z", "reason": "moving"}
    log.append("pause", bag=None, outcome="paused", detail=paused, agent=AGENT)
    before = scene.archive.catalogue_path.read_bytes()
    with scene.archive.writer_lock("package", scene.now):
        said = run("watch", "-a", place, "--json", ARCHIVER_CLOCK=_at(scene))
    assert said.code == 0
    record = said.record("watch")
    assert record["quiet_since"] == _at(scene)
    assert [one["tier"] for one in record["pauses"]] == ["tape"]
    log.append("resume", bag=None, outcome="resumed", detail={"tier": "tape"}, agent=AGENT)
    said = run("schedule", "status", "-a", place, "--json", ARCHIVER_CLOCK=_at(scene))
    assert said.record("schedule")["pauses"] == []
    assert scene.archive.catalogue_path.read_bytes() == before


def test_an_archive_that_was_never_checked_is_silent_from_its_making_on(scene: Scene) -> None:
    place, made = scene.archive.root, _at(scene)
    assert run("watch", "-a", place, ARCHIVER_CLOCK=made).code == 0
    scene.pass_days(3)
    said = run("watch", "-a", place, ARCHIVER_CLOCK=_at(scene))
    assert said.code == 6
    assert "no run has ended since the archive was made" in said.out


def test_silence_is_measured_by_the_timer_that_is_installed(scene: Scene) -> None:
    job = Job(scene.archive.root, timetable("02:30", "mon,thu"))
    systemd.put(job, systemd.folder_of(system=False), system=False)
    scene.pass_days(8)
    well = run("schedule", "status", "-a", job.root, ARCHIVER_CLOCK=_at(scene))
    assert well.code == 0
    assert "02:30 mon,thu" in well.out
    scene.pass_days(0.1)
    late = run("schedule", "status", "-a", job.root, "--json", ARCHIVER_CLOCK=_at(scene))
    assert late.code == 6
    assert late.record("schedule")["next"] is not None


def test_a_lock_that_is_held_for_too_long_is_an_alarm(scene: Scene) -> None:
    place = scene.archive.root
    with Lock(place / LOCK, "reverify", scene.now):
        scene.pass_days(1)
        watch = ("watch", "-a", place, "--within", "90d", "--json")
        (busy,) = run(*watch, ARCHIVER_CLOCK=_at(scene)).record("watch")["busy"]
        assert busy["purpose"] == "reverify"
        assert run(*watch, "--lock-limit", "23h", ARCHIVER_CLOCK=_at(scene)).code == 6
    assert run(*watch, "--lock-limit", "23h", ARCHIVER_CLOCK=_at(scene)).code == 0


def test_installed_units_are_removed_without_a_trace_of_them(scene: Scene) -> None:
    place, folder = scene.archive.root, systemd.folder_of(system=False)
    folder.mkdir(parents=True)
    (folder / "other.timer").write_text("mine")
    with_systemd = ("-a", place, "--with", "systemd")
    said = run("schedule", "install", *with_systemd, "--json", "--", "--max-time", "4h")
    record = said.record("schedule-installed")
    assert (said.code, record["changed"]) == (0, True)
    assert record["command"][-2:] == ["--max-time", "4h"]
    again = run("schedule", "install", *with_systemd, "--json", "--", "--max-time", "4h")
    assert again.record("schedule-installed")["changed"] is False
    assert run("schedule", "remove", *with_systemd, "--json").record("schedule-removed")["removed"]
    assert [one.name for one in folder.iterdir()] == ["other.timer"]


@pytest.mark.parametrize("words", [("--at", "25:00"), ("--", "--max-time", "soon"), ("--", "x")])
def test_what_reverify_would_refuse_is_not_installed(scene: Scene, words: tuple[str, ...]) -> None:
    assert run("schedule", "print", "-a", scene.archive.root, *words).code == 2


def test_what_would_be_installed_is_printed(scene: Scene) -> None:
    said = run("schedule", "print", "-a", scene.archive.root, "--at", "01:05", "--on", "sun")
    assert "\n5 1 * * 0 /" in said.out
    assert "\n@reboot /" in said.out
    assert (
        "Persistent=true"
        in run("schedule", "print", "-a", scene.archive.root, "--with", "systemd").out
    )
