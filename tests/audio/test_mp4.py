"""MPEG-4 beyond one table of samples: movie fragments, and chapters in tracks of their own."""

from __future__ import annotations

import json
import struct
import subprocess
import time
from pathlib import Path

import pytest
from mutagen.mp4 import MP4

from archiver.audio.examination import Question
from archiver.audio.examine import examine_source
from archiver.audio.source import open_source
from archiver.audio.tags import Limits
from tests.audio.encoded import PIECES, chapters, encode
from tests.audio.looking import look, look_at
from tests.tools import require_tool

# How FFmpeg writes fragments: with places counted from the file, the fragment, or the track before.
WAYS = {
    "from the file": "empty_moov",
    "from the fragment": "empty_moov+default_base_moof",
    "from the track before": "empty_moov+omit_tfhd_offset",
    "begun in the tables": "frag_keyframe",
    "as DASH": "dash+global_sidx",
}


def remux(folder: Path, path: Path, way: str, *options: str) -> Path:
    made = folder / "pieces.mp4"
    run = [require_tool("ffmpeg"), "-v", "error", "-y", "-i", str(path), *options]
    subprocess.run([*run, *PIECES, way, "-strict", "-2", str(made)], check=True)
    return made


def box(name: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), name) + body


@pytest.mark.parametrize("way", WAYS)
def test_the_same_packets_in_fragments_are_the_same_stream(way: str, tmp_path: Path) -> None:
    whole = encode(tmp_path, "aac.m4a")
    picture = ["-f", "lavfi", "-i", "testsrc=d=2:s=64x64", "-c:v", "mpeg4"]
    before, after = look(whole), look(remux(tmp_path, whole, WAYS[way]))
    with_picture = look(remux(tmp_path, whole, WAYS[way], *picture))
    for found in (after, with_picture):
        assert before.essence is not None and found.essence is not None
        assert found.essence["stream"] == before.essence["stream"]
        assert (found.verdict, found.problems) == ("manifest-only", ())
        facts = found.record["facts"]
        assert facts["fragmented"] is True
        for name in ("frames", "duration_s", "bit_rate", "sample_rate"):
            assert facts[name] == before.record["facts"][name]


@pytest.mark.parametrize("name", ["alac.m4a", "flac.mp4", "opus.mp4"])
def test_other_codecs_in_fragments_are_the_same_stream_too(name: str, tmp_path: Path) -> None:
    whole = encode(tmp_path, name)
    before, after = look(whole), look(remux(tmp_path, whole, "empty_moov"))
    assert before.essence is not None and after.essence is not None
    assert after.essence["stream"] == before.essence["stream"]
    assert after.record["facts"]["frames"] == before.record["facts"]["frames"]


def test_a_new_title_changes_nothing_of_fragments_but_another_time_does(tmp_path: Path) -> None:
    # (mutagen spoils places counted from the file: it moves those of the first fragment only.)
    path = remux(tmp_path, encode(tmp_path, "aac.m4a"), WAYS["from the fragment"])
    before = look(path)
    tagged = MP4(path)  # type: ignore[no-untyped-call]
    tagged["\xa9nam"] = ["x" * 5000]
    tagged.save()  # type: ignore[no-untyped-call]
    after = look(path)
    assert before.essence is not None and after.essence is not None
    assert after.essence["stream"] == before.essence["stream"]
    assert after.record["embedded"]["playing"] == before.record["embedded"]["playing"]
    data = bytearray(path.read_bytes())
    data[data.rindex(b"trun") + 16 + 3] ^= 4  # the length of a sample
    altered = look_at(tmp_path, bytes(data))
    assert altered.essence is not None
    assert altered.essence["stream"] == before.essence["stream"]
    assert altered.record["embedded"]["playing"] != before.record["embedded"]["playing"]


def test_a_fragment_that_is_missing_between_others_is_noticed(tmp_path: Path) -> None:
    data = remux(tmp_path, encode(tmp_path, "aac.m4a"), WAYS["from the fragment"]).read_bytes()
    begins = []
    at = 0
    while (at := data.find(b"moof", at + 1)) > 0:
        begins.append(at - 4)
    found = look_at(tmp_path, data[: begins[2]] + data[begins[3] :], "a.mp4")
    assert found.verdict == "structure"
    (problem,) = found.problems
    assert "begins +0.302 s from where those before it end" in problem["message"]
    assert problem["offset"] == begins[2]


