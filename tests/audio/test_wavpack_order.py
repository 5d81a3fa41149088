"""The blocks of WavPack: all channels of each time are there, once, and in their order."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from archiver.audio.source import open_source
from archiver.audio.walk.wavpack import WavPackBlock, blocks
from tests.audio.encoded import encode
from tests.audio.looking import look, look_at
from tests.tools import require_tool


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """WavPack files of two and of six channels, of several blocks a channel."""
    folder = tmp_path_factory.mktemp("wavpack")
    stereo, six = encode(folder, "s16.wav"), folder / "six.wav"
    run = [require_tool("ffmpeg"), "-v", "error", "-i", str(stereo), "-af", "pan=5.1|" + "|".join(
        f"c{n}=c{n % 2}" for n in range(6)
    )]  # fmt: skip
    subprocess.run([*run, str(six)], check=True)
    made = {}
    for channels, wave in ((2, stereo), (6, six)):
        made[channels] = folder / f"{channels}.wv"
        run = [require_tool("wavpack"), "-q", "-y", "--blocksize=2000", str(wave), "-o"]
        subprocess.run([*run, str(made[channels])], check=True)
    return made


def _blocks(path: Path) -> list[WavPackBlock]:
    source = open_source(str(path))
    try:
        found = list(blocks(source, 0, source.size))
    finally:
        source.close()
    whole = [block for block in found if isinstance(block, WavPackBlock)]
    assert len(whole) == len(found) > 8
    return whole


def _joined(parts: Sequence[WavPackBlock]) -> bytes:
    return b"".join(block.data for block in parts)


def test_a_block_that_stands_there_twice_is_damage(packed: dict[int, Path], tmp_path: Path) -> None:
    all_blocks = _blocks(packed[2])
    twice = look_at(tmp_path, _joined([*all_blocks[:4], *all_blocks[3:]]), "a.wv")
    assert twice.verdict == "damaged"
    assert "the block begins at sample 6000, due was 8000" in str(twice.problems)


@pytest.mark.parametrize("lost", [0, 1, 3, 5, -1])
def test_channels_that_are_lost_for_a_time_are_damage(
    packed: dict[int, Path], tmp_path: Path, lost: int
) -> None:
    assert look(packed[6]).verdict == "self-verified"
    sound = [block for block in _blocks(packed[6]) if block.samples]
    assert look_at(tmp_path, _joined(sound), "whole.wv").verdict == "self-verified"
    del sound[lost]
    data = _joined(sound)
    assert look_at(tmp_path, data, "a.wv").verdict == "damaged"
    unpack = [require_tool("wvunpack"), "-q", "-v", str(tmp_path / "a.wv")]
    assert subprocess.run(unpack, capture_output=True, check=False).returncode != 0
