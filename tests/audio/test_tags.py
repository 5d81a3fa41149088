"""Tags of every system, raw and whole, and pictures by their digest."""

from __future__ import annotations

import base64
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3

from archiver.audio.tags import TagReader
from tests.audio import sounds
from tests.tools import require_tool


@pytest.fixture(scope="module")
def reader() -> Iterator[TagReader]:
    with TagReader() as pool:
        yield pool


def read(reader: TagReader, folder: Path, data: bytes, name: str = "x") -> dict[str, Any]:
    path = folder / name
    path.write_bytes(data)
    return reader.read(str(path))


def values(record: dict[str, Any], key: str) -> Any:
    return [entry["values"] for entry in record["tags"] if entry["key"] == key]


def test_an_mp3_gives_every_frame_as_written(reader: TagReader, tmp_path: Path) -> None:
    private = sounds.id3_frame(b"PRIV", b"org.example\0\x00\xff\x80")
    custom = sounds.id3_frame(b"TXXX", b"\x03Mood\0calm\0grave")
    record = read(
        reader, tmp_path, sounds.id3(sounds.title("Ätna"), custom, private) + sounds.mp3()
    )
    assert record["format"] == "mp3"
    assert record["schema"] == "audio/1"
    assert values(record, "TIT2") == [["Ätna"]]
    assert values(record, "TXXX:Mood") == [["calm", "grave"]]
    (owner,) = [e for e in record["tags"] if e["key"].startswith("PRIV")]
    assert owner["values"][0]["data"] == {"base64": base64.b64encode(b"\x00\xff\x80").decode()}
    assert {entry["system"] for entry in record["tags"]} == {"id3v2.4"}
    assert record["facts"]["sample_rate"] == 44100
    assert record["facts"]["bit_rate"] == 128000


def test_frames_of_an_older_tag_are_not_translated(reader: TagReader, tmp_path: Path) -> None:
    year = b"TYER" + b"\0\0\0\x05\0\0" + b"\x001987"
    record = read(reader, tmp_path, sounds.id3(year, version=3) + sounds.mp3())
    assert values(record, "TYER") == [["1987"]]
    assert record["tags"][0]["system"] == "id3v2.3"


def test_an_id3v1_tag_stands_beside_the_id3v2_tag(reader: TagReader, tmp_path: Path) -> None:
    data = sounds.id3(sounds.title("neu")) + sounds.mp3() + sounds.id3v1("alt")
    record = read(reader, tmp_path, data)
    by_system = {(e["system"], e["key"]): e["values"] for e in record["tags"]}
    assert by_system["id3v2.4", "TIT2"] == ["neu"]
    assert by_system["id3v1", "title"] == ["alt"]
    assert by_system["id3v1", "track"] == [7]


def test_an_ape_tag_behind_an_mp3_is_read_too(reader: TagReader, tmp_path: Path) -> None:
    from mutagen.apev2 import APEv2

    path = tmp_path / "x"
    path.write_bytes(sounds.id3(sounds.title("vorn")) + sounds.mp3())
    tags: Any = APEv2()  # type: ignore[no-untyped-call]
    tags["Title"] = ["hinten", "zwei"]
    tags.save(path)
    record = reader.read(str(path))
    assert values(record, "Title") == [["hinten", "zwei"]]
    assert values(record, "TIT2") == [["vorn"]]


def test_a_frame_nobody_can_parse_is_kept_as_bytes(reader: TagReader, tmp_path: Path) -> None:
    odd = sounds.id3_frame(b"XYZZ", b"plugh")
    record = read(reader, tmp_path, sounds.id3(sounds.title("x"), odd) + sounds.mp3())
    assert values(record, "XYZZ") == [[{"base64": base64.b64encode(odd).decode()}]]


def test_a_picture_is_described_and_not_copied(reader: TagReader, tmp_path: Path) -> None:
    image = sounds.png(30, 20)
    frame = sounds.id3_frame(b"APIC", b"\x00image/png\0\x03cover\0" + image)
    record = read(reader, tmp_path, sounds.id3(frame) + sounds.mp3())
    assert record["pictures"] == [
        {
            "type": 3,
            "mime": "image/png",
            "note": "cover",
            "size": len(image),
            "format": "image/png",
            "width": 30,
            "height": 20,
            "blake3": blake3(image).hexdigest(),
        }
    ]
    assert record["tags"] == []