def test_sound_cut_off_within_a_fragment_is_missing(tmp_path: Path) -> None:
    data = remux(tmp_path, encode(tmp_path, "aac.m4a"), "empty_moov").read_bytes()
    found = look_at(tmp_path, data[: len(data) // 2], "a.mp4")
    assert found.verdict == "damaged"
    assert found.record["self_check"]["damage"][0]["offset"] == len(data) // 2


def test_damaged_bytes_of_a_fragment_are_played_when_its_samples_are(tmp_path: Path) -> None:
    path = remux(tmp_path, encode(tmp_path, "aac.m4a"), "empty_moov")
    data = path.read_bytes()
    third = [at for at in range(len(data)) if data.startswith(b"mdat", at)][2] + 4
    source = open_source(str(path))
    found = examine_source(source, Limits(), question=Question(((third + 1, third + 2),)))
    source.close()
    (place,) = found.places
    # Thirteen packets a fragment; what the edit list of the encoder's priming skips is not there.
    assert place["from_s"] == pytest.approx(26 * 1024 / 44100, abs=0.0001)
    assert place["to_s"] == pytest.approx(27 * 1024 / 44100, abs=0.0001)


def movie(*fragments: bytes, trex: tuple[int, int] = (1024, 4)) -> bytes:
    """Return a file in fragments with one track of sound, all of its samples made up."""
    entry = box(b".mp3", bytes(6), struct.pack(">HQHHIHH", 1, 0, 2, 16, 0, 44100, 0))
    stbl = box(b"stbl", box(b"stsd", struct.pack(">II", 0, 1), entry))
    mdia = box(
        b"mdia",
        box(b"mdhd", struct.pack(">IIIIII", 0, 0, 0, 44100, 0, 0)),
        box(b"hdlr", bytes(8), b"soun", bytes(13)),
        box(b"minf", stbl),
    )
    trak = box(b"trak", box(b"tkhd", struct.pack(">IIII", 0, 0, 0, 7), bytes(68)), mdia)
    usual = box(b"trex", struct.pack(">6I", 0, 7, 1, *trex, 0))
    moov = box(b"moov", box(b"mvhd", bytes(100)), trak, box(b"mvex", usual))
    return box(b"ftyp", b"iso5", bytes(4)) + moov + b"".join(fragments)


def test_runs_follow_each_other_where_they_state_no_place(tmp_path: Path) -> None:
    """Usual sizes, own sizes and no offsets at all: everything is where the data before ended."""
    head = box(b"tfhd", struct.pack(">II", 0x20000, 7))
    runs = [
        box(b"trun", struct.pack(">IIi", 0x1, 2, 0)),
        box(b"trun", struct.pack(">II4I", 0x300, 2, 10, 3, 20, 5)),
        box(b"trun", struct.pack(">II", 0, 1)),
    ]
    size = len(box(b"moof", box(b"traf", head, *runs)))
    runs[0] = box(b"trun", struct.pack(">IIi", 0x1, 2, size + 8))
    data = movie(box(b"moof", box(b"traf", head, *runs)), box(b"mdat", b"aaaabbbbcccdddddeeee"))
    found = look_at(tmp_path, data, "a.mp4")
    assert found.essence is not None
    assert found.essence["stream"]["size"] == 4 + 4 + 3 + 5 + 4
    assert found.record["facts"]["frames"] == 3 * 1024 + 10 + 20
    assert found.verdict == "manifest-only"


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (struct.pack(">II", 0, 0xFFFFFFFF), "more than 4000000"),
        (struct.pack(">II", 0x200, 3_000_000) + bytes(40), "has 10 of 3000000 samples"),
        (struct.pack(">IIi", 1, 5, -(1 << 31)), "before the file"),
        (struct.pack(">IIi", 1, 5, (1 << 31) - 1), "runs of samples are not there"),
    ],
    ids=["too many", "cut off", "before the file", "behind the file"],
)
def test_a_run_that_promises_too_much_is_refused(run: bytes, words: str, tmp_path: Path) -> None:
    head = box(b"tfhd", struct.pack(">II", 0x20000, 7))
    began = time.process_time()
    moof = box(b"moof", box(b"traf", head, box(b"trun", run)))
    found = look_at(tmp_path, movie(moof, box(b"mdat", bytes(50))), "a.mp4")
    assert time.process_time() - began < 1
    assert words in " ".join(problem["message"] for problem in found.problems)
    assert found.verdict == "structure"


