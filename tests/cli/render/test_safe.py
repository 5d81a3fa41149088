"""Hostile text never acts on a terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.render.safe import columns, safe


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("song\u202egpm.exe", "song\\u202egpm.exe"),
        ("\x9b31m\x7f\x00", "\\x9b31m\\x7f\\x00"),
        ("line\u2028para\u2029", "line\\u2028para\\u2029"),
        (b"caf\xe9".decode("utf-8", "surrogateescape"), "caf\\xe9"),
        ("\ud800", "\\ud800"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("\ufefftop", "\\ufefftop"),
    ],
)
def test_what_could_act_on_a_terminal_is_escaped(raw: str, shown: str) -> None:
    assert safe(raw) == shown


@pytest.mark.parametrize("name", ["Größe.wav", "日本　語.flac", "a b", "🎵.ogg", "C:\\new", "50 %"])
def test_honest_names_are_left_alone(name: str) -> None:
    assert safe(name) == name


@given(st.text(st.characters(exclude_categories=())))
def test_whatever_goes_in_one_harmless_line_comes_out(text: str) -> None:
    shown = safe(text)
    categories = {unicodedata.category(character) for character in shown}
    assert not categories & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert len(shown.splitlines()) <= 1
    assert safe(shown) == shown


def test_wide_and_combining_characters_are_measured_as_a_terminal_shows_them() -> None:
    assert columns("abc") == 3
    assert columns("日本") == 4
    assert columns("e\u0301") == 1
