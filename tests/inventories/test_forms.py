"""Tables that say what they hold, to whoever reads them, and do nothing else."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import tracemalloc
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archiver.inventories.cells import safe_cell
from archiver.inventories.columns import COLUMNS, Row
from archiver.inventories.forms import csv_table, json_lines

HOUSE = Path(__file__).parents[2]
PIECES = ["=", "+", "-", "@", "\uff1d", "\u2212", "'", '"', " ", "\t", "\r\n", ";", "|", ",", "\\"]
PIECES += ["\\u003d", "\\U000e0041", "u003d", "U000e0041", "\u202e", "\ufeff", "\0", "\udce9", "é"]
HOSTILE = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=9).map("".join)


def undone(cell: str) -> str:
    """Do as docs/formats/inventory.md says."""
    return re.sub(r"\\u([0-9a-f]{4})|\\U([0-9a-f]{8})", lambda m: chr(int(m[1] or m[2], 16)), cell)


def read_back(table: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.decode(), newline="")))


@given(st.lists(st.tuples(HOSTILE, HOSTILE), max_size=4))
def test_whatever_was_written_is_had_back_from_the_csv(pairs: list[tuple[str, str]]) -> None:
    rows: list[Row] = [{"a": one, "b": other} for one, other in pairs]
    table = b"".join(csv_table(rows, ("a", "b")))
    head, *read = read_back(table)
    assert head == ["a", "b"]
    assert [tuple(map(undone, row)) for row in read] == pairs
    assert table.count(b"\r") == table.count(b"\n") == table.count(b"\r\n") == len(rows) + 1


@given(HOSTILE)
def test_no_cell_is_a_formula_under_any_separator_or_hides_anything(text: str) -> None:
    cell = safe_cell(text)
    for piece in re.split("[;|]", cell):
        start = piece.lstrip().lstrip("'\"` \u3000")
        assert unicodedata.normalize("NFKC", start[:1])[:1] not in ("=", "+", "-", "@", "\u2212")
    unsafe = {"Cc", "Cs", "Zl", "Zp"}
    assert not [one for one in cell if unicodedata.category(one) in unsafe or one in "\u202e\ufeff"]


def test_every_form_that_unicode_has_of_a_formula_s_beginning_is_known() -> None:
    signs = {chr(n) for n in range(sys.maxunicode) if not 0xD800 <= n < 0xE000}
    forms = {one for one in signs if unicodedata.normalize("NFKC", one)[0] in "=+-@"}
    assert len(forms) > 12
    assert [one for one in sorted(forms) if safe_cell(f"{one}1") == f"{one}1"] == []


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=HYPERLINK(0)", "\\u003dHYPERLINK(0)"),
        ("'=1", "'\\u003d1"),
        (' "+1', ' "\\u002b1'),
        ("\t@a", "\\u0009\\u0040a"),
        ("a;-1", "a;\\u002d1"),
        ("AC\\DC - Live = 1+1", "AC\\DC - Live = 1+1"),
        ("a\\u003d", "a\\u005cu003d"),
        ("\U000e0041", "\\U000e0041"),
        ("Dvořák, 交響曲", "Dvořák, 交響曲"),
    ],
)
def test_only_what_is_dangerous_or_would_be_mistaken_is_written_otherwise(
    text: str, cell: str
) -> None:
    assert safe_cell(text) == cell


def test_a_long_hostile_cell_takes_no_longer_than_it_is_long() -> None:
    text = "; " * 200_000 + "x="
    assert undone(safe_cell(text)) == text


@given(HOSTILE, st.floats(allow_nan=False, allow_infinity=False))
def test_json_lines_are_canonical_and_give_back_every_value(text: str, number: float) -> None:
    row: Row = {"path": text, "duration_s": number, "title": None}
    (line,) = b"".join(json_lines([row])).splitlines(keepends=True)
    assert json.loads(line) == {"schema": "inventory/1", **row}
    hidden = [one for one in line.decode()[:-1] if unicodedata.category(one) in ("Cc", "Zl", "Zp")]
    assert hidden == []


def test_a_mark_of_utf_8_is_written_only_when_asked_for_and_nothing_known_is_an_empty_cell() -> (
    None
):
    row: Row = {"a": None, "b": 1.5}
    assert b"".join(csv_table([row], ("a", "b"))) == b"a,b\r\n,1.5\r\n"
    assert b"".join(csv_table([], ("a",), bom=True)) == b"\xef\xbb\xbfa\r\n"


def test_memory_stays_flat_however_many_rows_there_are() -> None:
    def rows(many: int) -> Iterator[Row]:
        return ({"path": f"data/{number:090}", "bytes": number} for number in range(many))

    def peak(many: int) -> int:
        tracemalloc.start()
        try:
            size = sum(map(len, csv_table(rows(many), ("path", "bytes"))))
            size += sum(map(len, json_lines(rows(many))))
            assert size > many * 200
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(12_000) < peak(3_000) + 60_000


def test_every_column_is_described() -> None:
    page = (HOUSE / "docs" / "formats" / "inventory.md").read_text("utf-8")
    names = {name for columns in COLUMNS.values() for name in columns}
    assert [name for name in sorted(names) if f"| `{name}` |" not in page] == []
