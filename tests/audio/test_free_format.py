"""MP3 of free format: frames that state no bit rate, found by their distance."""

from __future__ import annotations

import subprocess
import wave
from pathlib import Path

import pytest
from blake3 import blake3

from archiver.audio.examination import Question
from archiver.audio.examine import examine_source
from archiver.audio.sniff import sniff
from archiver.audio.source import open_source
from archiver.audio.tags import Limits
from tests.audio import sounds
from tests.audio.encoded import encode
from tests.audio.looking import look, look_at
from tests.tools import require_tool

LAME = {
    "stereo": ["-b", "500"],
    "as slow as a stated one": ["-b", "128"],
    "mono": ["-b", "400", "-m", "m"],
    "protected": ["-b", "330", "-p"],
    "largest frames": ["-b", "640", "--resample", "32"],
    "MPEG-2": ["-b", "90", "--resample", "22.05"],
}


def make(folder: Path, *options: str) -> Path:
    made = folder / "free.mp3"
    run = [require_tool("lame"), "--quiet", "--freeformat", *options]
    subprocess.run([*run, str(encode(folder, "s16.wav")), str(made)], check=True)
    return made


@pytest.mark.parametrize("name", LAME)
def test_frames_are_found_by_their_distance_and_verify_themselves(
    name: str, tmp_path: Path
) -> None:
    path = make(tmp_path, *LAME[name])
    found = look(path)
    data, facts = path.read_bytes(), found.record["facts"]
    assert (found.verdict, found.problems) == ("self-verified", ())
    assert found.essence is not None
    size = found.essence["stream"]["size"]  # all frames behind the one with LAME's tag
    assert found.essence["stream"]["blake3"] == blake3(data[len(data) - size :]).hexdigest()
    assert len(data) - size - facts["free_frame_bytes"] in (0, 1)
    assert facts["bit_rate"] == pytest.approx(int(LAME[name][1]) * 1000, rel=0.001)
    decoded = tmp_path / "decoded.wav"
    subprocess.run([require_tool("lame"), "--quiet", "--decode", path, decoded], check=True)
    with wave.open(str(decoded)) as samples:
        assert facts["played_frames"] == samples.getnframes()
        assert facts["sample_rate"] == samples.getframerate()
        assert facts["channels"] == samples.getnchannels()


def test_a_stream_without_lames_tag_is_known_by_its_frames_alone(tmp_path: Path) -> None:
    path = make(tmp_path, "-b", "330", "-t")
    data = path.read_bytes()
    found = look(path)
    assert (found.verdict, found.problems) == ("manifest-only", ())
    assert found.essence is not None
    assert found.essence["stream"]["blake3"] == blake3(data).hexdigest()
    assert sniff(data[:4096]) == "mp3"
    assert sniff(b"\0" * 900 + data[:4096]) == "mp3"


def test_a_new_title_leaves_the_stream_as_it_was(tmp_path: Path) -> None:
    path = make(tmp_path, "-b", "330")
    before = look(path)
    run = [require_tool("id3v2"), "--TIT2", "Neu", str(path)]
    subprocess.run(run, check=True, capture_output=True)
    after = look(path)
    assert before.essence is not None and after.essence is not None
    assert after.essence == before.essence
    assert after.record["view"]["title"] == ["Neu"]
    assert after.problems == ()


def test_a_hole_is_noticed_and_the_frames_behind_it_are_found_again(tmp_path: Path) -> None:
    data = make(tmp_path, "-b", "330", "-t").read_bytes()
    found = look_at(tmp_path, data[:30_000] + data[30_500:], "free.mp3")
    assert found.verdict == "structure"
    assert "no frame" in found.problems[0]["message"]
    frames = found.record["facts"]["frames"] // 1152
    assert frames == look_at(tmp_path, data, "free.mp3").record["facts"]["frames"] // 1152 - 1


def test_damaged_bytes_are_played_when_their_frame_is(tmp_path: Path) -> None:
    path = make(tmp_path, "-b", "330", "-t")
    source = open_source(str(path))
    found = examine_source(source, Limits(), question=Question(((43_200, 43_200),)))
    source.close()
    (place,) = found.places
    assert place["from_s"] == pytest.approx(40 * 1152 / 44100, abs=1e-6)
    assert place["to_s"] == pytest.approx(41 * 1152 / 44100, abs=1e-6)


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfb\x00\x44" + bytes(9000),
        ("\n" * 4000).encode("utf-16"),
        b"\xff\xff\x00\x44" + b"\xff" * 9000,
        b"".join(b"\xff\xfb\x00\x44" + bytes(size) for size in (500, 700, 4, 4, 4)),
    ],
    ids=["once", "text", "ff", "uneven"],
)
def test_what_only_looks_like_it_is_no_recording(data: bytes) -> None:
    assert sniff(data) is None


def test_no_size_is_guessed_for_a_frame_whose_bit_rate_was_destroyed(tmp_path: Path) -> None:
    data = bytearray(sounds.mp3(40))
    data[2] &= 0x0F
    found = look_at(tmp_path, bytes(sounds.id3(sounds.title("x"))) + bytes(data), "x.mp3")
    assert "free_frame_bytes" not in found.record["facts"]
    assert found.record["facts"]["frames"] == 39 * 1152
