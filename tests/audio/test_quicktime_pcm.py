"""Uncompressed sound in QuickTime movies, beside what FFmpeg reads of it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.audio.encoded import pcm_md5_by_ffmpeg
from tests.audio.looking import look, look_at
from tests.tools import require_tool

# What it is encoded as, its rate, bits, and how the samples are in RFC 9639's order.
KINDS = [
    ("pcm_s16le", 48_000, 16, "pcm_s16le"),
    ("pcm_s16be", 44_100, 16, "pcm_s16le"),
    ("pcm_s24le", 48_000, 24, "pcm_s24le"),
    ("pcm_s24be", 48_000, 24, "pcm_s24le"),
    ("pcm_s32le", 44_100, 32, "pcm_s32le"),
    ("pcm_u8", 8_000, 8, "pcm_s8"),
    ("pcm_s8", 8_000, 8, "pcm_s8"),
    ("pcm_s16le", 96_000, 16, "pcm_s16le"),  # from here on descriptions of version 2
    ("pcm_s24be", 96_000, 24, "pcm_s24le"),
    ("pcm_s32be", 192_000, 32, "pcm_s32le"),
]


def _movie(folder: Path, coding: str, rate: int, seconds: float = 0.5) -> Path:
    path = folder / f"{coding}-{rate}-{seconds}.mov"
    tone = f"sine=r={rate}:d={seconds},aformat=channel_layouts=stereo"
    run = [require_tool("ffmpeg"), "-v", "error", "-f", "lavfi", "-i", tone]
    subprocess.run([*run, "-c:a", coding, str(path)], check=True)
    return path


@pytest.mark.parametrize(("coding", "rate", "bits", "native"), KINDS)
def test_facts_and_samples_are_those_of_ffmpeg(
    coding: str, rate: int, bits: int, native: str, tmp_path: Path
) -> None:
    path = _movie(tmp_path, coding, rate)
    found = look(path)
    facts = found.record["facts"]
    assert (facts["codec"], facts["sample_rate"], facts["channels"]) == ("pcm", rate, 2)
    assert (facts["bit_depth"], facts["frames"]) == (bits, rate // 2)
    assert "disagreements" not in found.record
    assert found.problems == ()
    assert found.essence is not None
    assert found.essence["pcm"]["md5"] == pcm_md5_by_ffmpeg(path, native)
    assert found.essence["stream"]["size"] == rate // 2 * 2 * bits // 8


@pytest.mark.parametrize(("coding", "rate"), [("pcm_f32le", 48_000), ("pcm_f64be", 96_000)])
def test_floating_point_is_told_and_has_no_digest_of_whole_numbers(
    coding: str, rate: int, tmp_path: Path
) -> None:
    found = look(_movie(tmp_path, coding, rate))
    assert found.record["facts"]["codec"] == "pcm-float"
    assert found.record["facts"]["bit_depth"] == int(coding[5:7])
    assert found.essence is not None
    assert "pcm" not in found.essence


def test_a_sample_size_of_one_stands_for_none(tmp_path: Path) -> None:
    data = bytearray(_movie(tmp_path, "pcm_s16le", 48_000).read_bytes())
    whole = look_at(tmp_path, bytes(data), "whole.mov")
    at = data.index(b"stsz") + 8
    assert data[at : at + 4] == (4).to_bytes(4)
    data[at : at + 4] = (1).to_bytes(4)
    assert look_at(tmp_path, bytes(data), "old.mov").essence == whole.essence


def test_more_samples_than_are_followed_one_by_one_are_followed_by_chunks(tmp_path: Path) -> None:
    path = _movie(tmp_path, "pcm_s8", 8_000, 620)
    found = look(path)
    assert found.record["facts"]["duration_s"] == 620
    assert found.verdict == "manifest-only"
    assert found.essence is not None
    assert found.essence["stream"]["size"] == 620 * 8_000 * 2


def test_sound_that_no_chunk_holds_is_missed(tmp_path: Path) -> None:
    data = bytearray(_movie(tmp_path, "pcm_s16le", 48_000).read_bytes())
    at = data.index(b"stsz") + 12
    data[at : at + 4] = (int.from_bytes(data[at : at + 4]) + 1_000).to_bytes(4)
    found = look_at(tmp_path, bytes(data), "lost.mov")
    assert found.verdict == "structure"
