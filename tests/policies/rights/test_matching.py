"""Globs on paths and beginnings of ISRCs: which statements are about a file."""

from __future__ import annotations

import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.rights.matching import Matcher, glob_problem, is_isrc_prefix, isrc_of
from tests.policies.rights.scene import statement


def matches(pattern: str, path: str) -> bool:
    return Matcher([statement(paths=(pattern,))]).matching(path) == (0,)


@pytest.mark.parametrize(
    ("pattern", "fits", "does_not"),
    [
        ("a.wav", ["a.wav"], ["b/a.wav", "a.wave", "xa.wav"]),
        ("*.wav", ["a.wav", ".wav"], ["b/a.wav", "a.flac"]),
        ("**", ["a", "a/b/c.wav", "line\nfeed"], []),
        ("a/**", ["a/b", "a/b/c"], ["a", "b/a/c", "aa/b"]),
        ("**/*.wav", ["a.wav", "x/y/a.wav"], ["a.wav/b"]),
        ("a/**/z/*.wav", ["a/z/1.wav", "a/b/c/z/1.wav"], ["a/1.wav", "a/b/z/c/1.wav"]),
        ("**/b/**/c/**", ["b/c/d", "x/b/y/c/z/w"], ["c/b/d", "b/c"]),
        ("**/**/a", ["a", "x/y/a"], ["ab"]),
        ("t?.wav", ["t1.wav"], ["t.wav", "t12.wav", "t/.wav"]),
        ("t[0-9].wav", ["t7.wav"], ["tx.wav"]),
        ("t[!0-9].wav", ["tx.wav"], ["t7.wav", "t/.wav"]),
        ("t[^a].wav", ["tb.wav"], ["ta.wav"]),
        ("t[]x].wav", ["t].wav", "tx.wav"], ["ta.wav"]),
        ("x[+-0]", ["x/0"[:1] + "."], ["x/"]),
        ("[[]1999] a*", ["[1999] album"], ["1 album"]),
        ("a*b*c", ["abc", "axbxbxc"], ["acb", "a/b/c"]),
        ("a**b", ["ab", "axxb"], ["a/b"]),
        ("(x|y)+.wav", ["(x|y)+.wav"], ["x.wav"]),
        ("[ab]/x.wav", ["a/x.wav", "b/x.wav"], ["c/x.wav"]),
        ("caf\u00e9/**", ["cafe\u0301/a", "caf\u00e9/a"], ["cafe/a"]),
    ],
)
def test_a_pattern_fits_whole_paths(pattern: str, fits: list[str], does_not: list[str]) -> None:
    assert [path for path in fits if not matches(pattern, path)] == []
    assert [path for path in does_not if matches(pattern, path)] == []


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [("", "empty"), ("/a", "slash"), ("a/", "slash"), ("a//b", "empty"), ("../a", ".."),
     ("./a", ". or"), ("a[b", "not closed"), ("a[", "not closed"), ("[z-a]", "range")],
)  # fmt: skip
def test_a_pattern_that_can_fit_nothing_is_named(pattern: str, problem: str) -> None:
    assert problem in (glob_problem(pattern) or "")
    assert glob_problem("a/**/b*[c]") is None


_PART = st.text("ab*?", min_size=1, max_size=5)


@given(st.lists(_PART, min_size=1, max_size=4), st.text("ab/", min_size=1, max_size=8))
def test_patterns_mean_what_a_plain_reading_of_them_means(parts: list[str], path: str) -> None:
    path = "/".join(part for part in path.split("/") if part) or "a"
    pattern = "/".join(parts)
    assert matches(pattern, path) is _plainly(parts, path.split("/"))


def _plainly(pattern: list[str], path: list[str]) -> bool:
    if not pattern:
        return not path
    if pattern[0] == "**":
        if len(pattern) == 1:
            return bool(path)
        return any(_plainly(pattern[1:], path[skip:]) for skip in range(len(path) + 1))
    return bool(path) and _part_fits(pattern[0], path[0]) and _plainly(pattern[1:], path[1:])


def _part_fits(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_part_fits(pattern[1:], text[skip:]) for skip in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and _part_fits(pattern[1:], text[1:])


def test_a_hostile_pattern_takes_no_longer_than_an_honest_one() -> None:
    hostile = "**/" + "a*" * 60 + "b/**/" + "*a" * 60 + "c"
    matcher = Matcher([statement(paths=(hostile,))])
    begun = time.process_time()
    for _ in range(20):
        assert matcher.matching("/".join(["a" * 120] * 20)) == ()
    assert time.process_time() - begun < 5


def test_what_is_excepted_does_not_match() -> None:
    one = statement(paths=("**",), excluded=("b/**",), isrc_prefixes=("FRX01",))
    matcher = Matcher([one])
    assert matcher.matching("a/x.wav") == (0,)
    assert matcher.matching("b/x.wav", ["FRX012600001"]) == ()


def test_statements_match_by_the_beginning_of_an_isrc_too() -> None:
    matcher = Matcher([statement(paths=(), isrc_prefixes=("FRX01",)), statement("R-2")])
    assert matcher.needs_isrc
    assert not Matcher([statement()]).needs_isrc
    assert matcher.matching("a.wav") == (1,)
    assert matcher.matching("a.wav", ["FR-X02-26-00001", "isrc fr-x01-26-00001"]) == (0, 1)


@pytest.mark.parametrize(
    ("text", "code"),
    [("FR-X01-26-00001", "FRX012600001"), ("ISRC: us abc 99 12345", "USABC9912345")],
)
def test_an_isrc_is_compared_without_its_trimmings(text: str, code: str) -> None:
    assert isrc_of(text) == code
    assert all(is_isrc_prefix(code[:length]) for length in range(2, 13))


@pytest.mark.parametrize("text", ["", "F", "12ABC", "FRX01X", "FRX0126000011"])
def test_what_no_isrc_begins_with_is_told(text: str) -> None:
    assert not is_isrc_prefix(text)


def test_matching_keeps_nothing_of_the_files() -> None:
    statements = [
        statement(f"R-{number}", paths=(f"label-{number}/**", f"**/x{number}-*.wav"))
        for number in range(5)
    ]
    matcher = Matcher(statements)
    tracemalloc.start()
    found = sum(len(matcher.matching(f"label-{n % 10}/disc/{n}.flac")) for n in range(5_000))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == 2_500
    assert peak < 1 << 20
