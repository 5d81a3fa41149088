"""bag-info.txt: what is written is read back, and what cannot be is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.bagit.reading.info import InfoReader
from archiver.bagit.reading.report import Report
from archiver.bagit.reading.rules import Rules
from archiver.bagit.writing import (
    format_bag_info,
    format_bagit_txt,
    human_bag_size,
    payload_oxum,
    prose,
)
from archiver.errors import UsageError

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0"), max_size=20)
LABELS = TEXT.filter(
    lambda text: text == text.strip() and ":" not in text and text and text[0] != "\ufeff"
)
VALUES = st.lists(TEXT, min_size=1, max_size=4).map(
    lambda lines: "\n".join([lines[0], *(line.lstrip(" \t") for line in lines[1:])])
)


def _parse(content: bytes, version: str = "1.0") -> tuple[list[tuple[str, str]], Report]:
    report = Report()
    text = content.decode()
    reader = InfoReader("bag-info.txt", Rules(version), report)
    return reader.pairs([text] if text else []), report


@given(st.lists(st.tuples(LABELS, VALUES), max_size=6))
def test_labels_and_values_are_read_back_in_order_as_they_were_given(
    pairs: list[tuple[str, str]],
) -> None:
    read, report = _parse(format_bag_info(pairs))
    assert read == pairs
    assert report.in_path_order() == ()


def test_line_ends_of_other_systems_become_line_feeds() -> None:
    assert _parse(format_bag_info([("Note", "a\r\nb\rc")]))[0] == [("Note", "a\nb\nc")]


@pytest.mark.parametrize(
    "label", ["", " a", "a ", "a:b", "a\nb", "a\rb", "a\tb\t", "a\0", "\ufeffa", "\ud800"]
)
def test_a_label_that_cannot_be_read_back_is_refused_with_advice(label: str) -> None:
    with pytest.raises(UsageError) as refused:
        format_bag_info([(label, "x")])
    assert refused.value.advice


@pytest.mark.parametrize("value", ["a\n b", "a\n\tb", "\0", "\udcff"])
def test_a_value_that_cannot_be_read_back_is_refused_with_advice(value: str) -> None:
    with pytest.raises(UsageError) as refused:
        format_bag_info([("Note", value)])
    assert refused.value.advice


def test_a_value_cannot_smuggle_in_another_label() -> None:
    read, _ = _parse(format_bag_info([("Title", "a\nPayload-Oxum: 1.1")]))
    assert read == [("Title", "a\nPayload-Oxum: 1.1")]


def test_before_1_0_blanks_round_colon_and_value_mean_nothing() -> None:
    assert _parse(b"A :  b \nC:d\n", "0.97")[0] == [("A", "b"), ("C", "d")]


def test_in_1_0_one_blank_is_the_separator_and_all_else_the_value() -> None:
    assert _parse(b"A:  b \nC:\td\n")[0] == [("A", " b "), ("C", "d")]


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 KB"),
        (999_949, "999.9 KB"),
        (999_950, "1.0 MB"),
        (42_600_000_000, "42.6 GB"),
        (5 * 10**21, "5000.0 EB"),
    ],
)
def test_sizes_for_people_are_decimal(size: int, text: str) -> None:
    assert human_bag_size(size) == text


def test_the_small_forms_are_those_of_the_rfc() -> None:
    assert payload_oxum(279_164_409_832, 1198) == "279164409832.1198"
    assert format_bagit_txt() == (b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_prose_is_folded_at_blanks_and_keeps_every_word(text: str) -> None:
    folded = prose("Update-Reason", text)
    assert folded.split() == text.split()
    assert prose("Update-Reason", folded).split() == text.split()


def test_no_line_of_prose_is_longer_than_79_unless_one_word_is() -> None:
    text = "the booklet was scanned anew because " * 5 + "x" * 100 + "\nand this as well"
    lines = format_bag_info([("Update-Reason", prose("Update-Reason", text))]).decode().splitlines()
    assert [len(line) > 79 for line in lines].count(True) == 1
    assert max(map(len, lines)) == 101 and lines[-1] == " and this as well"
    assert lines[0].startswith("Update-Reason: the booklet") and 70 < len(lines[0]) <= 79
