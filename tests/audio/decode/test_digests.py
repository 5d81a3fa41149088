"""The digests of decoded samples, beside those that the formats' own programs give."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest
from blake3 import blake3

from tests.audio import sounds
from tests.audio.decode.decoding import ENCODERS, decoded, encoded, pcm, wave
from tests.audio.encoded import KINDS, encode, pcm_md5_by_ffmpeg
from tests.tools import require_tool

SHAPES = [(16, 1), (16, 2), (24, 1), (24, 2), (8, 2), (16, 6), (24, 6)]
HAVE_8 = ("flac", "wv", "tta")


def source_samples(bits: int, channels: int) -> bytes:
    values = sounds.samples(9_000, channels, bits)
    return b"".join(value.to_bytes(bits // 8, "little", signed=True) for value in values)


@pytest.mark.parametrize(
    ("kind", "bits", "channels"),
    # ffmpeg makes 16 bits of 8 for these encoders.
    [(kind, *shape) for kind in ENCODERS for shape in SHAPES if shape[0] > 8 or kind in HAVE_8],
)
def test_decoded_samples_are_those_that_were_encoded(
    kind: str, bits: int, channels: int, tmp_path: Path
) -> None:
    found = decoded(encoded(wave(tmp_path, bits, channels), kind))
    samples = source_samples(bits, channels)
    assert pcm(found) == {
        "md5": hashlib.md5(samples).hexdigest(),
        "blake3": blake3(samples).hexdigest(),
        "sample_rate": 44100,
        "channels": channels,
        "bits": bits,
        "frames": 9_000,
    }
    # ffmpeg's CAF files count the whole of the last packet
    assert found.record["decoding"]["frames_agree"] is (None if kind == "alac.caf" else True)
    assert found.verdict in ("self-verified", "manifest-only")
    assert found.problems == ()


@pytest.mark.parametrize(("bits", "channels"), SHAPES)
def test_flac_and_its_own_tools_agree(bits: int, channels: int, tmp_path: Path) -> None:
    path = encoded(wave(tmp_path, bits, channels), "flac")
    found = decoded(path)
    asked = [require_tool("metaflac"), "--show-md5sum", str(path)]
    stated = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()
    raw = [require_tool("flac"), "-s", "-d", "-c", "--force-raw-format", "--endian=little"]
    played = subprocess.run([*raw, "--sign=signed", str(path)], check=True, capture_output=True)
    assert pcm(found)["md5"] == stated == hashlib.md5(played.stdout).hexdigest()
    assert found.record["self_check"]["checks"]["flac-md5"] == {"checked": 1, "bad": 0}
    assert found.verdict == "self-verified"
    assert "not_checked" not in found.record["self_check"]


@pytest.mark.parametrize(("bits", "channels"), SHAPES)
def test_wavpack_holds_to_the_md5_it_states(bits: int, channels: int, tmp_path: Path) -> None:
    path = encoded(wave(tmp_path, bits, channels), "wv", "-m")
    found = decoded(path)
    asked = [require_tool("wvunpack"), "-q", "-m"]
    unpacked = subprocess.run([*asked, "-r", "-o", "-", str(path)], check=True, capture_output=True)
    stated = found.record["embedded"]["wavpack"]["md5"]
    assert stated == hashlib.md5(unpacked.stdout).hexdigest()
    assert found.record["self_check"]["checks"]["wavpack-md5"] == {"checked": 1, "bad": 0}
    assert found.verdict == "self-verified"


def test_wavpack_of_a_big_endian_source_is_checked_too(tmp_path: Path) -> None:
    source = tmp_path / "a.aiff"
    source.write_bytes(sounds.aiff(9_000))
    found = decoded(encoded(source, "wv", "-m"))
    assert found.record["self_check"]["checks"]["wavpack-md5"] == {"checked": 1, "bad": 0}


@pytest.mark.parametrize("bits", [12, 20])
def test_depths_that_are_no_whole_bytes_are_as_flac_states_them(bits: int, tmp_path: Path) -> None:
    found = decoded(encoded(wave(tmp_path, bits), "flac"))
    assert found.record["self_check"]["checks"]["flac-md5"] == {"checked": 1, "bad": 0}
    assert pcm(found)["bits"] == bits


@pytest.mark.parametrize(
    "name",
    ["s16.wav", "s24.wav", "s32.wav", "a.aiff", "sowt.aifc", "a.caf", "a.au", "a.w64", "s24.flac",
     "flac.oga", "alac.m4a", "a.tta"],
)  # fmt: skip
def test_ffmpeg_takes_the_same_md5_at_native_depth(name: str, tmp_path: Path) -> None:
    path = encode(tmp_path, name)
    found = decoded(path)
    assert pcm(found)["md5"] == pcm_md5_by_ffmpeg(path, f"pcm_s{pcm(found)['bits']}le")


LOSSY_OR_FLOAT = ("f32.wav", "ima.wav", "mono8k.wav", "vorbis.ogg", "a.opus", "a.spx", "cbr.mp3",
                  "a.mp2", "a.aac", "aac.m4a", "a.wv")  # fmt: skip


@pytest.mark.parametrize("name", LOSSY_OR_FLOAT)
def test_lossy_and_floating_sound_has_no_digest_of_samples(name: str, tmp_path: Path) -> None:
    found = decoded(encode(tmp_path, name))
    assert found.essence is not None and "pcm" not in found.essence
    assert found.record["decoding"]["frames"] > 0


def test_hybrid_wavpack_has_none_either(tmp_path: Path) -> None:
    found = decoded(encoded(wave(tmp_path), "wv", "-b256"))
    assert found.essence is not None and "pcm" not in found.essence


@pytest.mark.parametrize("name", KINDS)
def test_no_sound_format_raises_a_false_alarm(name: str, tmp_path: Path) -> None:
    found = decoded(encode(tmp_path, name))
    assert found.problems == ()
    assert found.record["readers"]["pyav"] and found.record["readers"]["ffmpeg"]
    unknown = name in ("a.spx", "ima.wav", "a.wma")
    assert found.record["decoding"]["frames_agree"] is (None if unknown else True)
