"""Patterns of paths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.globs import matches


@pytest.mark.parametrize(
    ("pattern", "path", "named"),
    [
        ("**", "a/b/c.wav", True),
        ("Masters/**", "Masters/a/b.wav", True),
        ("Masters/**", "Masters", False),
        ("Masters/**", "x/Masters/b.wav", False),
        ("**/b.wav", "b.wav", True),
        ("**/b.wav", "x/y/b.wav", True),
        ("**/b.wav", "x/ab.wav", False),
        ("*.wav", "a.wav", True),
        ("*.wav", "x/a.wav", False),
        ("a?.wav", "ab.wav", True),
        ("a?.wav", "a/.wav", False),
        ("a+(b)[c].wav", "a+(b)[c].wav", True),
        ("a\n*", "a\nb", True),
    ],
)  # fmt: skip
def test_a_pattern_names_these_paths_and_not_those(pattern: str, path: str, named: bool) -> None:
    assert matches(path, [pattern]) is named


def test_no_pattern_names_nothing_and_several_name_what_any_does() -> None:
    assert not matches("a", [])
    assert matches("b", ["a", "b"])


@given(st.text(st.characters(exclude_characters="*?", exclude_categories=["Cs"]), min_size=1))
def test_a_pattern_without_signs_names_itself(path: str) -> None:
    assert matches(path, [path])
