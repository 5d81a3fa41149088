"""A bag's own records become documents that strangers can read."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from archiver.archive import Archive
from archiver.catalogue.records import BagRecordsError
from archiver.described import DescribedFiles, described_bag, event_record, manifests_in
from archiver.errors import UsageError
from archiver.events import Event
from archiver.metadata import LANGUAGES, Language, bag_metadata, events_of, write_metadata
from archiver.verify import Depth, verify_bag
from archiver.verify_held import record_verification
from archiver.writers.xml import unescaped
from tests.audio.sounds import id3, mp3, title, wav
from tests.packaging import scene
from tests.writers.official import DC, METS, PREMIS, read, valid


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    """One bag of hostile names, two recordings, manifests in two algorithms."""
    source = tmp_path_factory.mktemp("source") / "Sessions"
    (source / "Disc 2").mkdir(parents=True)
    for name in scene.HOSTILE_NAMES:
        (source / name).write_bytes(name.encode())
    (source / "Disc 2" / "b.wav").write_bytes(wav(100))
    (source / "Disc 2" / "a.mp3").write_bytes(id3(title("Ünder <the> \x07 sea")) + mp3())
    made = scene.new_archive(tmp_path_factory.mktemp("a") / "archive", "sha256", "md5")
    info = (("Source-Organization", "Wave & Co"), ("External-Description", "one\ntwo"))
    scene.run(made, source, info=info, bag_id="bag-1")
    return made


def _bag(archive: Archive) -> Path:
    return archive.bag_path("bag-1")


def _document(archive: Archive, language: Language) -> bytes:
    events = events_of(archive, "bag-1", scene.CLOCK)
    return b"".join(bag_metadata(_bag(archive), language, events))


def test_every_document_about_a_hostile_bag_is_valid(archive: Archive) -> None:
    valid(read([_document(archive, "premis")]), "premis.xsd")
    valid(read([_document(archive, "mets")]), "mets.xsd")
    valid(read([_document(archive, "pbcore")]), "pbcore.xsd")
    valid(read([_document(archive, "dc")]), "simpledc.xsd")


def test_the_documents_are_the_same_each_time(archive: Archive) -> None:
    for language in LANGUAGES:
        assert _document(archive, language) == _document(archive, language)


def test_premis_names_every_file_with_all_its_digests(archive: Archive) -> None:
    premis = read([_document(archive, "premis")])
    bag = _bag(archive)
    payload = sorted(
        str(path.relative_to(bag)) for path in (bag / "data").rglob("*") if path.is_file()
    )
    found = [unescaped(one.text) for one in premis.iter(f"{PREMIS}contentLocationValue")]
    assert sorted(found) == payload
    file = next(one for one in premis if one.findtext(f".//{PREMIS}contentLocationValue"))
    algorithms = [one.text for one in file.iter(f"{PREMIS}messageDigestAlgorithm")]
    assert algorithms == ["SHA-256", "MD5", "BLAKE3"]
    listed = (bag / "manifest-sha256.txt").read_text("utf-8").split("\n")[0].split("  ")[0]
    assert next(file.iter(f"{PREMIS}messageDigest")).text == listed


def test_sizes_and_digests_agree_with_the_payload(archive: Archive) -> None:
    bag = _bag(archive)
    for file in DescribedFiles(bag, manifests_in(bag)):
        data = (bag / file.path).read_bytes()
        assert file.size == len(data)
        assert dict(file.digests)["SHA-256"] == hashlib.sha256(data).hexdigest()


def test_the_logs_events_are_in_premis_and_a_verification_too(archive: Archive) -> None:
    found = verify_bag(_bag(archive), depth=Depth.FULL, from_medium=False)
    record_verification(
        archive,
        "bag-1",
        found,
        depth=Depth.FULL,
        clock=scene.CLOCK,
        agent=scene.AGENT,
        begun=scene.CLOCK(),
    )
    premis = read([_document(archive, "premis")])
    types = [one.text for one in premis.iter(f"{PREMIS}eventType")]
    assert types[-3:] == ["accession", "information package creation", "fixity check"]
    outcomes = {one.text for one in premis.iter(f"{PREMIS}eventOutcome")}
    assert outcomes == {"success"}
    assert [one.text for one in premis.iter(f"{PREMIS}agentName")].count("ann") == 1


@pytest.mark.parametrize(
    ("outcome", "detail", "failed"),
    [
        ("success", {}, False),
        ("success", {"state": "sound"}, False),
        ("refused", {"refused": {"act": 3}}, True),
        ("unsound", {}, True),
        ("partial", {}, True),
        ("success", {"state": "incomplete"}, True),
    ],
)
def test_what_was_refused_or_half_done_is_no_success_in_premis(
    outcome: str, detail: dict[str, object], failed: bool
) -> None:
    event = Event(1, "2026-01-02", "export", "b", outcome, detail, scene.AGENT, "0", "1")
    assert event_record(event).failed is failed


def test_tags_and_folders_order_the_logical_map(archive: Archive) -> None:
    mets = read([_document(archive, "mets")])
    _, logical = mets.iter(f"{METS}structMap")
    (disc,) = (div for div in logical[0] if div.get("TYPE") == "disc")
    assert disc.get("ORDERLABEL") == "2"
    assert [unescaped(div.get("LABEL")) for div in disc] == ["Ünder <the> \x07 sea", "b.wav"]


def test_bag_info_goes_into_dublin_core(archive: Archive) -> None:
    dc = read([_document(archive, "dc")])
    assert dc.findtext(f"{DC}contributor") == "Wave & Co"
    assert dc.findtext(f"{DC}description") == "one\ntwo"
    assert dc.findtext(f"{DC}identifier") == "bag-1"
    assert dc.findtext(f"{DC}rights") == "own-production"


def test_a_bag_far_from_its_archive_is_told_without_the_log(
    archive: Archive, tmp_path: Path
) -> None:
    shutil.copytree(_bag(archive), tmp_path / "elsewhere")
    assert described_bag(tmp_path / "elsewhere").identifier == "bag-1"
    premis = valid(read(bag_metadata(tmp_path / "elsewhere", "premis")), "premis.xsd")
    days = {one.text for one in premis.iter(f"{PREMIS}eventDateTime")}
    assert days == {"2026-01-02"}


@pytest.mark.parametrize(
    "name",
    ["metadata/audio.jsonl", "metadata/source.jsonl", "metadata/rights.json", "bag-info.txt",
     "fixity/blake3.txt", "fixity/essence.jsonl"],
)  # fmt: skip
def test_a_record_that_is_gone_is_an_error_and_no_guess(
    archive: Archive, tmp_path: Path, name: str
) -> None:
    shutil.copytree(_bag(archive), tmp_path / "bag")
    (tmp_path / "bag" / name).unlink()
    with pytest.raises(BagRecordsError, match="cannot be read"):
        list(bag_metadata(tmp_path / "bag", "premis"))


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("metadata/audio.jsonl", b'{"path": 7}\n'),
        ("metadata/audio.jsonl", b"{" * 100_000 + b"\n"),
        ("fixity/essence.jsonl", b"no json\n"),
        ("manifest-sha256.txt", b"\xff\xff  \xff\n"),
        ("manifest-sha256.txt", b"\n"),
        ("fixity/blake3.txt", b"x\n"),
        ("metadata/source.jsonl", b"[]\n"),
    ],
)
def test_a_record_that_is_nonsense_is_an_error_and_no_guess(
    archive: Archive, tmp_path: Path, name: str, line: bytes
) -> None:
    shutil.copytree(_bag(archive), tmp_path / "bag")
    place = tmp_path / "bag" / name
    data = place.read_bytes()
    place.unlink()
    place.write_bytes(line + data)
    with pytest.raises(BagRecordsError):
        list(bag_metadata(tmp_path / "bag", "premis"))


def test_a_file_that_one_list_does_not_name_is_an_error(archive: Archive, tmp_path: Path) -> None:
    shutil.copytree(_bag(archive), tmp_path / "bag")
    place = tmp_path / "bag" / "manifest-md5.txt"
    lines = place.read_bytes().splitlines(keepends=True)
    place.unlink()
    place.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(BagRecordsError, match="do not all name"):
        list(bag_metadata(tmp_path / "bag", "mets"))


@pytest.mark.parametrize("rights", [b"null", b"{}", json.dumps({"version": 9}).encode(), b"\xff"])
def test_rights_nobody_can_read_are_an_error(
    archive: Archive, tmp_path: Path, rights: bytes
) -> None:
    shutil.copytree(_bag(archive), tmp_path / "bag")
    place = tmp_path / "bag" / "metadata" / "rights.json"
    place.unlink()
    place.write_bytes(rights)
    with pytest.raises(BagRecordsError):
        bag_metadata(tmp_path / "bag", "dc")


def test_a_document_is_written_whole_or_not_at_all(archive: Archive, tmp_path: Path) -> None:
    place = tmp_path / "dc.xml"
    written = write_metadata(str(place), bag_metadata(_bag(archive), "dc"))
    assert (written.bytes, written.sha512) == (
        place.stat().st_size,
        hashlib.sha512(place.read_bytes()).hexdigest(),
    )
    with pytest.raises(UsageError, match="nothing is ever overwritten"):
        write_metadata(str(place), [b"new"])

    def broken() -> Iterator[bytes]:
        yield b"half"
        raise BagRecordsError("gone")

    with pytest.raises(BagRecordsError):
        write_metadata(str(tmp_path / "half.xml"), broken())
    with pytest.raises(UsageError):
        write_metadata(str(tmp_path / "no" / "folder.xml"), [b""])
    assert [path.name for path in tmp_path.iterdir()] == ["dc.xml"]
