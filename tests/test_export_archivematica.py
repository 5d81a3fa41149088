"""What goes to Archivematica is a valid bag with its three files where it reads them."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import bagit
import pytest

from archiver.archive import Archive
from archiver.errors import UsageError
from archiver.export import Exported, Form
from archiver.export_archivematica import events_about, export_for_archivematica
from archiver.state import State
from archiver.verify import Depth
from archiver.verify_serial import verify_serialised
from archiver.writers.archivematica import RIGHTS_COLUMNS
from archiver.writers.xml import unescaped
from tests.audio.sounds import id3, id3_frame, mp3, title
from tests.packaging import scene
from tests.writers.official import PREMIS, read, valid

NAMES = ("plain.txt", 'com,ma "quoted".txt', "line\nfeed.txt", "=1+1.txt")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """A bag of a recording and files of awkward names, and one that has metadata of its own."""
    made = scene.new_archive(tmp_path_factory.mktemp("a") / "archive", "sha256", "md5")
    song = id3(title("Waves"), id3_frame(b"TPE1", b"\3Ann"), id3_frame(b"TDRC", b"\0001971"))
    files = {"a/song.mp3": song + mp3(), **{name: name.encode() for name in NAMES}}
    scene.run(made, scene.make_source(tmp_path_factory.mktemp("s") / "x", files), bag_id="bag-1")
    own = scene.make_source(tmp_path_factory.mktemp("t") / "y", {"metadata/rights.csv": b"own"})
    scene.run(made, own, bag_id="bag-2")
    return made


def _export(archive: Archive, place: Path, form: Form = Form.ZIP) -> Exported:
    events = events_about(archive, "bag-1", scene.CLOCK)
    return export_for_archivematica(str(archive.bag_path("bag-1")), str(place), form, events)


@pytest.fixture(scope="module")
def folder(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exported bag, unpacked."""
    place = tmp_path_factory.mktemp("out") / "a.zip"
    assert _export(archive, place).state is State.SOUND
    with zipfile.ZipFile(place) as file:
        file.extractall(place.parent)
    return place.parent / "bag-1"


def _rows(place: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(place.read_text("utf-8"), newline="")))


def test_it_is_a_valid_bag_and_the_same_each_time(archive: Archive, tmp_path: Path) -> None:
    _export(archive, tmp_path / "1.zip")
    _export(archive, tmp_path / "2.zip")
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()
    judged = verify_serialised(str(tmp_path / "1.zip"), depth=Depth.FULL)
    assert (judged.verdict, judged.state) == ("valid", State.SOUND)


def test_another_tool_finds_the_bag_valid(folder: Path) -> None:
    bagit.Bag(str(folder)).validate()


def test_every_recording_has_a_row_of_dublin_core(folder: Path) -> None:
    text = (folder / "data" / "metadata" / "metadata.csv").read_text("utf-8")
    assert text.startswith("filename,")
    (row,) = _rows(folder / "data" / "metadata" / "metadata.csv")
    told = (row["filename"], row["dc.title"], row["dc.creator"], row["dc.date"], row["dc.type"])
    assert told == ("data/a/song.mp3", "Waves", "Ann", "1971", "Sound")


def test_every_file_has_its_rights_and_exists(folder: Path) -> None:
    rows = _rows(folder / "data" / "metadata" / "rights.csv")
    assert tuple(rows[0]) == RIGHTS_COLUMNS
    assert {row["file"] for row in rows} == {"data/a/song.mp3", *(f"data/{n}" for n in NAMES)}
    assert all((folder / row["file"]).is_file() for row in rows)
    acts = {row["grant_act"]: row["grant_restriction"] for row in rows}
    assert acts["replicate"] == "Allow" and "disseminate" not in acts
    assert {(row["basis"], row["end_date"]) for row in rows} == {("other", "open")}


def test_premis_links_every_file_by_its_name_and_each_event_to_one_agent(folder: Path) -> None:
    premis = valid(read([(folder / "data/metadata/premis.xml").read_bytes()]), "premis.xsd")
    names = {unescaped(one.text) for one in premis.iter(f"{PREMIS}originalName")}
    assert names == {"data/a/song.mp3", *(f"data/{name}" for name in NAMES)}
    known = {one.text for one in premis.iter(f"{PREMIS}eventIdentifierValue")}
    linked = {one.text for one in premis.iter(f"{PREMIS}linkingEventIdentifierValue")}
    assert known == linked and len(known) > 3
    agents = [one.text for one in premis.iter(f"{PREMIS}agentIdentifierValue")]
    for event in premis.iter(f"{PREMIS}event"):
        (agent,) = event.iter(f"{PREMIS}linkingAgentIdentifierValue")
        assert agents.count(agent.text) == 1


def test_the_originals_tag_files_go_along(archive: Archive, folder: Path) -> None:
    bag = archive.bag_path("bag-1")
    for name in ("bag-info.txt", "tagmanifest-sha256.txt", "metadata/rights.json"):
        assert (folder / "whole-bag" / name).read_bytes() == (bag / name).read_bytes()


def test_what_archivematica_would_not_take_is_a_usage_error(
    archive: Archive, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"not as tar"):
        _export(archive, tmp_path / "a.tar", Form.TAR)
    own = str(archive.bag_path("bag-2"))
    with pytest.raises(UsageError, match="of its own"):
        export_for_archivematica(own, str(tmp_path / "b.zip"), Form.ZIP, [])
    assert not list(tmp_path.iterdir())
