"""What leaves the house is asked for first, whole or not at all, and the log tells of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from archiver.archive import Archive
from archiver.events import EventLog
from archiver.events.event import Event
from archiver.export import Exported, Form, export
from archiver.hand_over import HandedOver, Purpose, hand_over
from archiver.state import State
from archiver.verify_held import locate
from tests.audio.sounds import id3, id3_frame, mp3, title
from tests.bagit.bags import bag_files, write
from tests.packaging import scene

DAY = date(2026, 1, 2)
RIGHTS = """
format = "audio-archiver/rights-statements"
version = 1
[[statements]]
id = "R-free"
basis = "other"
other_basis = "own-production"
note = "CC0"
applies_to = ["free/**", "rights.toml"]
[statements.acts]
replicate = "allow"
disseminate = {restriction = "conditional", audience = "public", note = "with the booklet"}
[[statements]]
id = "R-onsite"
basis = "other"
other_basis = "own-production"
note = "agreement 7"
applies_to = ["onsite/**"]
embargo_until = 2026-06-30
[statements.acts]
replicate = "allow"
disseminate = {restriction = "conditional", audience = "onsite", territory = ["FR"]}
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """Two bags: one of free files and files for the reading room, one of free files alone."""
    made = scene.new_archive(tmp_path_factory.mktemp("a") / "archive")
    sources = {
        "mixed": {"free/a.txt": b"a", "onsite/b.mp3": mp3(), "onsite/c.txt": b"c"},
        "free": {"free/a.txt": b"another a"},
        "bought": {"free/d.mp3": id3(title("d"), id3_frame(b"TOWN", b"\3Ann Buyer")) + mp3()},
    }
    for name, files in sources.items():
        folder = tmp_path_factory.mktemp("s") / name
        rights = {"rights.toml": RIGHTS.encode()}
        done = scene.run(
            made, scene.make_source(folder, {**files, **rights}), bag_id=name, rights=None
        )
        assert done.state is State.SOUND, done
    return made


def _hand_over(archive: Archive, bag: str, purpose: Purpose, place: Path) -> HandedOver:
    held = locate(archive, bag, scene.CLOCK)

    def write() -> Exported:
        return export(held.place, str(place), Form.TAR, expected=held.sealed)

    return hand_over(held, purpose, write, archive=archive, clock=scene.CLOCK, agent=scene.AGENT)


def _told(archive: Archive) -> Event:
    *_, last = EventLog(archive.log, scene.CLOCK).read()
    return last


def test_what_one_file_forbids_is_not_exported_at_all_and_the_file_is_named(
    archive: Archive, tmp_path: Path
) -> None:
    found = _hand_over(archive, "mixed", Purpose(DAY, "onsite", "FR"), tmp_path / "a.tar")
    assert (found.state, found.exported) == (State.REFUSED, None)
    assert not list(tmp_path.iterdir())
    named = {remark.path: remark.reason.code for remark in found.permission.remarks}
    assert named == {
        "data/onsite/b.mp3": "rights-embargoed",
        "data/onsite/c.txt": "rights-embargoed",
    }
    assert (found.permission.files, found.permission.refused) == (4, 2)
    told = _told(archive)
    assert (told.type, told.bag, told.outcome) == ("export", "mixed", "refused")
    assert told.detail["refused"] == {"rights-embargoed": 2}


@pytest.mark.parametrize(
    ("purpose", "state"),
    [
        (Purpose(date(2026, 7, 1), "onsite", "FR"), State.SOUND),
        (Purpose(date(2026, 7, 1), "onsite", "DE"), State.REFUSED),
        (Purpose(date(2026, 7, 1), "registered", "FR"), State.REFUSED),
        (Purpose(date(2026, 6, 29), "onsite", "FR"), State.REFUSED),
        (Purpose(DAY, None), State.SOUND),
    ],
)
def test_audience_territory_and_day_decide(
    archive: Archive, tmp_path: Path, purpose: Purpose, state: State
) -> None:
    assert _hand_over(archive, "mixed", purpose, tmp_path / "a.tar").state is state
    assert (tmp_path / "a.tar").exists() is (state is State.SOUND)


def test_the_log_says_who_got_what_where_and_on_which_rights(
    archive: Archive, tmp_path: Path
) -> None:
    purpose = Purpose(DAY, "registered", "FR", "Radio Étoile")
    found = _hand_over(archive, "free", purpose, tmp_path / "a.tar")
    assert found.state is State.SOUND
    assert found.permission.conditions == ("R-free: public in world, with the booklet",)
    told = _told(archive)
    assert (told.type, told.bag, told.outcome) == ("export", "free", "success")
    wanted = {
        "act": "disseminate",
        "audience": "registered",
        "territory": "FR",
        "recipient": "Radio Étoile",
        "as_of": "2026-01-02",
        "form": "tar",
        "path": str(tmp_path / "a.tar"),
        "size": (tmp_path / "a.tar").stat().st_size,
        "statements": [{"id": "R-free", "basis": "own-production", "files": 2}],
    }
    assert wanted.items() <= told.detail.items()


def test_a_buyers_name_does_not_leave_the_house(archive: Archive, tmp_path: Path) -> None:
    found = _hand_over(archive, "bought", Purpose(DAY, "public"), tmp_path / "a.tar")
    assert [one.reason.code for one in found.permission.remarks] == ["rights-personal-data"]
    assert (
        _hand_over(archive, "bought", Purpose(DAY, None), tmp_path / "a.tar").state is State.SOUND
    )


def test_a_damaged_bag_is_told_of_as_not_exported(archive: Archive, tmp_path: Path) -> None:
    file = archive.bag_path("free") / "README.txt"
    file.chmod(0o644)
    whole = file.read_bytes()
    file.write_bytes(whole + b"x")
    try:
        found = _hand_over(archive, "free", Purpose(DAY, "public"), tmp_path / "a.tar")
    finally:
        file.write_bytes(whole)
    assert found.state is State.UNSOUND
    assert (_told(archive).outcome, _told(archive).detail["path"]) == ("unsound", None)


def test_a_log_that_takes_nothing_is_no_quiet_success(archive: Archive, tmp_path: Path) -> None:
    file = archive.log / "000001.jsonl"
    whole = file.read_bytes()
    held = locate(archive, "free", scene.CLOCK)
    file.write_bytes(whole[:-20])
    try:
        found = hand_over(
            held,
            Purpose(DAY, None),
            lambda: export(held.place, str(tmp_path / "a.tar"), Form.TAR),
            archive=archive,
            clock=scene.CLOCK,
            agent=scene.AGENT,
        )
    finally:
        file.write_bytes(whole)
    assert found.state is State.INCOMPLETE
    assert [one.code for one in found.findings] == ["export-not-recorded"]


def test_a_bag_without_statements_is_exported_with_a_warning(
    archive: Archive, tmp_path: Path
) -> None:
    bag = write(tmp_path / "bag", bag_files())
    found = _hand_over(archive, str(bag), Purpose(DAY, "public"), tmp_path / "a.tar")
    assert (found.state, found.findings[0].code) == (State.SOUND, "rights-not-recorded")
