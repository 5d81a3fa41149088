"""``archiver metadata``."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.cli.workbench import package, run
from tests.writers.official import METS, PREMIS, read, valid


@pytest.fixture
def archive(tone_folder: Path, tmp_path: Path) -> Path:
    """An archive of one bag, called "tones"."""
    (tone_folder / "First" / "esc\x1b]0;evil\x07\u202e.txt").write_text("x")
    assert package(tone_folder, tmp_path / "archive", "--id", "tones").code == 0
    return tmp_path / "archive"


def test_mets_goes_to_standard_output_and_nothing_else_does(archive: Path) -> None:
    done = run("metadata", "tones", "--as", "mets", "-a", archive)
    assert (done.code, done.err) == (0, "")
    assert valid(read([done.out.encode()]), "mets.xsd").get("OBJID") == "tones"


def test_a_held_bag_brings_its_log_and_a_bag_named_by_its_folder_too(archive: Path) -> None:
    (place,) = archive.glob("bags/*/tones")
    by_name = run("metadata", "tones", "--as", "premis", "-a", archive)
    by_place = run("metadata", place, "--as", "premis", "-a", archive)
    assert by_name.out == by_place.out
    events = [one.text for one in read([by_name.out.encode()]).iter(f"{PREMIS}eventType")]
    assert "information package creation" in events
    alone = read([run("metadata", place, "--as", "premis").out.encode()])
    assert "accession" not in [one.text for one in alone.iter(f"{PREMIS}eventType")]


def test_a_file_is_written_once_and_json_says_which(archive: Path, tmp_path: Path) -> None:
    place = tmp_path / "mets.xml"
    words = ("metadata", "tones", "--as", "mets", "-a", archive, "-o", place)
    told = run(*words, "--json").record("metadata")
    data = place.read_bytes()
    assert told == {
        "type": "metadata",
        "as": "mets",
        "path": str(place),
        "bytes": len(data),
        "sha512": hashlib.sha512(data).hexdigest(),
    }
    assert list(read([data]).iter(f"{METS}fileSec"))
    again = run(*words)
    assert (again.code, again.out) == (2, "")
    assert place.read_bytes() == data
    place.unlink()
    assert run(*words).err.startswith("wrote ")


def test_json_without_a_file_is_refused_in_json(archive: Path) -> None:
    done = run("metadata", "tones", "--as", "dc", "-a", archive, "--json")
    assert done.code == 2
    assert done.record("error")["state"] == "usage"


@pytest.mark.parametrize("named", ["nothing", "tones/data/First/one.wav", "."])
def test_what_is_no_bag_is_a_usage_error(archive: Path, named: str) -> None:
    assert run("metadata", named, "--as", "dc", "-a", archive).code == 2


def test_records_that_cannot_be_read_are_incomplete(archive: Path) -> None:
    (place,) = archive.glob("bags/*/tones")
    (place / "metadata" / "source.jsonl").unlink()
    done = run("metadata", "tones", "--as", "dc", "-a", archive)
    assert (done.code, done.out) == (4, "")