def test_fragments_without_end_are_followed_in_bounds(tmp_path: Path) -> None:
    piece = box(b"moof") + box(b"mdat")
    began = time.process_time()
    found = look_at(tmp_path, movie(*[piece] * 210_000), "a.mp4")
    assert time.process_time() - began < 10
    assert "more than" in found.problems[0]["message"]


def chapters_in(path: Path) -> list[tuple[float, str]]:
    view = look(path).record["view"]
    return [(one["start_s"], one["title"]) for one in view["chapters"]]


def test_chapters_of_an_audiobook_are_read_from_their_track_and_told_once(tmp_path: Path) -> None:
    book = encode(tmp_path, "book.m4b")
    tags = {tag["key"]: tag["values"] for tag in look(book).record["tags"]}
    expected = [(0.0, "Erstes Kapitel"), (0.7, "Schluß")]
    assert [(one["start_s"], one["title"]) for one in tags["(chapter track)"]] == expected
    assert tags["(chapters)"] == tags["(chapter track)"]  # Nero's, which FFmpeg writes, too
    assert chapters_in(book) == expected
    data = book.read_bytes()
    (tmp_path / "track-only.m4b").write_bytes(data.replace(b"chpl", b"free"))
    assert chapters_in(tmp_path / "track-only.m4b") == expected
    (tmp_path / "other.m4b").write_bytes(data.replace("Schluß".encode(), b"Schluss", 1))
    assert chapters_in(tmp_path / "other.m4b") == [expected[0], (0.7, "Schluss"), expected[1]]


def test_chapters_are_where_ffprobe_sees_them(tmp_path: Path) -> None:
    late = tmp_path / "late.m4b"
    run = [require_tool("ffmpeg"), "-v", "error", "-i", str(encode(tmp_path, "aac.m4a"))]
    subprocess.run([*run, *chapters(300), "-c", "copy", str(late)], check=True)
    shown = subprocess.run(
        [require_tool("ffprobe"), "-v", "error", "-of", "json", "-show_chapters", str(late)],
        check=True,
        capture_output=True,
    )
    seen = json.loads(shown.stdout)["chapters"]
    tags = {tag["key"]: tag["values"] for tag in look(late).record["tags"]}
    assert tags["(chapter track)"] == [
        {"start_s": float(one["start_time"]), "title": one["tags"]["title"]} for one in seen
    ]
    # FFmpeg writes no empty edit into its track, so the two lists differ: both are told.
    assert [start for start, _ in chapters_in(late)] == [0.0, 0.3, 0.7]


def test_what_an_edit_list_skips_of_a_chapter_track_is_not_counted(tmp_path: Path) -> None:
    data = bytearray(encode(tmp_path, "book.m4b").read_bytes().replace(b"chpl", b"free"))
    edits = data.rindex(b"elst") + 4
    data[edits + 12 : edits + 16] = struct.pack(">i", 200)
    (tmp_path / "skipped.m4b").write_bytes(data)
    assert chapters_in(tmp_path / "skipped.m4b") == [(0.0, "Erstes Kapitel"), (0.5, "Schluß")]


def test_chapter_tracks_of_hostile_sizes_are_refused(tmp_path: Path) -> None:
    data = encode(tmp_path, "book.m4b").read_bytes().replace(b"chpl", b"free")
    table = data.rindex(b"stsz") + 4
    large = data[: table + 12] + struct.pack(">I", 1 << 31) + data[table + 16 :]
    same = data[: table + 4] + struct.pack(">II", 70_000, 100_000) + data[table + 12 :]
    for hostile, words in ((large, "a title of 2147483648"), (same, "more than 10000")):
        began = time.process_time()
        found = look_at(tmp_path, hostile, "book.m4b")
        assert time.process_time() - began < 1
        assert found.record.get("view", {}).get("chapters", []) == []
        assert words in " ".join(problem["message"] for problem in found.problems)
        assert found.problems
