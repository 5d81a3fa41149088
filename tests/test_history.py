"""``history``: what became of a bag, and what was known on any day."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.errors import UsageError
from archiver.history import History
from archiver.progress import Silence
from archiver.state import State
from tests.cli.workbench import run
from tests.reverify.scene import Scene, spoil


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """A bag that was sound for four months, then rotted, then was mended; and one beside it."""
    made = Scene(tmp_path)
    bag = made.seal("a", 1000)
    made.seal("b", 1000)
    made.pass_days(1)
    for days in (29, 90, 90):
        made.run()
        made.pass_days(days)
    spoil(bag / "data" / "0.bin")
    made.run()
    spoil(bag / "data" / "0.bin")
    made.pass_days(1)
    made.run()
    return made


def _verdicts(history: History) -> list[str]:
    return [event.outcome for event in history.events() if event.type == "verify"]


def test_every_event_of_a_bag_is_told_in_the_order_of_the_log(scene: Scene) -> None:
    history = History(scene.archive, "a")
    events = list(history.events())
    assert [event.type for event in events][:3] == ["package", "seal", "verify"]
    assert {event.bag for event in events} == {"a"}
    verdicts = [event.outcome for event in events if event.type == "verify"]
    assert verdicts == ["sound-by-blake3"] * 3 + ["invalid", "valid"]
    assert all(event.detail["seconds"] >= 0 for event in events if event.type == "verify")
    assert history.known is not None
    assert (history.known.checks, history.known.failures) == (5, 1)
    assert (history.known.state, history.known.verdict) == ("sound", "valid")


def test_what_was_known_on_a_day_leaves_out_all_that_came_later(scene: Scene) -> None:
    def known_on(days_ago: float) -> tuple[str | None, str | None]:
        before = scene.now
        scene.pass_days(-days_ago)
        history = History(scene.archive, "a", until=scene.now)
        scene.now = before
        list(history.events())
        assert history.known is not None
        return history.known.verdict, history.known.checked_at

    assert known_on(0) == ("valid", f"{scene.now:%Y-%m-%dT%H:%M:%SZ}")
    assert known_on(0.5)[0] == "invalid"
    assert known_on(2)[0] == "sound-by-blake3"
    with pytest.raises(UsageError):
        known_on(1000)


def test_the_brief_view_leaves_out_what_is_sound_between_sound_checks(scene: Scene) -> None:
    history = History(scene.archive, "a", brief=True)
    assert _verdicts(history) == ["sound-by-blake3", "sound-by-blake3", "invalid", "valid"]
    assert history.left_out == 1
    assert history.known is not None
    assert history.known.checks == 5, "what is not shown still counts"
    whole = History(scene.archive, brief=True)
    assert _verdicts(whole).count("invalid") == 1
    assert whole.left_out == 3


def test_a_quick_look_is_no_reading(scene: Scene) -> None:
    from archiver.verify import Depth
    from archiver.verify_held import read_seals, record_verification, verify_held
    from tests.packaging.scene import AGENT

    def looked_at() -> str | None:
        history = History(scene.archive, "a")
        list(history.events())
        assert history.known is not None
        return history.known.checked_at

    before = looked_at()
    scene.pass_days(3)
    seals = read_seals(scene.archive, ["a"], scene.clock)
    found = verify_held(
        scene.archive,
        "a",
        seals,
        depth=Depth.FAST,
        from_medium=False,
        workers=1,
        progress=Silence(),
    )
    record_verification(
        scene.archive,
        "a",
        found,
        depth=Depth.FAST,
        clock=scene.clock,
        agent=AGENT,
        begun=scene.clock(),
    )
    assert looked_at() == before


def test_a_damaged_log_is_told_and_the_rest_is_still_read(scene: Scene) -> None:
    log = scene.archive.log / "000001.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b'"seal"', b'"feal"')
    log.write_bytes(b"".join(lines))
    history = History(scene.archive, "b")
    assert _verdicts(history)
    assert history.state is State.UNSOUND


def test_the_command_tells_people_and_programs(scene: Scene) -> None:
    place = scene.archive.root
    said = run("history", "a", "-a", place)
    assert said.code == 0
    assert "sealed: 1 file, 1.0 kB" in said.out
    assert "checked (BLAKE3): invalid, 1 file, 1.0 kB from the medium, mismatch (1)" in said.out
    assert "known then: valid; 5 checks, 1 failed" in said.out
    everything = run("history", "-a", place)
    assert "run of re-verification" in everything.out
    assert "b: sealed" in everything.out
    records = run("history", "a", "-a", place, "--json", "--as-of", "2026-01-31")
    assert [one["event"] for one in records.records("history")][-1] == "verify"
    assert records.record("known")["checks"] == 2
    between = ("--since", "2026-01-02", "--as-of", "2026-01-31", "--json")
    later = run("history", "a", "-a", place, *between)
    assert 0 < len(later.records("history")) < len(records.records("history"))
    assert min(one["time"] for one in later.records("history")) >= "2026-01-02"
    assert later.record("known") == records.record("known")
    assert "nothing was done from 2099" in run("history", "-a", place, "--since", "2099-01-01").out
    assert run("history", "nobody", "-a", place).code == 2
    assert run("history", "a", "-a", place, "--as-of", "2025-01-01").code == 2
