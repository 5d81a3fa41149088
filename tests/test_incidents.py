"""Incidents: opened by a finding, closed by a person, never lost, never closed by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.archive import Archive, sqlite_url
from archiver.catalogue import Catalogue
from archiver.catalogue.rows import CaseRow
from archiver.errors import BusyError, UsageError
from archiver.events import Event, EventLog
from archiver.holdings import status
from archiver.incidents import (
    close_incident,
    file_findings,
    list_incidents,
    note_incident,
    show_incident,
)
from archiver.rebuild import catch_up, check_catalogue, rebuild
from tests.cli.workbench import run
from tests.packaging.scene import AGENT
from tests.reverify.scene import Scene, spoil


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    """An archive of two bags, one of which was found damaged."""
    made = Scene(tmp_path)
    made.seal("a", 1000)
    made.seal("b", 1000)
    made.pass_days(1)
    spoil(_file(made))
    made.run()
    return made


def _file(scene: Scene) -> Path:
    return scene.archive.bag_path("a") / "data" / "0.bin"


def _cases(archive: Archive, *, closed_too: bool = False) -> list[CaseRow]:
    return list(list_incidents(archive, closed_too=closed_too))


def test_a_finding_opens_a_case_for_its_bag_and_the_next_adds_to_it(scene: Scene) -> None:
    (case,) = _cases(scene.archive)
    assert (case.bag, case.state, case.checks) == ("a", "unsound", 1)
    scene.pass_days(1)
    scene.run()
    (same,) = _cases(scene.archive)
    assert (same.id, same.checks, same.last_state) == (case.id, 2, "unsound")
    assert status(scene.archive).open_incidents == 1


def test_a_bag_that_is_sound_again_says_so_once_and_its_case_stays_open(scene: Scene) -> None:
    spoil(_file(scene))
    for _ in range(3):
        scene.pass_days(40)
        scene.run()
    (case,) = _cases(scene.archive)
    assert (case.last_state, case.closed_at, case.checks) == ("sound", None, 2)
    assert len(list(scene.events("incident-noted"))) == 1
    assert status(scene.archive).open_incidents == 1


def test_a_person_closes_it_with_a_reason_and_a_new_finding_opens_a_new_one(scene: Scene) -> None:
    (case,) = _cases(scene.archive)
    note_incident(scene.archive, case.id, "cable replaced", scene.clock, AGENT)
    close_incident(scene.archive, case.id, " the loss is accepted ", scene.clock, AGENT)
    assert _cases(scene.archive) == []
    (closed,) = _cases(scene.archive, closed_too=True)
    assert (closed.reason, closed.notes) == ("the loss is accepted", 1)
    note_incident(scene.archive, case.id, "an afterthought", scene.clock, AGENT)
    scene.pass_days(1)
    scene.run()
    (new,) = _cases(scene.archive)
    assert new.id > case.id
    story = show_incident(scene.archive, case.id).events
    assert [event.type for event in story] == [
        "verify", "incident-opened", "incident-noted", "incident-closed", "incident-noted",
    ]  # fmt: skip


def test_what_makes_no_sense_is_refused(scene: Scene) -> None:
    (case,) = _cases(scene.archive)
    for number, reason in ((case.id + 1, "done"), (case.id, "  ")):
        with pytest.raises(UsageError):
            close_incident(scene.archive, number, reason, scene.clock, AGENT)
    close_incident(scene.archive, case.id, "done", scene.clock, AGENT)
    with pytest.raises(UsageError, match="was closed"):
        close_incident(scene.archive, case.id, "done", scene.clock, AGENT)
    with pytest.raises(UsageError):
        show_incident(scene.archive, 1)


def test_a_bag_that_cannot_be_read_and_one_that_is_gone_open_cases_too(scene: Scene) -> None:
    scene.archive.bag_path("b").rename(scene.place / "elsewhere")
    assert run("verify", "b", "-a", scene.archive.root).code == 3
    assert [case.bag for case in _cases(scene.archive)] == ["a", "b"]


def test_a_run_that_dies_before_the_case_is_opened_loses_nothing(scene: Scene) -> None:
    """The check stands in the log, and the machine stops before the case's event does."""
    scene.pass_days(1)
    _check(scene, "b", "unsound")
    with Catalogue.open(scene.archive.catalogue_url, writing=True) as catalogue:
        catch_up(scene.archive, catalogue)
    assert status(scene.archive).open_incidents == 2
    scene.run()
    assert [case.bag for case in _cases(scene.archive)] == ["a", "b"]
    assert status(scene.archive).open_incidents == 2


