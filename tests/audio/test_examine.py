"""The whole examination: record, essence and verdict, and what stands beside what."""

from __future__ import annotations

import json
import os
import struct
import subprocess
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from archiver.audio import codes  # noqa: F401 - registers the codes looked up below
from archiver.audio.examine import examine_source
from archiver.audio.formats import FORMATS, misnamed
from archiver.audio.source import open_source
from archiver.audio.tags import Limits, TagReader
from archiver.audio.view import view_of
from archiver.findings import CODES
from tests.audio import sounds
from tests.audio.encoded import encode, packets_by_ffmpeg
from tests.audio.looking import look, look_at
from tests.audio.schemas import fits, schema
from tests.tools import require_tool

SCHEMA = schema("audio-1")
ESSENCE = schema("essence-1")


@pytest.mark.parametrize(
    "name", ["bext.wav", "a.flac", "vorbis.ogg", "vbr.mp3", "aac.m4a", "a.tta"]
)
def test_records_are_as_their_published_schema_says(name: str, tmp_path: Path) -> None:
    found = look(encode(tmp_path, name))
    fits(found.record, SCHEMA)
    fits({"path": "data/x", **(found.essence or {})}, ESSENCE)
    assert found.record["view"]["title"] == ["Ein Lied"]
    assert json.loads(json.dumps(found.record)) == found.record


