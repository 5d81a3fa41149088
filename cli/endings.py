"""Every way a run can end that is no outcome: errors, interrupts, defects. Said in one place."""

from __future__ import annotations

import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import click
from click.exceptions import NoArgsIsHelpError

from archiver.errors import ArchiverError
from archiver.state import State
from cli.exits import exit_code
from cli.render.json_lines import json_line
from cli.render.voice import colour_welcome, put, trouble_lines, unheard

_POLITE_KILLS = (signal.SIGTERM, signal.SIGHUP)


def run_to_code(work: Callable[[], object], argv: Sequence[str]) -> int:
    """Run ``work`` and return the exit code, having said whatever error ended it.

    ``work`` returns an exit code (anything else counts as 0). ``argv`` is looked at for
    ``--json`` and ``--debug``, because an error may come before the options are parsed.
    """
    code = _ended(work, as_json=_given("--json", argv), debug=_given("--debug", argv))
    for message in unheard():
        _say(
            False,
            State.FAILED,
            message,
            "What was done stays done; make room where the output goes.",
        )
        code = code or exit_code(State.FAILED)
    return code


def _ended(work: Callable[[], object], *, as_json: bool, debug: bool) -> int:
    try:
        with _polite_kills_interrupt():
            code = work()
            return code if isinstance(code, int) else 0
    except NoArgsIsHelpError as error:
        put(sys.stderr, error.format_message())
        return exit_code(State.USAGE)
    except Exception as error:  # noqa: BLE001 - the last door before the shell: nothing may pass raw
        if debug:
            traceback.print_exc()
        state, message, advice = describe(error)
        _say(as_json, state, message, advice)
        return exit_code(state)
    except KeyboardInterrupt:
        _say(as_json, *describe(click.Abort()))
        return exit_code(State.INTERRUPTED)


def describe(error: Exception) -> tuple[State, str, str]:
    """Return the state, the message and the advice that ``error`` comes to."""
    match error:
        case ArchiverError():
            return error.state, error.message, error.advice
        case click.Abort():
            advice = "What is sealed stays; run the same command again to take up the rest."
            return State.INTERRUPTED, "interrupted", advice
        case click.UsageError():
            path = error.ctx.command_path if error.ctx else "archiver"
            return State.USAGE, _sentence(error), f"See `{path} --help`."
        case click.ClickException():
            return State.USAGE, _sentence(error), ""
        case OSError():
            place = f": {_text(error.filename)}" if error.filename is not None else ""
            return State.FAILED, f"{error.strerror or error}{place}", ""
        case MemoryError():
            return State.FAILED, "this machine has not enough free memory for this", ""
    advice = "Please report it, with what --debug shows. What was sealed before is not touched."
    return State.FAILED, f"this is a defect: {type(error).__name__}: {error}", advice


def _say(as_json: bool, state: State, message: str, advice: str) -> None:
    if as_json:
        record = {"type": "error", "state": state.value, "message": message, "advice": advice}
        put(sys.stdout, json_line(record))
        return
    for line in trouble_lines(message, advice):
        put(sys.stderr, line.rendered(colour_welcome(sys.stderr)))


def _given(option: str, argv: Sequence[str]) -> bool:
    before_names = argv[: argv.index("--")] if "--" in argv else argv
    return option in before_names


def _sentence(error: click.ClickException) -> str:
    message = " ".join(error.format_message().split()).rstrip(".")
    return message[:1].lower() + message[1:]


def _text(name: object) -> str:
    return name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else str(name)


@contextmanager
def _polite_kills_interrupt() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the work as Ctrl-C does, unless the caller set them aside."""
    before = {}
    for number in _POLITE_KILLS:
        if signal.getsignal(number) is signal.SIG_DFL:
            before[number] = signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt(signal.Signals(number).name)