def test_while_another_run_holds_the_archive_the_finding_waits(scene: Scene) -> None:
    (case,) = _cases(scene.archive)
    place = str(scene.archive.root)
    with scene.archive.writer_lock("package", scene.now):
        assert run("verify", "a", "-a", place).code == 3
        with pytest.raises(BusyError):
            close_incident(scene.archive, case.id, "done", scene.clock, AGENT)
    assert _cases(scene.archive)[0].checks == 1
    note_incident(scene.archive, case.id, "read once more", scene.clock, AGENT)
    assert _cases(scene.archive)[0].checks == 2


def test_rebuilding_gives_the_same_cases_and_the_check_sees_every_difference(scene: Scene) -> None:
    scene.pass_days(1)
    _check(scene, "b", "altered")
    (case,) = _cases(scene.archive)
    note_incident(scene.archive, case.id, "seen", scene.clock, AGENT)
    before = _cases(scene.archive, closed_too=True)
    rebuild(scene.archive, scene.clock, agent=AGENT)
    assert _cases(scene.archive, closed_too=True) == before
    assert check_catalogue(scene.archive).findings == ()
    _alter(scene.archive, "UPDATE incident SET closed_at = '2026-01-01T00:00:00Z'")
    codes = {finding.code for finding in check_catalogue(scene.archive).findings}
    assert codes == {"catalogue-row-differs"}


def _alter(archive: Archive, statement: str) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(archive.catalogue_path)) as connection, connection:
        connection.execute(statement)


def _check(scene: Scene, bag: str, state: str) -> Event:
    log = EventLog(scene.archive.log, scene.clock)
    detail = {"depth": "blake3", "state": state}
    return log.append("verify", bag=bag, outcome=state, detail=detail, agent=AGENT)


_DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["sound", "unsound", "altered", "incomplete", "close", "file"]),
        st.sampled_from("ab"),
    ),
    max_size=25,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=_DEEDS)
def test_whatever_happens_every_finding_is_in_a_case_and_only_people_close(
    tmp_path_factory: pytest.TempPathFactory, deeds: list[tuple[str, str]]
) -> None:
    """Checks of two bags in any order, filed at once, late, or after others; people close some."""
    scene = Scene(tmp_path_factory.mktemp("cases"))
    archive = scene.archive
    unsound: list[int] = []
    for deed, bag in deeds:
        if deed == "close":
            for case in [case for case in _cases(archive) if case.bag == bag]:
                close_incident(archive, case.id, "settled", scene.clock, AGENT)
        elif deed == "file":
            _filed(scene)
        else:
            event = _check(scene, bag, deed)
            unsound += [event.seq] if deed != "sound" else []
    _filed(scene)
    events = list(EventLog(archive.log, scene.clock).read())
    filed = [event.detail.get("check") for event in events if event.type.startswith("incident")]
    assert set(unsound) <= set(filed)
    assert len([seq for seq in filed if seq]) == len({seq for seq in filed if seq})
    closed = {event.detail["incident"] for event in events if event.type == "incident-closed"}
    every = _cases(archive, closed_too=True)
    assert {case.id for case in every if case.closed_at} == closed
    open_bags = [case.bag for case in every if not case.closed_at]
    assert len(open_bags) == len(set(open_bags))
    assert all(event.outcome != "sound" for event in events if event.type == "incident-opened")
    url = sqlite_url(scene.place / "anew.sqlite")
    with Catalogue.create(url, archive.identity, scratch=True) as anew:
        for event in events:
            anew.index_event(event)
        assert list(anew.cases.all()) == every
        assert anew.cases.unfiled() == []


def _filed(scene: Scene) -> None:
    with Catalogue.open(scene.archive.catalogue_url, writing=True) as catalogue:
        catch_up(scene.archive, catalogue)
        file_findings(scene.archive, catalogue, scene.clock, AGENT)


def test_the_commands_tell_people_and_programs(scene: Scene) -> None:
    place = scene.archive.root
    (case,) = _cases(scene.archive)
    number = str(case.id)
    assert "open, unsound" in run("incident", "list", "-a", place).out
    assert run("incident", "note", number, "look\x1b at it", "-a", place).code == 0
    assert "to be settled   1 open incident" in run("status", "-a", place).out
    said = run("incident", "show", number, "-a", place)
    assert "incident opened: unsound" in said.out
    assert "look\\x1b at it" in said.out
    assert run("incident", "close", number, "-a", place).code == 2
    assert run("incident", "close", number, "-a", place, "--reason", "settled").code == 0
    assert "there is no open incident" in run("incident", "list", "-a", place).out
    assert "closed 20" in run("incident", "list", "--all", "-a", place).out
    record = run("incident", "list", "--all", "--json", "-a", place).record("incident")
    assert (record["reason"], record["bag"]) == ("settled", "a")
    assert run("status", "--json", "-a", place).record("status")["open_incidents"] == 0
    known = run("history", "a", "--json", "-a", place).record("known")
    assert known["open_incidents"] == []