def test_records_of_damaged_and_of_unknown_files_fit_the_schema_too(tmp_path: Path) -> None:
    good = encode(tmp_path, "a.flac").read_bytes()
    fits(look_at(tmp_path, good[: len(good) // 2]).record, SCHEMA)
    fits(look_at(tmp_path, b"no audio").record, SCHEMA)
    fits(look_at(tmp_path, b"ID3\4\0\0\x7f\x7f\x7f\x7f" + b"x" * 100).record, SCHEMA)


def test_every_format_and_verdict_is_in_the_schema() -> None:
    assert set(FORMATS) | {None} == set(SCHEMA["properties"]["format"]["enum"])
    assert set(ESSENCE["properties"]["format"]["enum"]) <= set(FORMATS)


def test_every_problem_has_a_registered_code(tmp_path: Path) -> None:
    found = look_at(tmp_path, sounds.wav() + b"x" * 50)
    assert {problem["code"] for problem in found.problems} <= set(CODES)
    assert found.problems


def test_a_worker_gives_the_examination_this_process_gives(tmp_path: Path) -> None:
    path = encode(tmp_path, "vbr.mp3")
    with TagReader() as reader:
        found = reader.examine(str(path))
    here = look(path)
    assert found.record == here.record
    assert (found.essence, found.verdict) == (here.essence, here.verdict)


def test_the_record_without_the_sound_knows_the_same_facts(tmp_path: Path) -> None:
    for name in ("a.flac", "cbr.mp3", "s24.wav", "aac.m4a"):
        path = encode(tmp_path, name)
        whole = look(path).record
        whole.pop("self_check")
        with TagReader() as reader:
            assert reader.read(str(path)) == whole


def test_readings_that_differ_are_recorded_side_by_side(tmp_path: Path) -> None:
    record = look(encode(tmp_path, "ima.wav")).record
    (difference,) = record["disagreements"]
    assert difference["fact"] == "duration_s"
    assert abs(difference["walk"] - 2.0) < 0.05
    assert difference["mutagen"] < 1
    assert record["facts"]["duration_s"] == difference["walk"]


def test_the_frames_of_an_id3_tag_are_listed_even_where_a_parser_merges_them(
    tmp_path: Path,
) -> None:
    data = sounds.id3(sounds.title("a"), sounds.title("b")) + sounds.mp3()
    record = look_at(tmp_path, data).record
    names = [block["id"] for block in record["blocks"]]
    assert names == ["ID3v2", "ID3v2/TIT2", "ID3v2/TIT2"]
    second = record["blocks"][2]
    assert data[second["offset"] : second["offset"] + second["size"]] == b"\x03b"


def test_tags_of_a_file_whose_tag_reader_fails_do_not_hide_what_the_walk_knows(
    tmp_path: Path,
) -> None:
    data = bytearray(sounds.wav(after=sounds.chunk(b"id3 ", sounds.id3(b"\xff" * 40, version=3))))
    data[data.index(b"ID3\x03") + 6] = 0x80
    record = look_at(tmp_path, bytes(data)).record
    assert record["problem"]["code"] == "tags-unreadable"
    assert record["facts"]["frames"] == 1000


def test_signs_of_life_come_while_a_large_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(sounds.wav(0)[:-4] + struct.pack("<I", 200 << 20))
    os.truncate(path, 44 + (200 << 20))
    source, beats = open_source(str(path)), []
    examine_source(source, Limits(), beat=lambda: beats.append(1))
    source.close()
    assert len(beats) == 3
    often = "from archiver.audio import essence; essence._BEAT_BYTES = 1 << 20"
    start = f"import sys; sys.path[:0] = sys.argv[2:]; {often}; "
    start += "from archiver.audio.tags import worker; worker.main(sys.argv[1])"
    monkeypatch.setattr("archiver.audio.tags.process._START", start)
    with TagReader() as reader:
        found = reader.examine(str(path))
    assert found.essence is not None
    assert found.essence["stream"]["size"] == 200 << 20


def test_musepack_is_walked_packet_by_packet(tmp_path: Path) -> None:
    wave, packed = encode(tmp_path, "s16.wav"), tmp_path / "a.mpc"
    run = [require_tool("mpcenc"), "--silent", str(wave), str(packed)]
    subprocess.run(run, check=True, capture_output=True)
    found = look(packed)
    assert found.essence is not None
    assert found.essence["stream"]["blake3"] == blake3(packets_by_ffmpeg(packed)).hexdigest()
    assert found.record["facts"]["sample_rate"] == 44100
    assert abs(found.record["facts"]["duration_s"] - 2) < 0.001
    assert "disagreements" not in found.record


def test_the_view_answers_from_every_tag_system() -> None:
    entries: list[dict[str, Any]] = [
        {"key": "TIT2", "values": ["Eins"]},
        {"key": "©nam", "values": ["Eins"]},
        {"key": "Title", "values": ["Zwei", {"size": 5, "blake3": "00"}]},
        {"key": "trkn", "values": [[3, 12]]},
        {"key": "COMM::deu", "values": ["schön"]},
        {"key": "WCOP", "values": [{"url": "https://example.org"}]},
        {"key": "TXXX:MusicBrainz Album Id", "values": ["abc"]},
        {"key": "REPLAYGAIN_TRACK_GAIN", "values": ["-3.1 dB"]},
        {"key": "PRIV:x", "values": [{"data": {"base64": "AA=="}}]},
    ]
    assert view_of(entries) == {
        "title": ["Eins", "Zwei"],
        "track": ["3/12"],
        "licence": ["https://example.org"],
        "comment": ["schön"],
        "musicbrainz": {"musicbrainz_album_id": "abc"},
        "replaygain": {"replaygain_track_gain": "-3.1 dB"},
    }


def test_a_name_is_held_against_what_the_bytes_say(tmp_path: Path) -> None:
    assert misnamed("lied.MP3", "mp3") is None
    assert misnamed("lied", "mp3") is None
    assert misnamed("brief.txt", None) is None
    assert misnamed("lied.flac", "mp3") == "the name ends in .flac, the bytes are " + (
        "MPEG audio layer III"
    )
    assert misnamed("lied.flac", None) == "named .flac, but not recognised as audio"
    for name, kind in FORMATS.items():
        assert all(misnamed(f"x.{extension}", name) is None for extension in kind.extensions)
    (tmp_path / "a.ogg").write_bytes(sounds.wav())
    with TagReader() as reader:
        (finding,) = reader.read(str(tmp_path / "a.ogg"))["findings"]
        assert finding["code"] == "audio-misnamed"
        assert finding in reader.examine(str(tmp_path / "a.ogg")).problems
