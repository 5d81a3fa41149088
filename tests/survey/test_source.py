"""The source as a whole: what it must be, and what keeps it out before anything is listed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.survey.scene import run_survey


@pytest.mark.parametrize("content", [[], ["empty/folders/only"]])
def test_a_source_without_a_file_is_refused(tmp_path: Path, content: list[str]) -> None:
    (tmp_path / "source").mkdir()
    for folder in content:
        (tmp_path / "source" / folder).mkdir(parents=True)
    found = run_survey(tmp_path / "source", tmp_path / "sheet")
    assert found.source_codes == ["empty-source"]
    assert found.outcome.refused


@pytest.mark.parametrize("slashes", ["", "/", "//"])
def test_a_link_as_source_is_refused_and_its_target_named(tmp_path: Path, slashes: str) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("real")
    found = run_survey(f"{tmp_path}/link{slashes}", tmp_path / "sheet")
    assert found.source_codes == ["source-is-link"]
    assert found.outcome.source_reasons[0].detail == "real"
    assert found.entries == {}


def test_slashes_at_the_end_of_a_folder_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    found = run_survey(f"{tmp_path}//", tmp_path.parent / f"{tmp_path.name}.sheet")
    assert list(found.entries) == ["file"]
    assert found.outcome.source == str(tmp_path)


def test_a_file_as_source_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    assert run_survey(tmp_path / "file", tmp_path / "s").source_codes == ["source-not-a-folder"]


@pytest.mark.parametrize("place", ["nothing", "file/below"])
def test_nothing_as_source_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_bytes(b"x")
    assert run_survey(tmp_path / place, tmp_path / "sheet").source_codes == ["source-missing"]


def test_a_fifo_as_source_is_refused_and_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert run_survey(tmp_path / "pipe", tmp_path / "s").source_codes == ["source-not-a-folder"]


def test_a_bag_as_source_is_refused_unless_it_is_to_be_kept_whole(tmp_path: Path) -> None:
    bag = tmp_path / "bag"
    (bag / "data").mkdir(parents=True)
    (bag / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    (bag / "data" / "a.wav").write_bytes(b"x")
    refused = run_survey(bag, tmp_path / "refused")
    assert refused.source_codes == ["source-is-bag"]
    assert "archiver verify" in refused.outcome.source_reasons[0].advice
    assert refused.entries == {}
    kept = run_survey(bag, tmp_path / "kept", keep_bag=True)
    assert not kept.outcome.refused
    assert set(kept.entries) == {"bagit.txt", "data", "data/a.wav"}


def test_a_bag_below_the_source_is_payload_like_anything_else(tmp_path: Path) -> None:
    (tmp_path / "source" / "bag").mkdir(parents=True)
    (tmp_path / "source" / "bag" / "bagit.txt").write_text("BagIt-Version: 1.0\n")
    assert not run_survey(tmp_path / "source", tmp_path / "sheet").outcome.refused
