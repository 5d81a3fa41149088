"""The program as a whole: quick help, kind errors, honest exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from archiver import __version__
from archiver.errors import BusyError
from archiver.state import State
from cli.exits import EXITS
from cli.group import LazyGroup, every_command
from cli.main import archiver
from cli.render.text import Line
from cli.render.voice import Voice
from cli.verb import Verb

_CALLS = [
    words
    for words, command, _ in every_command(archiver, click.Context(archiver))
    if not isinstance(command, LazyGroup)
]
_HEAVY = ("sqlalchemy", "msgspec", "rich", "mutagen", "blake3", "sqlite3", "ctypes")


def _run(script: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _modules_after(*words: str) -> set[str]:
    """Run the command in a fresh interpreter and return the modules it ended with."""
    script = (
        "import sys\n"
        f"sys.argv = ['archiver', *{list(words)!r}]\n"
        "from cli.main import main\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    print('\\n', end.code, *sys.modules)\n"
    )
    code, *modules = _run(script).stdout.splitlines()[-1].split()
    assert code == "0"
    return set(modules)


@pytest.mark.parametrize("words", [("--help",), ("--version",), *((*c, "-h") for c in _CALLS)])
def test_help_loads_nothing_heavy(words: tuple[str, ...]) -> None:
    modules = _modules_after(*words)
    assert "cli.main" in modules
    assert not modules.intersection(_HEAVY)


def test_the_list_of_commands_loads_no_command() -> None:
    assert not {name for name in _modules_after("--help") if name.startswith("cli.commands")}


@pytest.mark.parametrize("words", _CALLS, ids=" ".join)
def test_every_command_has_json_help_and_an_example(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(archiver, [*words, "--help"])
    assert done.exit_code == 0
    assert "--json" in done.stdout
    assert f"\nExamples:\n  archiver {' '.join(words)}" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_no_command_shows_the_help_and_counts_as_usage() -> None:
    done = CliRunner().invoke(archiver, [])
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Commands:" in done.stderr


def test_the_version_is_the_engines() -> None:
    assert CliRunner().invoke(archiver, ["--version"]).stdout == f"archiver {__version__}\n"


def test_an_unknown_command_is_answered_with_the_known_ones() -> None:
    done = CliRunner().invoke(archiver, ["pack\x1b[31m"])
    assert done.exit_code == 2
    assert "there is no command" in done.stderr
    assert "package" in done.stderr
    assert "\x1b" not in done.output


def test_a_command_typed_wrongly_is_answered_with_what_is_like_it() -> None:
    done = CliRunner().invoke(archiver, ["verfy"])
    assert (done.exit_code, "did you mean verify" in done.stderr) == (2, True)
    done = CliRunner().invoke(archiver, ["metadata", "x"])
    assert "missing option '--as'. Choose from: premis, mets, pbcore, dc\n" in done.stderr


def test_an_unknown_option_reaches_the_terminal_escaped() -> None:
    done = CliRunner().invoke(archiver, ["list", "--\x1b]0;evil\x07"])
    assert done.exit_code == 2
    assert not {"\x1b", "\x07"} & set(done.output)


def test_with_json_a_usage_error_is_a_record_too() -> None:
    done = CliRunner().invoke(archiver, ["list", "--json", "--nonsense"])
    assert done.exit_code == 2
    assert done.stderr == ""
    record = json.loads(done.stdout)
    assert record["type"] == "error"
    assert record["state"] == "usage"


def test_a_name_after_the_double_dash_is_no_option() -> None:
    done = CliRunner().invoke(archiver, ["show", "--", "--json", "more"])
    assert done.stdout == ""
    assert done.stderr.startswith("archiver: ")


class _Ending:
    """A command that ends as told, reachable as ``archiver list`` while a test runs."""

    def __init__(self) -> None:
        self.result: State | BaseException = State.SOUND

    def __call__(self, voice: Voice) -> State:
        if isinstance(self.result, BaseException):
            raise self.result
        voice.answer([{"type": "ending"}], [Line("ended")])
        return self.result


@pytest.fixture
def ending(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Ending]:
    end = _Ending()
    command = Verb("list", callback=end)
    monkeypatch.setattr(type(archiver), "get_command", lambda *_: command)
    yield end


@pytest.mark.parametrize("state", list(State))
def test_each_ending_has_its_exit_code(ending: _Ending, state: State) -> None:
    ending.result = state
    assert CliRunner().invoke(archiver, ["list"]).exit_code == EXITS[state].code


def test_no_two_endings_share_a_code() -> None:
    assert len({row.code for row in EXITS.values()}) == len(State)


def _said(ending: _Ending, error: BaseException, *options: str) -> tuple[int, str, str]:
    ending.result = error
    done = CliRunner().invoke(archiver, ["list", *options])
    return done.exit_code, done.stdout, done.stderr


def test_an_error_says_what_happened_then_what_to_do(ending: _Ending) -> None:
    code, out, err = _said(ending, BusyError("the lock is held\x1b[2J", "Wait."))
    assert (code, out) == (11, "")
    assert err == "archiver: the lock is held\\x1b[2J\n  Wait.\n"


def test_with_json_an_error_is_a_record_on_standard_output(ending: _Ending) -> None:
    code, out, err = _said(ending, BusyError("held", "Wait."), "--json")
    assert (code, err) == (11, "")
    expected: Mapping[str, str] = {
        "type": "error",
        "state": "busy",
        "message": "held",
        "advice": "Wait.",
    }
    assert json.loads(out) == expected


def test_an_interrupt_ends_in_one_clean_sentence(ending: _Ending) -> None:
    code, _, err = _said(ending, KeyboardInterrupt())
    assert code == 130
    assert err.strip().startswith("archiver: interrupted")
    assert "Traceback" not in err


def test_a_failing_medium_is_named_with_its_path(ending: _Ending) -> None:
    code, _, err = _said(ending, OSError(28, "No space left on device", "/store/a\nb"))
    assert code == 1
    assert err == "archiver: No space left on device: /store/a\\nb\n"


def test_a_defect_is_called_one_and_shows_its_traceback_only_when_asked(ending: _Ending) -> None:
    code, _, err = _said(ending, KeyError("oops"))
    assert code == 1
    assert "this is a defect" in err
    assert "Traceback" not in err
    _, _, err = _said(ending, KeyError("oops"), "--debug")
    assert "Traceback" in err


def test_a_reader_who_leaves_early_changes_neither_work_nor_exit_code() -> None:
    script = (
        "import sys, click\n"
        "from archiver.state import State\n"
        "from cli.main import archiver, LazyGroup\n"
        "from cli.render.text import Line\n"
        "from cli.verb import Verb\n"
        "def many(voice):\n"
        "    voice.answer([], (Line('x' * 1000) for _ in range(1000)))\n"
        "    sys.stderr.write('worked to the end')\n"
        "    return State.UNSOUND\n"
        "LazyGroup.get_command = lambda *_: Verb('list', callback=many)\n"
        "archiver.main(['list'])\n"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert run.stdout is not None and run.stderr is not None
    run.stdout.readline()
    run.stdout.close()
    assert run.stderr.read() == "worked to the end"
    run.stderr.close()
    assert run.wait() == 3


@pytest.mark.parametrize(("state", "code"), [("SOUND", 1), ("UNSOUND", 3)])
def test_output_on_a_full_disk_stops_no_work_and_is_never_a_success(state: str, code: int) -> None:
    script = (
        "import sys, click\n"
        "from archiver.state import State\n"
        "from cli.main import archiver, LazyGroup\n"
        "from cli.verb import Verb\n"
        "def many(voice):\n"
        "    voice.answer([{'n': 1}, {'n': 2}], [])\n"
        "    sys.stderr.write('worked to the end\\n')\n"
        f"    return State.{state}\n"
        "LazyGroup.get_command = lambda *_: Verb('list', callback=many)\n"
        "archiver.main(['list', '--json'])\n"
    )
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", script], stdout=full, stderr=subprocess.PIPE, text=True,
            check=False,
        )  # fmt: skip
    assert done.returncode == code
    assert done.stderr.startswith("worked to the end\narchiver: standard output could not be")
    assert "Traceback" not in done.stderr


def test_a_closed_stream_is_nowhere_and_never_a_file_that_is_opened_later(tmp_path: Path) -> None:
    script = (
        "import os, sys\n"
        "from archiver.state import State\n"
        "from cli.main import archiver, LazyGroup\n"
        "from cli.render.text import Line\n"
        "from cli.verb import Verb\n"
        "def opens(voice):\n"
        "    fd = os.open(sys.argv[1], os.O_CREAT | os.O_WRONLY)\n"
        "    voice.answer([], [Line('a word')])\n"
        "    voice.tell([], [Line('a word')])\n"
        "    os.write(fd, str(fd).encode())\n"
        "    return State.SOUND\n"
        "LazyGroup.get_command = lambda *_: Verb('list', callback=opens)\n"
        "archiver.main(['list'])\n"
    )
    closing = 'exec "$0" -c "$1" "$2" <&- >&- 2>&-'
    words = ["sh", "-c", closing, sys.executable, script, str(tmp_path / "file")]
    assert subprocess.run(words, check=False).returncode == 0
    assert int((tmp_path / "file").read_text()) > 2


def test_a_stream_that_cannot_hold_a_character_still_gets_the_line() -> None:
    script = "from cli.main import archiver; archiver.main(['nö'])"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        env={"PYTHONIOENCODING": "ascii", "PATH": ""},
        check=False,
    )
    assert done.returncode == 2
    assert b"n\\xf6" in done.stderr


def test_a_polite_kill_ends_like_an_interrupt() -> None:
    script = (
        "import os, signal\n"
        "from cli.main import archiver, LazyGroup\n"
        "from cli.verb import Verb\n"
        "def killed(voice):\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    signal.pause()\n"
        "LazyGroup.get_command = lambda *_: Verb('list', callback=killed)\n"
        "archiver.main(['list'])\n"
    )
    done = _run(script)
    assert done.returncode == 130
    assert "interrupted" in done.stderr
