"""Our walkers and digests beside FFmpeg's, on files of independent encoders."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import mutagen
import pytest
from blake3 import blake3
from mutagen.id3 import COMM, ID3, TIT2

from tests.audio.encoded import KINDS, encode, packets_by_ffmpeg, pcm_md5_by_ffmpeg
from tests.audio.looking import look
from tests.tools import require_tool

# Where FFmpeg's length is another, and why (seconds).
EXPLAINED = {
    "a.aac": 0.6,  # it guesses from the bit rate; we count frames
    "ima.wav": 0.05,  # the last block is not full
    "a.opus": 0.0066,  # it counts the 312 samples of pre-skip, which are not played
    "a.spx": 0.01,  # it counts the encoder's look-ahead
    "aac.m4a": 0.0233,  # it leaves out the 1024 samples of priming that the edit list skips
}
# What only a checksum inside the file can give.
SELF_VERIFYING = ("flac", "ogg-vorbis", "ogg-opus", "ogg-flac", "ogg-speex", "mp3", "tta")


@pytest.mark.parametrize("name", KINDS)
def test_facts_and_coded_packets_are_those_ffmpeg_sees(name: str, tmp_path: Path) -> None:
    path = encode(tmp_path, name)
    found = look(path)
    assert found.record["format"] == KINDS[name][0]
    assert found.problems == ()
    assert found.verdict == (
        "self-verified" if found.record["format"] in SELF_VERIFYING else "manifest-only"
    )
    assert found.essence is not None
    packets = packets_by_ffmpeg(path)
    assert found.essence["stream"] == {
        "blake3": blake3(packets).hexdigest(),
        "size": len(packets),
    }
    _same_facts(path, found.record["facts"])


def _same_facts(path: Path, facts: dict[str, object]) -> None:
    out = subprocess.run(
        [
            require_tool("ffprobe"), "-v", "error", "-select_streams", "a:0", "-of", "json",
            "-show_entries", "stream=sample_rate,channels,duration:format=duration", str(path),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    answer = json.loads(out.stdout)
    stream = answer["streams"][0]
    assert facts["sample_rate"] == int(stream["sample_rate"])
    assert facts["channels"] == stream["channels"]
    length = float(stream.get("duration") or answer["format"]["duration"])
    duration = facts["duration_s"]
    assert isinstance(duration, float)
    assert abs(duration - length) <= EXPLAINED.get(path.name, 0.001)


@pytest.mark.parametrize(
    ("name", "coding"),
    [
        ("s16.wav", "pcm_s16le"),
        ("s24.wav", "pcm_s24le"),
        ("s32.wav", "pcm_s32le"),
        ("long.rf64", "pcm_s16le"),
        ("a.w64", "pcm_s16le"),
        ("a.aiff", "pcm_s16le"),
        ("s24.aiff", "pcm_s24le"),
        ("sowt.aifc", "pcm_s16le"),
        ("a.caf", "pcm_s16le"),
        ("a.au", "pcm_s16le"),
        ("u8.wav", "pcm_s8"),
    ],
)
def test_the_pcm_digest_is_that_of_the_decoded_samples(
    name: str, coding: str, tmp_path: Path
) -> None:
    path = encode(tmp_path, name)
    found = look(path)
    assert found.essence is not None
    assert found.essence["pcm"]["md5"] == pcm_md5_by_ffmpeg(path, coding)


@pytest.mark.parametrize("bits", [8, 16, 24])
def test_a_wave_and_the_flac_made_from_it_have_one_pcm_digest(bits: int, tmp_path: Path) -> None:
    from tests.audio import sounds

    wave, flac = tmp_path / "a.wav", tmp_path / "a.flac"
    wave.write_bytes(sounds.wav(30_000, bits=bits))
    subprocess.run([require_tool("flac"), "-s", str(wave), "-o", str(flac)], check=True)
    a, b = look(wave).essence, look(flac).essence
    assert a is not None and b is not None
    assert a["pcm"]["md5"] == b["pcm"]["md5"]
    assert a["stream"] != b["stream"]


RETAGGED = ["vorbis.ogg", "a.opus", "flac.oga", "a.spx", "a.flac", "cbr.mp3", "vbr.mp3", "aac.m4a",
            "alac.m4a", "a.wv", "a.tta", "s16.wav", "a.aiff"]  # fmt: skip


@pytest.mark.parametrize("name", RETAGGED)
def test_a_new_title_and_a_long_comment_leave_the_stream_digest_as_it_was(
    name: str, tmp_path: Path
) -> None:
    path = encode(tmp_path, name)
    before = look(path)
    file: Any = mutagen.File(path)
    if file.tags is None:
        file.add_tags()
    tags: Any = file.tags
    if isinstance(file.tags, ID3):
        title: Any = TIT2(encoding=3, text=["Neu"])  # type: ignore[no-untyped-call]
        tags.add(title)
        long = ["x" * 200_000]
        tags.add(COMM(encoding=3, lang="deu", text=long))  # type: ignore[no-untyped-call]
    else:
        key = "\xa9nam" if name.endswith("m4a") else "title"
        file.tags[key] = ["Neu"]
        file.tags["\xa9cmt" if name.endswith("m4a") else "comment"] = ["x" * 200_000]
    file.save()
    after = look(path)
    assert before.essence is not None and after.essence is not None
    assert after.essence["stream"] == before.essence["stream"]
    assert "Neu" in after.record["view"]["title"]
    assert after.verdict == before.verdict


def test_flac_and_ogg_flac_hold_the_same_stream(tmp_path: Path) -> None:
    path = encode(tmp_path, "a.flac")
    other = tmp_path / "b.oga"
    run = [require_tool("ffmpeg"), "-v", "error", "-i", str(path), "-c", "copy", str(other)]
    subprocess.run(run, check=True)
    a, b = look(path).essence, look(other).essence
    assert a is not None and b is not None
    assert a["stream"] == b["stream"]


@pytest.mark.parametrize("options", [[], ["-m"], ["-b256"]], ids=["plain", "md5", "hybrid"])
def test_wavpack_of_its_own_encoder_verifies_itself(options: list[str], tmp_path: Path) -> None:
    wave = encode(tmp_path, "s16.wav")
    packed = tmp_path / "a.wv"
    run = [require_tool("wavpack"), "-q", "-y", *options, str(wave), "-o", str(packed)]
    subprocess.run(run, check=True)
    found = look(packed)
    assert found.verdict == "self-verified"
    assert found.essence is not None
    assert found.essence["stream"]["blake3"] == blake3(packets_by_ffmpeg(packed)).hexdigest()


def test_an_mp3_of_lame_verifies_itself_and_one_without_its_tag_cannot(tmp_path: Path) -> None:
    wave = encode(tmp_path, "s16.wav")
    for option, verdict in (("-T", "self-verified"), ("-t", "manifest-only")):
        path = tmp_path / f"lame{option}.mp3"
        subprocess.run([require_tool("lame"), "--quiet", option, str(wave), str(path)], check=True)
        assert look(path).verdict == verdict
