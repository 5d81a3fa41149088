"""What can be wrong with a name: for each rule one that falls under it, and one just beside."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.names import (
    ORDINARY,
    caseless_key,
    holds_bytes,
    normal_key,
    oddities,
    path_oddities,
    shown,
    utf16_units,
)

NAMES = st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=80).filter(
    lambda name: name not in (".", "..")
)
VISIBLE_FORMATS = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2") | {
    "\U000110bd",
    "\U000110cd",
}


def codes_of(name: str) -> list[str]:
    return [code for code, _ in oddities(name)]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (".hidden", "hidden"),
        (".DS_Store", "system-file"),
        ("Thumbs.db", "system-file"),
        ("THUMBS.DB", "system-file"),
        ("desktop.ini", "system-file"),
        ("._01 Track.flac", "system-file"),
        ("Icon\r", "system-file"),
        ("a\tb", "name-control"),
        ("a\x1bb", "name-control"),
        ("a\x1fb", "name-control"),
        ("a\x7fb", "name-control"),
        ("a\x9bb", "name-control"),
        ("a\u202eb", "name-bidi"),
        ("a\u200bb", "name-bidi"),
        ("a\u00adb", "name-bidi"),
        ("a\u3164b", "name-bidi"),
        ("a\U000e0041b", "name-bidi"),
        *((f"a{end}b", "name-line-look-alike") for end in "\v\f\x1c\x1d\x1e\x85\u2028\u2029"),
        ("a ", "name-blank-end"),
        (" a", "name-blank-end"),
        ("a\xa0", "name-blank-end"),
        ("\u3000a", "name-blank-end"),
        ("a\n\u2003", "name-blank-end"),
        ("a.", "name-dot-end"),
        ("...", "name-dot-end"),
        *((f"a{character}b", "name-windows-reserved") for character in '<>:"|?*\\'),
        *((name, "name-windows-reserved") for name in ("CON", "prn.txt", "Aux.tar.gz", "NUL ")),
        *((name, "name-windows-reserved") for name in ("COM1", "lpt9.wav", "com¹", "nul .wav")),
        ("x" * 256, "name-long"),
        ("é" * 128, "name-long"),
        ("😀" * 64, "name-long"),
        ("a\udce9b", "name-not-utf8"),
    ],
)
def test_an_odd_name_is_noticed(name: str, code: str) -> None:
    assert code in codes_of(name)
    assert not ORDINARY.fullmatch(name)


@pytest.mark.parametrize(
    "name",
    [
        "01 Track.flac",
        "a.hidden",
        "DS_Store",
        "Thumbs.db.txt",
        "desktop.init",
        "Icon",
        "%0A.flac",
        "it's; rm -rf ~ $(x) `y` & z",
        "'; DROP TABLE bags;--",
        "&amp;#x1b;",
        "-rf",
        "~user",
        "CONCERT.wav",
        "COM.wav",
        "COM0",
        "COM10",
        "LPTa",
        "a CON",
        "Sigur Rós – ágætis",
        "東京.flac",
        "עברית",
        "😀.wav",
        "x" * 255,
        "é" * 127,
        "a b",
        "a.b",
        "a\xa0b",
        "a\rb",
        "a\nb",
        "\r\n",
        "x\n",
        "\u0600",
    ],
)
def test_a_name_that_is_only_unusual_is_not(name: str) -> None:
    assert codes_of(name) == []


@pytest.mark.parametrize("name", ["._", "..a", ".a"])
def test_a_dot_at_the_front_is_only_hidden(name: str) -> None:
    assert codes_of(name) == ["hidden"]


@given(NAMES)
def test_the_quick_look_and_the_close_look_agree(name: str) -> None:
    if ORDINARY.fullmatch(name):
        assert codes_of(name) == []
        assert list(path_oddities(name)) == []
    elif len(name) <= 63 and "\r" not in name and "\n" not in name:
        assert codes_of(name) != []


def test_every_invisible_format_character_of_unicode_is_noticed() -> None:
    formats = [
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(character) == "Cf" and character not in VISIBLE_FORMATS
    ]
    assert len(formats) > 100
    assert [hex(ord(one)) for one in formats if codes_of(f"a{one}b") != ["name-bidi"]] == []


def test_every_control_character_is_noticed_but_cr_and_lf() -> None:
    controls = {chr(number) for number in (*range(1, 0x20), *range(0x7F, 0xA0))}
    unnoticed = {one for one in controls if not codes_of(f"a{one}b")}
    assert unnoticed == {"\r", "\n"}


def test_every_end_of_line_of_python_is_noticed_but_cr_and_lf() -> None:
    ends = {one for one in map(chr, range(0x3000)) if len(f"a{one}b".splitlines()) == 2}
    found = {one for one in ends if codes_of(f"a{one}b") == ["name-line-look-alike"]}
    assert found == ends - {"\r", "\n"}


def test_every_blank_of_unicode_is_noticed_at_the_ends() -> None:
    blanks = [one for one in map(chr, range(0x10000)) if unicodedata.category(one) == "Zs"]
    assert len(blanks) == 17
    assert all(codes_of(f"a{one}") == codes_of(f"{one}a") == ["name-blank-end"] for one in blanks)


def test_the_characters_found_are_named_once_each() -> None:
    assert list(oddities("a\x1bb\x1bc\x07")) == [("name-control", "U+001B U+0007")]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("x" * 240, []),
        ("x" * 241, ["path-long"]),
        ("😀" * 120, []),
        ("😀" * 120 + "x", ["path-long"]),
        ("x" * 3_800, ["path-long"]),
        ("x" * 3_801, ["path-too-long"]),
        ("é" * 1_901, ["path-too-long"]),
        ("\udce9" * 3_800, ["path-long"]),
    ],
)
def test_a_path_is_measured_in_bytes_and_in_utf16_units(path: str, expected: list[str]) -> None:
    assert [code for code, _ in path_oddities(path)] == expected


def test_utf16_units_count_characters_beyond_the_first_plane_twice() -> None:
    assert utf16_units("a😀") == 3
    assert utf16_units("\udce9") == 1


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("plain é 東", "plain é 東"),
        ("a\x1b[31m", "a\\u001B[31m"),
        ("caf\udce9", "caf\\xE9"),
        ("\ud800", "\\uD800"),
        ("a\u202eb", "a\\u202Eb"),
        ("a\U000e0041", "a\\U000E0041"),
        ("a\\b\r\n", "a\\\\b\\u000D\\u000A"),
    ],
)
def test_what_is_shown_holds_nothing_a_terminal_obeys(text: str, escaped: str) -> None:
    assert shown(text) == escaped


@given(NAMES)
def test_what_is_shown_can_be_written_and_tells_names_apart(name: str) -> None:
    text = shown(name)
    assert text.encode("utf-8")
    assert text.isprintable() or not name.isprintable()
    assert codes_of(text + "x")[:1] != ["name-control"]


def test_bytes_that_are_not_utf8_are_recognised() -> None:
    assert holds_bytes("a\udce9")
    assert not holds_bytes("aé")


@pytest.mark.parametrize(
    ("one", "other"), [("a", "A"), ("Straße", "STRASSE"), ("é", "E\u0301"), ("Σ", "ς"), ("K", "k")]
)
def test_names_equal_but_for_case_have_one_caseless_key(one: str, other: str) -> None:
    assert caseless_key(one) == caseless_key(other)


def test_names_that_differ_have_different_keys() -> None:
    assert caseless_key("a") != caseless_key("á")
    assert normal_key("e\u0301") == normal_key("é")
    assert normal_key("É") != normal_key("é")
    assert normal_key("a") != normal_key("A")
