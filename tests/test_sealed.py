"""A bag tells of its files from its tag files; a line is found without reading the others."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.catalogue import BagRecordsError
from archiver.errors import UsageError
from archiver.sealed import find_line, recordings_of, sealed_file
from archiver.show import Shown, locate
from tests.catalogue.hand_made import SIZES, new_archive, rows_of, seal


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    """A hand-made bag with the two tag files that the catalogue does not need."""
    archive = new_archive(tmp_path / "archive")
    seal(archive, "tape-1")
    place = archive.bag_path("tape-1")
    (place / "metadata/rights.json").write_text('{"basis":"own-production"}\n')
    (place / "bag-info.txt").write_text("Bagging-Date: 2026-01-02\n")
    (place / "bagit.txt").write_text("BagIt-Version: 1.0\n")
    return place


@given(
    st.sets(st.text(st.sampled_from("abz/é\U0001f3b5"), max_size=5)), st.text("abzé", max_size=4)
)
def test_a_line_is_found_if_it_is_there(names: set[str], other: str) -> None:
    lines = [f"{name}\n".encode() for name in sorted(names)]
    file = io.BytesIO(b"".join(lines))
    for name in {*names, other}:
        found = find_line(file, name, lambda line: line[:-1].decode())
        assert found == (f"{name}\n".encode() if name in names else None)


def test_few_lines_are_read_to_find_one() -> None:
    read: list[str] = []

    def key(line: bytes) -> str:
        read.append(line.decode())
        return line[:-1].decode()

    file = io.BytesIO(b"".join(f"{n:09d}\n".encode() for n in range(50_000)))
    assert find_line(file, "000012345", key) == b"000012345\n"
    assert len(read) < 30


def test_each_file_is_told_of_without_its_payload(bag: Path) -> None:
    for row in rows_of(SIZES):
        (bag / row.path).unlink()
        found = sealed_file(bag, row.path)
        assert (found.size, found.blake3) == (row.size, row.blake3.hex())
        assert found.examination.record["format"] == row.media_format
    sound = sealed_file(bag, "data/a.wav").examination
    assert sound.verdict == "manifest-only"
    assert sound.essence is not None


def test_what_the_bag_does_not_hold_is_refused(bag: Path) -> None:
    with pytest.raises(UsageError, match="holds no file"):
        sealed_file(bag, "data/none.wav")
    (bag / "fixity/blake3.txt").write_text("rubbish\n")
    with pytest.raises(BagRecordsError, match="cannot be read"):
        sealed_file(bag, "data/a.wav")


def test_recordings_are_summed_up(bag: Path) -> None:
    found = recordings_of(bag)
    assert (found.recordings, found.with_tags, found.duration_s) == (1, 1, 61.5)
    assert (found.formats, found.verdicts) == ({"wav": 1}, {"manifest-only": 1})
    assert found.years == ("1987", "1987")
    assert found.rights == {"basis": "own-production"}


def test_a_bag_and_its_files_are_found_by_name_and_by_path(bag: Path, tmp_path: Path) -> None:
    from archiver.archive import open_archive

    archive = open_archive(tmp_path / "archive")
    whole, file = Shown(str(bag), None, "tape-1"), Shown(str(bag), "data/a.wav", "tape-1")
    for wanted in ("tape-1", str(bag), f"{bag}/"):
        assert locate(wanted, archive) == whole
    for wanted in ("tape-1/data/a.wav", "tape-1:data/a.wav", f"{bag}/data/a.wav"):
        assert locate(wanted, archive) == file
    assert locate(f"{bag}/data/a.wav", None) == Shown(str(bag), "data/a.wav", None)
    loose = tmp_path / "data" / "loose.wav"
    loose.parent.mkdir()
    loose.touch()
    assert locate(str(loose), archive) == Shown(None, str(loose))
    for wanted in ("tape-1/a.wav", str(tmp_path), "no such thing", ""):
        with pytest.raises(UsageError):
            locate(wanted, archive)
