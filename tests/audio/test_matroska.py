"""Matroska and WebM: frames out of all kinds of blocks, checksums, tags, chapters, attachments."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from blake3 import blake3

from archiver.audio.examination import AudioExamination, Question
from archiver.audio.examine import examine_source
from archiver.audio.source import open_source
from archiver.audio.tags import Limits
from archiver.recordings.judgement import Sound, what_became_of_the_sound
from tests.audio import mkv, sounds
from tests.audio.encoded import encode, packets_by_ffmpeg
from tests.audio.looking import look, look_at
from tests.tools import require_tool

FRAMES = [bytes([0xFC, n]) * size for n, size in enumerate((20, 300, 20, 256, 7, 510))]
EVEN = [bytes([0xFC, n]) * 40 for n in range(6)]
LACINGS = {
    "none": (mkv.NO_LACING, FRAMES[:1]),
    "xiph": (mkv.XIPH, FRAMES),
    "fixed": (mkv.FIXED, EVEN),
    "ebml": (mkv.EBML_LACING, FRAMES),
}


def stream(found: AudioExamination) -> str:
    assert found.essence is not None
    return str(found.essence["stream"]["blake3"])


def digest(frames: list[bytes]) -> str:
    return blake3(b"".join(frames)).hexdigest()


@pytest.mark.parametrize("group", [False, True], ids=["simple", "group"])
@pytest.mark.parametrize("name", LACINGS)
def test_frames_are_found_however_they_are_laced(name: str, group: bool, tmp_path: Path) -> None:
    lacing, frames = LACINGS[name]
    blocks = [mkv.block(frames, lacing, group=group), mkv.block([b"other"], number=2)]
    path = tmp_path / "a.mka"
    picture = mkv.track(b"V_VP8", number=2, kind=1)
    path.write_bytes(
        mkv.matroska(
            mkv.cluster(0, *blocks), mkv.cluster(500, *blocks), tracks=picture + mkv.track()
        )
    )
    found = look(path)
    assert stream(found) == digest(frames * 2)
    assert stream(found) == blake3(packets_by_ffmpeg(path)).hexdigest()
    assert (found.verdict, found.problems) == ("manifest-only", ())


def test_bytes_stripped_off_the_front_of_frames_are_put_back(tmp_path: Path) -> None:
    settings = mkv.element(0x4254, b"\3"), mkv.element(0x4255, b"\xfc\x01")
    tracks = mkv.track(b"A_OPUS", mkv.encoding(*settings))
    path = tmp_path / "a.mka"
    blocks = mkv.block(FRAMES, mkv.XIPH)
    path.write_bytes(mkv.matroska(mkv.cluster(0, blocks), tracks=tracks))
    found = look(path)
    assert stream(found) == digest([b"\xfc\x01" + frame for frame in FRAMES])
    assert stream(found) == blake3(packets_by_ffmpeg(path)).hexdigest()
    assert found.problems == ()


@pytest.mark.parametrize(
    "settings",
    [
        (mkv.element(0x4254, b"\0"),),
        (),
        (mkv.element(0x4254, b"\3"), mkv.element(0x4255, bytes(65))),
    ],
    ids=["zlib", "zlib unsaid", "too much stripped"],
)
def test_sound_that_is_packed_otherwise_has_no_digest(
    settings: tuple[bytes, ...], tmp_path: Path
) -> None:
    tracks = mkv.track(b"A_OPUS", mkv.encoding(*settings))
    found = look_at(tmp_path, mkv.matroska(mkv.cluster(0, mkv.block(EVEN, 4)), tracks=tracks))
    assert found.essence is None
    assert "packed once more" in found.problems[0]["message"]


@pytest.mark.parametrize(
    ("lacing", "body"),
    [
        (mkv.XIPH, b"\5\xff\xff"),
        (mkv.XIPH, b"\1\x20" + bytes(5)),
        (mkv.FIXED, b"\2" + bytes(10)),
        (mkv.EBML_LACING, b"\2\x81\x80" + bytes(9)),
        (mkv.EBML_LACING, b"\2\x81"),
        (mkv.FIXED, b""),
    ],
)
def test_sizes_of_frames_that_do_not_fit_are_a_finding(
    lacing: int, body: bytes, tmp_path: Path
) -> None:
    block = mkv.element(mkv.SIMPLE_BLOCK, b"\x81\0\0", bytes([lacing]), body)
    good = mkv.block(EVEN[:1])
    found = look_at(tmp_path, mkv.matroska(mkv.cluster(0, block, good)), "a.mka")
    assert "block of sound" in found.problems[0]["message"]
    assert stream(found) == digest(EVEN[:1])


def test_a_stream_recorded_live_is_read_without_any_size(tmp_path: Path) -> None:
    clusters = [
        mkv.cluster(1000 * n, mkv.block(EVEN, mkv.FIXED, at=7), unknown=True) for n in range(3)
    ]
    found = look_at(tmp_path, mkv.matroska(*clusters, unknown=True), "a.mka")
    assert stream(found) == digest(EVEN * 3)
    assert found.record["facts"]["duration_s"] == 2.007
    assert "does not say it" in found.record["self_check"]["notes"][0]
    assert (found.verdict, found.problems) == ("manifest-only", ())


def test_every_flip_in_the_sound_is_found_by_the_checksums_with_its_time(tmp_path: Path) -> None:
    clusters = [mkv.cluster(1000 * n, mkv.block(EVEN, mkv.FIXED), crc=True) for n in range(4)]
    good = mkv.matroska(*clusters)
    whole = look_at(tmp_path, good, "a.mka")
    assert whole.verdict == "self-verified"
    assert whole.record["self_check"]["checks"] == {"ebml-crc32": {"checked": 4, "bad": 0}}
    third = good.rindex(clusters[2])
    for back in (1, 30, len(clusters[2]) - 20):
        data = bytearray(good)
        data[third + len(clusters[2]) - back] ^= 8
        found = look_at(tmp_path, bytes(data), "a.mka")
        assert found.verdict == "damaged"
        (place,) = found.record["self_check"]["damage"]
        assert place["offset"] <= third + len(clusters[2]) - back < place["offset"] + place["size"]
        assert place["from_s"] == 1.0
    without = mkv.matroska(clusters[0], mkv.cluster(1, mkv.block(EVEN, mkv.FIXED)))
    assert look_at(tmp_path, without, "a.mka").verdict == "manifest-only"


def test_a_hole_between_clusters_costs_no_other_cluster(tmp_path: Path) -> None:
    clusters = [mkv.cluster(1000 * n, mkv.block([EVEN[n]]), crc=True) for n in range(4)]
    tags = mkv.element(mkv.TAGS, _tag(b"TITLE", b"Ein Lied"))
    good = mkv.matroska(*clusters, tags)
    second = good.index(clusters[1])
    holed = good[:second] + bytes(6) + good[second + 6 :]
    found = look_at(tmp_path, holed, "a.mka")
    assert stream(found) == digest([EVEN[0], EVEN[2], EVEN[3]])
    assert "are no element" in found.problems[0]["message"]
    assert found.verdict == "structure"
    assert found.record["view"]["title"] == ["Ein Lied"]


@pytest.mark.parametrize("name", ["flac.mka", "opus.webm"])
def test_sound_cut_off_is_missing_and_a_lost_index_is_not_sound(name: str, tmp_path: Path) -> None:
    good = encode(tmp_path, name).read_bytes()
    found = look_at(tmp_path, good[: len(good) // 2], name)
    assert found.verdict == "damaged"
    assert found.record["self_check"]["damage"][-1]["offset"] == len(good) // 2
    found = look_at(tmp_path, good[:-3], name)  # of the cues, which stand behind
    assert found.verdict in ("damaged", "structure")
    assert "Cues" in found.problems[0]["message"]
    assert "missing" not in str(found.record["self_check"].get("damage"))
    found = look_at(tmp_path, good + b"more", name)
    assert "4 bytes follow the segment" in found.problems[0]["message"]


def test_damaged_bytes_are_played_when_their_block_is(tmp_path: Path) -> None:
    blocks = [mkv.block([frame], at=20 * n) for n, frame in enumerate(EVEN)]
    data = mkv.matroska(mkv.cluster(1000, *blocks))
    path = tmp_path / "a.mka"
    path.write_bytes(data)
    place = data.index(EVEN[3]) + 10
    source = open_source(str(path))
    found = examine_source(source, Limits(), question=Question(((place, place),)))
    source.close()
    assert found.places == ({"from_s": 1.06, "to_s": 1.08},)


def test_a_time_beyond_all_measure_is_none(tmp_path: Path) -> None:
    late = mkv.element(mkv.TIMESTAMP, b"\xff" * 8)
    path = tmp_path / "a.mka"
    path.write_bytes(mkv.matroska(mkv.element(mkv.CLUSTER, late, mkv.block(EVEN[:1]))))
    source = open_source(str(path))
    found = examine_source(source, Limits(), question=Question(((120, 120),)))
    source.close()
    assert found.record["facts"]["duration_s"] == 1e9


def _tag(name: bytes, value: bytes, *targets: bytes, inner: bytes = b"") -> bytes:
    simple = mkv.element(0x67C8, mkv.element(0x45A3, name), mkv.element(0x4487, value), inner)
    return mkv.element(0x7373, mkv.element(0x63C0, *targets), simple)


def test_tags_are_kept_with_what_they_are_about(tmp_path: Path) -> None:
    album, song = mkv.element(0x68CA, b"\x32"), mkv.element(0x68CA, b"\x1e")
    chapter = mkv.element(0x63C4, b"\x07")
    nested = mkv.element(0x67C8, mkv.element(0x45A3, b"SORT_WITH"), mkv.element(0x4487, b"lied"))
    tags = mkv.checked(
        mkv.TAGS,
        _tag(b"TITLE", "Märchen".encode(), album),
        _tag(b"TITLE", b"Ein Lied", song, inner=nested),
        _tag(b"TITLE", b"Strophe", chapter),
        _tag(b"ARTIST", b"\xff\xfe"),
    )
    found = look_at(tmp_path, mkv.matroska(tags, mkv.cluster(0, mkv.block(EVEN[:1]))), "a.mka")
    assert found.problems == ()
    listed = [(tag["key"], tag["values"], tag.get("fields")) for tag in found.record["tags"]]
    assert listed == [
        ("TITLE", ["Märchen"], {"target": 50}),
        ("TITLE", ["Ein Lied"], {"target": 30}),
        ("TITLE/SORT_WITH", ["lied"], {"target": 30}),
        ("TITLE", ["Strophe"], {"chapter": "7"}),
        ("ARTIST", [{"base64": "//4="}], None),
    ]
    assert found.record["view"] == {"title": ["Ein Lied"], "album": ["Märchen"]}
    flipped = bytearray(mkv.matroska(tags, mkv.cluster(0, mkv.block(EVEN[:1]))))
    flipped[flipped.index(b"Ein Lied")] ^= 1
    assert look_at(tmp_path, bytes(flipped), "a.mka").verdict == "damaged"


def test_new_tags_are_no_other_sound_but_other_times_are(tmp_path: Path) -> None:
    def made(title: bytes, after: int = 20, name: bytes = b"") -> AudioExamination:
        blocks = mkv.block(EVEN[:1]), mkv.block(EVEN[1:2], at=after, group=True)
        tracks = mkv.track(b"A_OPUS", mkv.element(0x536E, name)) + mkv.track(number=2)
        parts = mkv.element(mkv.TAGS, _tag(b"TITLE", title)), mkv.cluster(0, *blocks)
        return look_at(tmp_path, mkv.matroska(*parts, tracks=tracks), "a.mka")

    before = made(b"Ein Lied")
    assert what_became_of_the_sound(before, made(b"Neu")) is Sound.INTACT
    assert what_became_of_the_sound(before, made(b"Ein Lied", name=b"Neu")) is Sound.INTACT
    assert what_became_of_the_sound(before, made(b"Ein Lied", after=21)) is Sound.HEADERS


def test_attached_files_are_listed_and_pictures_among_the_pictures(tmp_path: Path) -> None:
    cover, log, path = tmp_path / "cover.png", tmp_path / "rip.log", tmp_path / "a.mka"
    cover.write_bytes(sounds.png(5, 4))
    log.write_bytes(b"Alles in Ordnung\n")
    run = [require_tool("ffmpeg"), "-v", "error", "-i", str(encode(tmp_path, "flac.mka"))]
    run += ["-attach", str(cover), "-metadata:s:t:0", "mimetype=image/png"]
    run += ["-attach", str(log), "-metadata:s:t:1", "mimetype=text/plain", "-c", "copy", str(path)]
    subprocess.run(run, check=True)
    found = look(path)
    (picture,) = found.record["pictures"]
    assert (picture["type"], picture["note"], picture["format"]) == (3, "cover.png", "image/png")
    assert (picture["width"], picture["height"]) == (5, 4)
    assert picture["blake3"] == blake3(cover.read_bytes()).hexdigest()
    assert found.record["embedded"]["attachments"] == [
        {
            "name": "rip.log",
            "mime": "text/plain",
            "size": 17,
            "blake3": blake3(log.read_bytes()).hexdigest(),
        }
    ]
    assert stream(found) == stream(look(tmp_path / "flac.mka"))
    assert [one["title"] for one in found.record["view"]["chapters"]] == [
        "Erstes Kapitel",
        "Schluß",
    ]


def _deep(kind: int, depth: int) -> bytes:
    inner = b""
    for _ in range(depth):
        inner = mkv.element(kind, inner)
    return inner


_NAMELESS = mkv.element(0x67C8, mkv.element(0x45A3, b"A"))
HOSTILE = {
    "tags": mkv.element(mkv.TAGS, mkv.element(0x7373, _NAMELESS * 100_000)),
    "nested tags": mkv.element(mkv.TAGS, mkv.element(0x7373, _deep(0x67C8, 2_000))),
    "nested chapters": mkv.element(mkv.CHAPTERS, mkv.element(0x45B9, _deep(0xB6, 2_000))),
    "chapters": mkv.element(mkv.CHAPTERS, mkv.element(0x45B9, mkv.element(0xB6) * 100_000)),
    "elements": mkv.element(0xEC) * 210_000,
    "attached files": mkv.element(mkv.ATTACHMENTS, mkv.element(0x61A7) * 100_000),
    "frames": mkv.cluster(0, mkv.element(mkv.SIMPLE_BLOCK, b"\x81\0\0\4\xff") * 50_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_parts_without_end_or_ground_are_read_in_bounds(name: str, tmp_path: Path) -> None:
    began = time.process_time()
    found = look_at(tmp_path, mkv.matroska(HOSTILE[name]), "a.mka")
    assert time.process_time() - began < 10
    assert found.verdict != "self-verified"
    assert len(found.record["tags"]) <= 20_000
