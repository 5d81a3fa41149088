"""Who is spoken to, on which stream, how loudly, and whether in colour."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from archiver.progress import Silence
from cli.render.text import Line
from cli.render.voice import Voice, colour_welcome, trouble_lines

RECORDS = [{"type": "thing"}]
LINES = [Line("a thing\x1b")]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("as_json", "out", "err"),
    [(False, "a thing\\x1b\n", "a thing\\x1b\n"), (True, '{"type":"thing"}\n' * 2, "")],
)
def test_answers_and_accounts_go_to_their_streams(
    capsys: pytest.CaptureFixture[str], as_json: bool, out: str, err: str
) -> None:
    voice = Voice(as_json=as_json)
    voice.answer(RECORDS, LINES)
    voice.tell(RECORDS, LINES)
    assert capsys.readouterr() == (out, err)


def test_quiet_leaves_out_accounts_but_neither_answers_nor_trouble(
    capsys: pytest.CaptureFixture[str],
) -> None:
    voice = Voice(quiet=True)
    voice.tell(RECORDS, LINES)
    assert capsys.readouterr() == ("", "")
    voice.answer(RECORDS, LINES)
    voice.tell(RECORDS, LINES, trouble=True)
    assert capsys.readouterr() == ("a thing\\x1b\n", "a thing\\x1b\n")


def test_only_the_form_that_is_said_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    def never() -> Iterator[Line]:
        raise AssertionError("made for nothing")
        yield

    Voice(as_json=True).answer(RECORDS, never())
    assert capsys.readouterr().out == '{"type":"thing"}\n'


@pytest.mark.parametrize("voice", [Voice(quiet=True), Voice(show_progress=False)])
def test_progress_can_be_silenced(voice: Voice) -> None:
    with voice.progress() as progress:
        assert isinstance(progress, Silence)


def test_the_cursor_comes_back_however_the_work_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", stream)
    with pytest.raises(KeyboardInterrupt), Voice().progress() as progress:
        progress.begin("copying", 10, 1)
        raise KeyboardInterrupt
    assert stream.getvalue().rindex("\x1b[?25h") > stream.getvalue().rindex("\x1b[?25l")


def test_colour_goes_to_real_terminals_whose_owner_wants_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert colour_welcome(Terminal())
    assert not colour_welcome(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not colour_welcome(Terminal())
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert not colour_welcome(Terminal())


def test_advice_of_several_lines_stays_several_lines() -> None:
    lines = [line.rendered(colour=False) for line in trouble_lines("no\nway", "this\nthat")]
    assert lines == ["archiver: no\\nway", "  this", "  that"]
