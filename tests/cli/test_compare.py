"""``archiver compare`` as people and pipelines meet it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.audio.sounds import id3, mp3, title, wav
from tests.cli.workbench import package, run


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A collection: two recordings and a text."""
    folder = tmp_path / "old"
    folder.mkdir()
    (folder / "song.mp3").write_bytes(id3(title("Before\x1b[2J")) + mp3(40))
    (folder / "tone.wav").write_bytes(wav(3000))
    (folder / "note.txt").write_text("a note\n")
    return folder


@pytest.fixture
def new(old: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(old, tmp_path / "new"))


def _retag(folder: Path) -> Path:
    song = folder / "song.mp3"
    song.write_bytes(id3(title("After\u202e")) + mp3(40))
    return song


def _flip(file: Path) -> Path:
    data = bytearray(file.read_bytes())
    data[-100] ^= 1
    file.write_bytes(data)
    return file


def test_identical_files_are_identical(old: Path, new: Path) -> None:
    done = run("compare", old / "tone.wav", new / "tone.wav")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("identical: ")
    assert run("compare", "-q", old / "tone.wav", new / "tone.wav").text == ""


def test_a_retagged_file_ends_in_0_and_shows_old_and_new_values_escaped(
    old: Path, new: Path
) -> None:
    done = run("compare", old / "song.mp3", _retag(new))
    assert done.code == 0
    assert done.out.startswith("same-essence: ")
    assert "id3v2 TIT2: Before\\x1b[2J -> After\\u202e" in done.out
    assert "compared: the coded sound" in done.out


def test_other_sound_ends_in_3(old: Path, new: Path) -> None:
    done = run("compare", old / "tone.wav", _flip(new / "tone.wav"), "--quiet")
    assert done.code == 3
    assert done.out.startswith("different: ")


def test_what_cannot_be_compared_ends_in_4(old: Path, new: Path) -> None:
    (new / "note.txt").write_text("another\n")
    assert run("compare", old / "note.txt", new / "note.txt").code == 4
    assert run("compare", old / "tone.wav", new / "missing.wav").code == 4
    assert run("compare", old / "tone.wav", new).code == 2


def test_collections_are_summed_up_in_a_dozen_lines(old: Path, new: Path) -> None:
    _retag(new)
    for number in range(50):
        (new / f"more {number:02}.wav").write_bytes(wav(100 + number))
    (new / "tone.wav").rename(new / "ton.wav")
    done = run("compare", old, new)
    assert done.code == 0
    lines = done.out.splitlines()
    assert len(lines) <= 14
    assert lines[0] == "nothing is missing, and no sound differs"
    assert "    tone.wav -> ton.wav" in lines
    assert "    song.mp3: TIT2" in lines
    assert "  added: 50" in lines
    every = run("compare", old, new, "--all").out
    assert "more 49.wav" in every
    assert "id3v2 TIT2: Before\\x1b[2J -> After\\u202e" in every


def test_a_missing_file_ends_in_3_and_is_named(old: Path, new: Path) -> None:
    (new / "tone.wav").unlink()
    done = run("compare", old, new)
    assert done.code == 3
    assert done.out.startswith("sound differs or something is missing\n")
    assert "  removed: 1\n    tone.wav\n" in done.out


def test_json_is_one_record_a_pair_and_a_sum(old: Path, new: Path) -> None:
    _retag(new)
    _flip(new / "tone.wav")
    done = run("compare", old, new, "--json")
    assert done.code == 3
    pairs = {record["new"]: record for record in done.records("comparison")}
    assert {path: record["likeness"] for path, record in pairs.items()} == {
        "note.txt": "identical",
        "song.mp3": "same-essence",
        "tone.wav": "different",
    }
    (change,) = [c for c in pairs["song.mp3"]["changes"]["keys"] if c["system"] == "id3v2"]
    assert (change["old"], change["new"]) == (["Before\x1b[2J"], ["After\u202e"])
    total = done.record("compared")
    assert total["state"] == "unsound"
    assert (total["counts"]["identical"], total["counts"]["different"]) == (1, 1)


def test_a_source_and_the_bag_made_of_it_are_the_same(old: Path, tmp_path: Path) -> None:
    bag = package(old, tmp_path / "archive", "--json").record("package")["path"]
    done = run("compare", old, bag)
    assert done.code == 0
    assert "3 files identical" in done.out
    assert "(3 files of its payload)" in done.out
