"""Cue sheets and playlists: what they name exists, and times rise."""

from __future__ import annotations

from pathlib import Path

import pytest

from archiver.sidecars import Kind, Result, parse_sidecar
from tests.sidecars.scene import findings, records, results, write

CUE = """REM DATE 1977
FILE "One.wav" WAVE
  TRACK 01 AUDIO
    INDEX 01 00:00:00
  TRACK 02 AUDIO
    INDEX 00 03:10:20
    INDEX 01 {time}
"""


def test_a_sound_cue_sheet_is_verified(tmp_path: Path) -> None:
    write(tmp_path, {"a.cue": CUE.format(time="03:12:00").encode(), "One.wav": b"x"})
    assert results(tmp_path) == [("One.wav", "verified"), ("One.wav", "verified")]


@pytest.mark.parametrize("time", ["03:10:19", "03:60:00", "03:12:75"])
def test_times_that_cannot_be_are_named(time: str, tmp_path: Path) -> None:
    write(tmp_path, {"a.cue": CUE.format(time=time).encode(), "One.wav": b"x"})
    (found,) = findings(tmp_path)["prior-malformed"]
    assert "track 02 index 01" in found.message
    assert found.path == "a.cue"


def test_times_begin_anew_with_each_file() -> None:
    two = CUE.format(time="03:12:00") + CUE.format(time="03:12:00")
    parsed = parse_sidecar("a.cue", Kind.CUE, two.encode())
    assert [one.result for one in parsed.assertions if one.algorithm == "index-order"] == [
        Result.VERIFIED,
        Result.VERIFIED,
    ]


def test_an_index_before_any_file_is_not_understood() -> None:
    parsed = parse_sidecar("a.cue", Kind.CUE, b"TRACK 01 AUDIO\nINDEX 01 00:00:00\n")
    assert (parsed.not_understood, parsed.first) == (1, 2)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('FILE "a b.wav" WAVE', "a b.wav"),
        ("FILE a b.wav WAVE", "a b.wav"),
        ("file plain.wav", "plain.wav"),
    ],
)
def test_file_names_are_read_with_and_without_quotes(line: str, name: str) -> None:
    assert parse_sidecar("a.cue", Kind.CUE, line.encode()).assertions[0].name == name


def test_a_track_converted_since_is_found_under_its_new_extension(tmp_path: Path) -> None:
    write(tmp_path, {"a.cue": b'FILE "One.wav" WAVE\n', "One.flac": b"x"})
    (record,) = records(tmp_path)
    assert (record["result"], record["renamed_to"]) == ("renamed", "One.flac")


def test_only_audio_is_looked_for_under_other_extensions(tmp_path: Path) -> None:
    write(tmp_path, {"a.m3u": b"notes.txt\n", "notes.flac": b"x"})
    assert results(tmp_path) == [("notes.txt", "dangling")]


def test_a_file_that_is_not_there_dangles(tmp_path: Path) -> None:
    write(tmp_path, {"a.cue": b'FILE "One.wav" WAVE\n', "Two.wav": b"x"})
    assert results(tmp_path) == [("One.wav", "dangling")]
    assert findings(tmp_path)["prior-dangling"][0].detail["examples"] == ["One.wav"]


XSPF = b"""<?xml version="1.0"?>
<playlist version="1" xmlns="http://xspf.org/ns/0/"><location>self.xspf</location><trackList>
<track><location>One%20%C3%A9.mp3</location></track>
<track><location>http://example.org/x.mp3</location></track>
</trackList></playlist>"""


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.m3u", b"#EXTM3U\r\n#EXTINF:1,x\r\nOne \xe9.mp3\r\nhttp://example.org/x.mp3\r\n"),
        ("a.m3u8", "﻿One é.mp3\nhttp://example.org/x.mp3\n".encode()),
        ("a.pls", "[playlist]\nFile1=One é.mp3\nFile2=http://example.org/x.mp3\n".encode()),
        ("a.xspf", XSPF),
    ],
)
def test_each_form_of_playlist_is_followed(name: str, data: bytes, tmp_path: Path) -> None:
    write(tmp_path, {f"lists/{name}": data, "lists/One é.mp3": b"x"})
    assert results(tmp_path) == [
        ("One é.mp3", "verified"),
        ("http://example.org/x.mp3", "unverifiable"),
    ]


def test_a_playlist_may_lead_to_another_folder_of_the_collection(tmp_path: Path) -> None:
    write(tmp_path, {"lists/a.m3u": b"..\\album\\One.mp3\n", "album/One.mp3": b"x"})
    assert results(tmp_path) == [("..\\album\\One.mp3", "verified")]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/etc/passwd", "an absolute path"),
        ("C:\\Music\\One.mp3", "an absolute path"),
        ("\\\\server\\share\\One.mp3", "an absolute path"),
        ("../../etc/passwd", "the path leads out of the collection"),
        ("..\\..\\etc\\passwd", "the path leads out of the collection"),
        ("file:///etc/passwd", "an absolute path"),
        ("./", "not the name of a file"),
    ],
)
def test_hostile_names_dangle_with_a_reason(name: str, reason: str, tmp_path: Path) -> None:
    write(tmp_path / "payload", {"lists/a.m3u": name.encode(), "etc/passwd": b"x"})
    (record,) = records(tmp_path / "payload")
    assert (record["result"], record["reason"]) == ("dangling", reason)


def test_a_link_that_took_a_files_place_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"secret": b"", "payload/a.md5": b"d41d8cd98f00b204e9800998ecf8427e *x\n"})
    (tmp_path / "payload" / "x").symlink_to(tmp_path / "secret")
    found = findings(tmp_path / "payload")
    assert [one.path for one in found["prior-unread"]] == ["x"]
    assert "prior-mismatch" not in found
