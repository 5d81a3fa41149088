"""Encoding anew: an archive copy may change its coding, and never lose sound by it."""

from __future__ import annotations

import pytest

from policies.content import judge_conversion


@pytest.mark.parametrize(
    ("before", "after"), [("pcm", "mp3"), ("flac", "opus"), ("mp3", "aac"), ("pcm", "unheard-of")]
)
def test_a_lossy_coding_is_refused_for_the_archive_and_granted_for_access(
    before: str, after: str
) -> None:
    reason = judge_conversion(before, after, "archive")
    assert reason is not None
    assert (reason.code, reason.level) == ("lossy-re-encoding", "refuse")
    assert reason.detail == f"{before} to {after}"
    assert "R17" in reason.clause
    assert "No command of this program" in reason.advice
    assert judge_conversion(before, after, "access") is None


@pytest.mark.parametrize(("before", "after"), [("pcm", "flac"), ("mp3", "pcm"), ("mp3", "mp3")])
def test_a_lossless_coding_and_the_same_one_are_not(before: str, after: str) -> None:
    assert judge_conversion(before, after, "archive") is None
