"""Numbers, lines and tables as people read them."""

from __future__ import annotations

import pytest

from cli.render.text import Line, Tone, count, duration, size, table


@pytest.mark.parametrize(
    ("n_bytes", "said"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (1_234_567, "1.2 MB"),
        (999_960_000, "1.0 GB"),
        (3 * 10**21, "3000.0 EB"),
    ],
)
def test_sizes_are_said_in_decimal_units(n_bytes: int, said: str) -> None:
    assert size(n_bytes) == said


def test_counts_agree_with_their_noun() -> None:
    assert count(1, "file") == "1 file"
    assert count(12_000, "file") == "12,000 files"
    assert count(2, "entry", "entries") == "2 entries"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "less than a second"), (89, "89 s"), (600, "10 min"), (12_000, "3 h 20 min")],
)
def test_durations_are_said_in_the_unit_that_fits(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_a_table_lines_up_whatever_the_cells_hold() -> None:
    rows = [["a\x1b[2J", "5"], ["日本", "12,000"]]
    lines = [line.rendered(colour=False) for line in table(("id", "files"), rows, right="files")]
    assert lines == [
        "id         files",
        "a\\x1b[2J       5",
        "日本      12,000",
    ]


def test_colour_surrounds_the_escaped_text_and_only_where_it_is_welcome() -> None:
    line = Line("bad\x1b[0m", Tone.BAD)
    assert line.rendered(colour=False) == "bad\\x1b[0m"
    assert line.rendered(colour=True) == "\x1b[31mbad\\x1b[0m\x1b[0m"
