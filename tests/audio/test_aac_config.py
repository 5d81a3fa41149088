"""What an MPEG-4 file's own configuration says of channels and sample rate, beside ffprobe."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from archiver.audio.walk.aac_config import AacConfig, read_aac_config
from tests.audio.looking import look
from tests.tools import require_tool


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("1210", AacConfig(2, 44100, 2)),
        ("1188", AacConfig(2, 48000, 1)),
        ("121056e500", AacConfig(2, 44100, 2)),  # SBR is said not to be there
        ("139056e5a0", AacConfig(2, 44100, 2, sbr=True)),  # passed over by old decoders
        ("138856e5a54880", AacConfig(2, 44100, 2, sbr=True, ps=True)),
        ("2b920800", AacConfig(2, 44100, 2, sbr=True)),  # said first, old decoders refuse
        ("eb8a0800", AacConfig(2, 44100, 2, sbr=True, ps=True)),
        ("1780a96200", AacConfig(2, 86724, None)),  # a rate of its own, channels not to be found
        ("1200050405002100", AacConfig(2, 44100, 5)),  # channels listed: two pairs and a bass
        ("12", None),
        ("", None),
    ],
)
def test_configurations_are_read_bit_by_bit(config: str, expected: AacConfig | None) -> None:
    assert read_aac_config(bytes.fromhex(config)) == expected


def test_every_beginning_of_a_configuration_is_survived() -> None:
    whole = bytes.fromhex("1000400000138856e5a54880")
    for size in range(len(whole)):
        for first in range(256):
            read_aac_config(bytes([first]) + whole[1:size])


def _encode(folder: Path, channels: int, rate: int) -> Path:
    path = folder / f"{channels}-{rate}.m4a"
    sound = f"anoisesrc=d=0.3:r={rate}"
    run = [require_tool("ffmpeg"), "-v", "error", "-f", "lavfi", "-i", sound]
    subprocess.run([*run, "-ac", str(channels), "-c:a", "aac", str(path)], check=True)
    return path


def _by_ffprobe(path: Path) -> tuple[int, int]:
    run = [require_tool("ffprobe"), "-v", "error", "-of", "json", "-show_streams", str(path)]
    out = subprocess.run(run, check=True, capture_output=True)
    stream = json.loads(out.stdout)["streams"][0]
    return int(stream["sample_rate"]), stream["channels"]


@pytest.mark.parametrize("channels", [1, 2, 3, 6, 7, 8])
def test_channels_are_those_of_the_stream_and_not_of_the_template(
    channels: int, tmp_path: Path
) -> None:
    for rate in (96000, 44100, 16000):
        path = _encode(tmp_path, channels, rate)
        facts = look(path).record["facts"]
        assert (facts["sample_rate"], facts["channels"]) == _by_ffprobe(path) == (rate, channels)


@pytest.mark.parametrize(
    ("channels", "config"), [(2, "139056e5a0"), (2, "2b92080000"), (1, "eb8a080000")]
)
def test_a_spectrum_or_stereo_that_is_signalled_beside_the_core_counts(
    channels: int, config: str, tmp_path: Path
) -> None:
    path = _encode(tmp_path, channels, 22050)
    data = path.read_bytes()
    place = data.index(b"\x05\x80\x80\x80\x05") + 5
    path.write_bytes(data[:place] + bytes.fromhex(config) + data[place + 5 :])
    facts = look(path).record["facts"]
    assert (facts["sample_rate"], facts["channels"]) == _by_ffprobe(path) == (44100, 2)
    assert abs(facts["frames"] / facts["sample_rate"] - facts["duration_s"]) < 1e-5


def test_a_file_without_its_configuration_says_what_the_sample_entry_says(tmp_path: Path) -> None:
    path = _encode(tmp_path, 2, 44100)
    data = path.read_bytes().replace(b"esds", b"free", 1)
    path.write_bytes(data)
    facts = look(path).record["facts"]
    assert (facts["codec"], facts["sample_rate"], facts["channels"]) == ("mp4a", 44100, 2)
