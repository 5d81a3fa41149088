"""MPEG-4 files that have other parts of one sound played are not the same recording."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from archiver.audio.examination import AudioExamination
from archiver.compare import Basis, Likeness, compare_recordings
from tests.audio.looking import look, look_at
from tests.tools import require_tool

_RATE, _SKIPPED = 44_100, 20_000


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of AAC with the edit list that FFmpeg gives it."""
    path = tmp_path_factory.mktemp("edits") / "a.m4a"
    tone = ("-f", "lavfi", "-i", f"sine=r={_RATE}:d=2")
    subprocess.run([require_tool("ffmpeg"), "-v", "error", *tone, str(path)], check=True)
    return path


def _edited(whole: Path, place: int, more: int) -> AudioExamination:
    """The file with a number of its first edit changed: its length (8) or media time (12)."""
    data = bytearray(whole.read_bytes())
    at = data.index(b"elst") + 4 + place
    data[at : at + 4] = (int.from_bytes(data[at : at + 4]) + more).to_bytes(4)
    return look_at(whole.parent, bytes(data), "edited.m4a")


@pytest.mark.parametrize(("place", "more"), [(12, _SKIPPED), (8, -500)])
def test_another_part_is_another_sound(whole: Path, place: int, more: int) -> None:
    found = compare_recordings(look(whole), _edited(whole, place, more))
    assert (found.likeness, found.basis) == (Likeness.DIFFERENT, Basis.HEADERS)


@pytest.mark.parametrize(("place", "more"), [(12, 1024), (8, 1)])
def test_priming_and_rounding_are_no_other_part(whole: Path, place: int, more: int) -> None:
    found = compare_recordings(look(whole), _edited(whole, place, more))
    assert found.likeness is Likeness.SAME_ESSENCE


@pytest.mark.parametrize("options", [(), ("-movflags", "frag_keyframe+empty_moov")])
def test_a_remux_plays_the_same_part(whole: Path, options: tuple[str, ...]) -> None:
    other = whole.with_name("b.mp4")
    copied = ("-i", str(whole), "-c", "copy", *options, "-y", str(other))
    subprocess.run([require_tool("ffmpeg"), "-v", "error", *copied], check=True)
    assert compare_recordings(look(whole), look(other)).likeness is Likeness.SAME_ESSENCE


def test_the_part_is_told_among_the_facts(whole: Path) -> None:
    facts = look(whole).record["facts"]
    assert facts["played_from_s"] == pytest.approx(1024 / _RATE, abs=1e-5)
    assert facts["played_s"] == pytest.approx(2.0, abs=0.001)
