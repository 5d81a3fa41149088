"""Headers without a checksum are held against the sound they stand before."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.audio import sounds
from tests.audio.encoded import encode
from tests.audio.looking import look, look_at
from tests.tools import require_tool

# Where a bit of STREAMINFO stands (byte in the file, mask), and the word of the finding about it.
STREAMINFO = {
    "smallest block": (9, 0x01, "block size is"),
    "largest block": (10, 0x40, "largest block is"),
    "smallest frame": (12, 0x80, "frames of"),
    "sample rate": (18, 0x08, "sample rate is"),
    "channels": (20, 0x04, "number of channels is"),
    "bit depth": (21, 0x40, "bit depth is"),
}


@pytest.mark.parametrize("what", STREAMINFO)
def test_a_bit_flipped_in_streaminfo_is_a_contradiction(what: str, tmp_path: Path) -> None:
    good = encode(tmp_path, "a.flac").read_bytes()
    place, mask, words = STREAMINFO[what]
    bad = bytearray(good)
    bad[place] ^= mask
    found = look_at(tmp_path, bytes(bad), "bad.flac")
    assert found.verdict in ("structure", "damaged")
    assert any(words in problem["message"] for problem in found.problems), found.problems


@pytest.mark.parametrize("frames", [1, 191, 192, 576, 4095, 4096, 4097, 20_000])
@pytest.mark.parametrize("options", [[], ["-b", "576"], ["-b", "1000"], ["--lax", "-b", "16"]])
def test_honest_headers_of_short_and_odd_files_contradict_nothing(
    frames: int, options: list[str], tmp_path: Path
) -> None:
    wave, flac = tmp_path / "a.wav", tmp_path / "a.flac"
    wave.write_bytes(sounds.wav(frames, rate=48000, bits=24, channels=1))
    run = [require_tool("flac"), "-s", *options, str(wave), "-o", str(flac)]
    subprocess.run(run, check=True)
    found = look(flac)
    assert (found.verdict, found.problems) == ("self-verified", ())


def test_what_follows_the_last_chunk_of_a_caf_file_is_seen(tmp_path: Path) -> None:
    good = encode(tmp_path, "a.caf").read_bytes()
    for more in (b"x", b"\xff" * 40, bytes(100), b"free\xff\xff\xff\xff\xff\xff\xff\xf0"):
        found = look_at(tmp_path, good + more, "bad.caf")
        assert found.verdict == "structure"
        assert f"{len(more)} bytes follow the last chunk" in found.problems[0]["message"]


def test_an_mp3_with_its_encoders_header_is_known_however_its_sound_goes_on(
    tmp_path: Path,
) -> None:
    wave, mp3 = encode(tmp_path, "s16.wav"), tmp_path / "a.mp3"
    subprocess.run([require_tool("lame"), "--quiet", "-T", str(wave), str(mp3)], check=True)
    good = mp3.read_bytes()
    found = look_at(tmp_path, good[:600] + bytes(4000) + good[4600:], "bad.mp3")
    assert (found.record["format"], found.verdict) == ("mp3", "damaged")


@pytest.mark.parametrize(
    ("name", "zeros"), [(b"LAME3.88 (beta)", False), (b"Lavf53.32", True), (b"LAME3.100", None)]
)
def test_an_encoder_that_left_its_name_and_no_checksums_is_not_called_damaged(
    tmp_path: Path, name: bytes, zeros: bool | None
) -> None:
    made = tmp_path / "a.mp3"
    run = [require_tool("lame"), "--quiet", "-V2", str(encode(tmp_path, "s16.wav")), str(made)]
    subprocess.run(run, check=True)
    data = bytearray(made.read_bytes())
    at = data.index(b"LAME3.")
    data[at : at + 36] = name.ljust(36, b"\0" if zeros else b"U")
    found = look_at(tmp_path, bytes(data), "b.mp3")
    assert found.verdict == ("damaged" if zeros is None else "manifest-only")
    assert found.record["embedded"]["vbr_header"]["encoder"] == name[:9].decode().rstrip()