def test_vorbis_comments_keep_order_repeats_and_the_encoder(
    reader: TagReader, tmp_path: Path
) -> None:
    cover = base64.b64encode(sounds.flac_picture_block(sounds.png())).decode()
    notes = sounds.comments(
        ("ARTIST", "Müller"), ("Title", "Fuge"), ("ARTIST", "Schmidt"),
        ("METADATA_BLOCK_PICTURE", cover),
    )  # fmt: skip
    record = read(reader, tmp_path, sounds.opus(tags=notes))
    assert [entry["key"] for entry in record["tags"]] == ["(vendor)", "ARTIST", "Title"]
    assert values(record, "ARTIST") == [["Müller", "Schmidt"]]
    assert record["pictures"][0]["width"] == 3
    assert record["pictures"][0]["note"] == "façade"


def test_a_long_text_is_recorded_by_size_and_digest(reader: TagReader, tmp_path: Path) -> None:
    text = "la " * 100_000
    record = read(reader, tmp_path, sounds.id3(sounds.title(text)) + sounds.mp3())
    assert values(record, "TIT2") == [
        [{"chars": 300_000, "size": 300_000, "blake3": blake3(text.encode()).hexdigest()}]
    ]


def test_a_wave_file_gives_its_facts(reader: TagReader, tmp_path: Path) -> None:
    record = read(reader, tmp_path, sounds.wav(frames=4410, bits=24))
    assert record["facts"]["bit_depth"] == 24
    assert record["facts"]["duration_s"] == 0.1
    assert record["media_type"] == "audio/vnd.wave"


def test_what_is_no_audio_gives_an_empty_record(reader: TagReader, tmp_path: Path) -> None:
    record = read(reader, tmp_path, b"Dear archivist,\n", "letter.mp3")
    assert record["format"] is None
    assert "problem" not in record
    assert record["tags"] == []


def test_the_same_file_gives_the_same_record_from_any_worker(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(sounds.id3(sounds.title("a"), sounds.title("b")) + sounds.mp3())
    with TagReader() as one, TagReader() as other:
        found = one.read(str(path))
        assert found == other.read(str(path))
    assert str(tmp_path) not in str(found)


def test_chapters_of_an_mp4_file_are_listed(reader: TagReader, tmp_path: Path) -> None:
    (tmp_path / "marks").write_text(
        ";FFMETADATA1\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=Erstes\n"
        "[CHAPTER]\nTIMEBASE=1/1000\nSTART=500\nEND=1000\ntitle=Zweites\n",
        "utf-8",
    )
    path = tmp_path / "x.m4a"
    sound = ["-f", "lavfi", "-i", "sine=duration=1"]
    marks = ["-i", str(tmp_path / "marks"), "-map_metadata", "1", "-c:a", "aac"]
    subprocess.run([require_tool("ffmpeg"), "-v", "error", *sound, *marks, str(path)], check=True)
    assert values(reader.read(str(path)), "(chapters)") == [
        [{"start_s": 0.0, "title": "Erstes"}, {"start_s": 0.5, "title": "Zweites"}]
    ]


def test_workers_run_from_a_copy_that_only_the_parent_knows_of(tmp_path: Path) -> None:
    import archiver

    home = tmp_path / "elsewhere"
    shutil.copytree(Path(archiver.__file__).parent, home / "archiver")
    path = tmp_path / "x.mp3"
    path.write_bytes(sounds.id3(sounds.title("da")) + sounds.mp3())
    run = "import sys; from archiver.audio.tags import TagReader\n"
    run += "with TagReader() as reader: print(reader.read(sys.argv[1])['tags'][0]['values'])"
    found = subprocess.run(
        [sys.executable, "-c", run, str(path)],
        env={"PYTHONPATH": str(home)}, cwd="/", capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout == "['da']\n"


MADE = {
    "m4a": ["-c:a", "aac"],
    "flac": ["-c:a", "flac"],
    "wv": ["-c:a", "wavpack"],
    "wma": ["-c:a", "wmav2"],
    "ogg": ["-c:a", "libvorbis"],
    "mp3": ["-c:a", "libmp3lame"],
    "tta": ["-c:a", "tta"],
}


@pytest.mark.parametrize("extension", MADE)
def test_a_title_written_by_ffmpeg_is_found(
    extension: str, reader: TagReader, tmp_path: Path
) -> None:
    path = tmp_path / f"x.{extension}"
    subprocess.run(
        [
            require_tool("ffmpeg"), "-v", "error", "-f", "lavfi", "-i", "sine=duration=0.5",
            "-metadata", "title=Ein Titel", *MADE[extension], str(path),
        ],
        check=True,
    )  # fmt: skip
    record = reader.read(str(path))
    assert "problem" not in record
    assert ["Ein Titel"] in [entry["values"] for entry in record["tags"]]
    assert abs(record["facts"]["duration_s"] - 0.5) < 0.11
