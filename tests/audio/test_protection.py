"""Protected recordings are told by their bytes, with the system and the place."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archiver.audio.protection import Protection, find_protection, may_be_protected
from archiver.audio.source import open_source
from tests.audio.protected import FREE, PROTECTED


def look(folder: Path, data: bytes) -> Protection | None:
    """Look at bytes as packaging does."""
    path = folder / "looked at.bin"
    path.write_bytes(data)
    source = open_source(str(path))
    try:
        return find_protection(source, data[:4096])
    finally:
        source.close()


@pytest.mark.parametrize("case", PROTECTED)
def test_a_protected_file_is_told_with_its_system_and_place(case: str, tmp_path: Path) -> None:
    data, system, evidence = PROTECTED[case]
    found = look(tmp_path, data)
    assert found is not None
    assert found.system == system
    assert data.startswith(evidence, found.offset) or data.startswith(evidence, found.offset + 4)
    assert may_be_protected(data[:16])


@pytest.mark.parametrize("case", FREE)
def test_a_free_file_is_not(case: str, tmp_path: Path) -> None:
    assert look(tmp_path, FREE[case]) is None


def test_the_moov_box_may_stand_behind_a_large_mdat(tmp_path: Path) -> None:
    data = PROTECTED["fairplay"][0]
    head, rest = data[:20], data[20:]
    large = (1 << 20).to_bytes(4) + b"mdat" + bytes((1 << 20) - 8)
    found = look(tmp_path, head + large + rest)
    assert found is not None
    assert found.offset > 1 << 20


@pytest.mark.parametrize("case", PROTECTED)
def test_a_file_cut_anywhere_ends_the_look(case: str, tmp_path: Path) -> None:
    data = PROTECTED[case][0]
    for end in range(0, min(len(data), 700), 7):
        look(tmp_path, data[:end])


def test_boxes_and_objects_without_end_are_followed_for_a_while_only(tmp_path: Path) -> None:
    many = FREE["m4a"][:20] + (b"\0\0\0\x08free" * 20_000) + PROTECTED["fairplay"][0]
    assert look(tmp_path, many) is None
    assert look(tmp_path, FREE["m4a"][:20] + b"\0\0\0\x04moov") is None


@given(st.sampled_from(sorted(PROTECTED)), st.integers(0, 400), st.binary(min_size=1, max_size=9))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_stands_there_the_look_ends(
    tmp_path: Path, case: str, place: int, noise: bytes
) -> None:
    data = PROTECTED[case][0]
    look(tmp_path, data[:place] + noise + data[place + len(noise) :])
