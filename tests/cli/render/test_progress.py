"""Progress: silent when short, a plain line now and then, a bar only on a terminal."""

from __future__ import annotations

import io

import pytest

from cli.render.progress import Bar, LogLine, progress_on


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_work_shorter_than_a_minute_says_nothing() -> None:
    stream = io.StringIO()
    log = LogLine(stream)
    log.begin("copying", 1000, 2)
    log.advance(500, 1)
    log.end()
    assert stream.getvalue() == ""


def test_long_work_says_bytes_files_rate_and_time_left_in_a_plain_line() -> None:
    stream = io.StringIO()
    log = LogLine(stream, every_seconds=0.0)
    log.begin("copying", 4_000_000, 4)
    log.advance(1_000_000, 1)
    (line,) = stream.getvalue().splitlines()
    assert line.startswith("copying: 1.0 MB of 4.0 MB, 1 of 4 files, ")
    assert line.endswith(" left")
    assert "/s, " in line


def test_where_totals_are_unknown_only_what_is_done_is_said() -> None:
    stream = io.StringIO()
    log = LogLine(stream, every_seconds=0.0)
    log.begin("surveying", None, None)
    log.advance(0, 12)
    assert stream.getvalue() == "surveying: 12 files\n"


def test_a_dumb_terminal_and_a_pipe_get_lines_a_real_terminal_a_bar(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(progress_on(Terminal()), LogLine)
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(progress_on(io.StringIO()), LogLine)
    assert isinstance(progress_on(Terminal()), Bar)


def test_the_bar_shows_the_phase_and_leaves_the_cursor_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    bar = Bar(stream)
    bar.begin("verifying", 100, 1)
    bar.advance(100, 1)
    bar.end()
    bar.end()
    assert "verifying" in stream.getvalue()
    assert stream.getvalue().rindex("\x1b[?25h") > stream.getvalue().rindex("\x1b[?25l")
