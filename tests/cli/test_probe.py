"""``archiver probe`` as people and pipelines meet it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.audio.encoded import encode
from tests.audio.sounds import id3, mp3, title, wav
from tests.cli.workbench import run
from tests.tools import require_tool

HOSTILE = "Evil\x1b]0;owned\x07\u202e\r\nadded line"


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """An MP3 whose title would act on a terminal."""
    song = tmp_path / "song.mp3"
    song.write_bytes(id3(title(HOSTILE)) + mp3(40))
    return song


@pytest.fixture
def flac(tmp_path: Path) -> Path:
    """A sound FLAC file with a title."""
    source, path = tmp_path / "tone.wav", tmp_path / "tone.flac"
    source.write_bytes(wav(20_000))
    options = ["-s", "-f", "-T", "TITLE=Ein Lied", "-T", "ISRC=DEA120012345"]
    subprocess.run([require_tool("flac"), *options, "-o", path, source], check=True)
    source.unlink()
    return path


def test_a_recording_is_told_as_a_librarian_reads_it(flac: Path) -> None:
    done = run("probe", flac)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"{flac}\n")
    for words in (
        "FLAC, audio/flac, PRONOM fmt/279",
        "flac, 44.1 kHz, 16 bit, 2 channels",
        "0:00.454",
        "title         Ein Lied",
        "isrc          DEA120012345",
        "the file says so",
        "self-verified: checksums inside the file",
        "not checked   whether the sound can be decoded (--decode)",
    ):
        assert words in done.out
    assert "VORBIS_COMMENT" not in done.out


def test_tags_and_chunks_are_shown_when_asked_for(flac: Path) -> None:
    out = run("probe", flac, "--tags", "--chunks").out
    assert [line.split() for line in out.splitlines() if "vorbis" in line][1] == [
        "vorbis",
        "TITLE",
        "Ein",
        "Lied",
    ]
    offset, size, digest = next(
        line.split()[1:] for line in out.splitlines() if line.split()[0] == "STREAMINFO"
    )
    assert (offset, size, len(digest)) == ("8", "34", 64)


def test_nothing_in_a_tag_or_a_name_reaches_the_terminal_raw(song: Path) -> None:
    named = song.rename(song.with_name("bell\x07\u202e.mp3"))
    done = run("probe", named, "--tags", "--chunks")  # run() itself looks for raw characters
    assert "Evil\\x1b]0;owned\\x07\\u202e\\r\\nadded line" in done.out
    assert "bell\\x07\\u202e.mp3" in done.out
    (record,) = run("probe", named, "--json").records()
    assert record["record"]["view"]["title"] == [HOSTILE]
    assert record["path"] == str(named)


def test_a_file_without_checksums_of_its_own_is_never_called_verified(song: Path) -> None:
    done = run("probe", song)
    assert done.code == 0
    assert "manifest-only: the file carries no checksum" in done.out


def test_damage_ends_in_code_3_with_its_place_and_time(flac: Path) -> None:
    data = bytearray(flac.read_bytes())
    data[-200] ^= 1
    flac.write_bytes(data)
    done = run("probe", flac, "--quiet")
    assert done.code == 3
    assert "damaged: a checksum inside the file does not hold" in done.out
    assert ", at 0:00." in done.out
    assert run("probe", flac, "--json").record("recording")["state"] == "unsound"


def test_what_cannot_be_read_ends_in_code_4_and_the_rest_is_told(song: Path) -> None:
    link = song.with_name("link.mp3")
    link.symlink_to(song)
    os.mkfifo(song.with_name("pipe.mp3"))
    done = run("probe", link, song.with_name("missing.mp3"), song.parent)
    assert done.code == 4
    assert "a link, which is not followed" in done.out
    assert "a FIFO, which is not opened" in done.out
    assert "there is no such file" in done.out
    assert "MPEG audio layer III" in done.out


def test_json_is_one_record_a_file_in_the_order_of_paths(song: Path) -> None:
    (song.parent / "note.txt").write_text("no sound\n")
    shutil.copy(song, song.parent / "another.mp3")
    records = run("probe", song.parent, "--json").records("recording")
    names = [Path(record["path"]).name for record in records]
    assert names == ["another.mp3", "note.txt", "song.mp3"]
    assert [record["verdict"] for record in records] == [
        "manifest-only",
        "not-checkable",
        "manifest-only",
    ]
    assert records[0]["record"]["schema"] == "audio/1"
    assert records[0]["essence"]["stream"] == records[2]["essence"]["stream"]


def test_files_of_a_folder_that_are_no_recordings_are_only_counted(song: Path) -> None:
    note = song.parent / "note.txt"
    note.write_text("no sound\n")
    out = run("probe", song.parent).out
    assert "note.txt" not in out
    assert out.splitlines()[-1] == "and 1 other file beside, no recordings"
    assert f"no recording that this program knows: {note}" in run("probe", note).out


def test_quiet_says_nothing_of_what_is_well(flac: Path) -> None:
    done = run("probe", flac, "--quiet")
    assert (done.code, done.text) == (0, "")


def test_decoding_says_what_came_out(flac: Path) -> None:
    done = run("probe", "--decode", flac)
    assert (done.code, done.err) == (0, "")
    assert "decoded       20,000 frames by flac, as promised" in done.out
    assert "flac-md5: 1 checked" in done.out
    assert "not checked" not in done.out


def test_a_decoder_that_disagrees_is_told_and_ends_in_4(tmp_path: Path) -> None:
    path = encode(tmp_path, "aac.m4a")
    data = bytearray(path.read_bytes())
    at = data.index(b"mdat") + 4000
    data[at : at + 3000] = bytes(reversed(data[at : at + 3000]))
    path.write_bytes(data)
    assert run("probe", path).code == 0  # AAC has no checksum
    done = run("probe", "--decode", path)
    assert done.code == 4
    assert "decoder-disagrees: structure and checksums hold" in done.out
