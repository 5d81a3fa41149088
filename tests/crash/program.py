"""The program as the tests see it: started over and over, and interfered with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import TypedDict, Unpack

import pytest

from tests.crash.steps import Rule, Step

ROOT = Path(__file__).resolve().parents[2]
CLOCK = "2026-11-22T20:00:00Z"
NO_RULE = Rule(under="/nowhere")


@dataclass(frozen=True, slots=True)
class Run:
    """How one run ended. ``exit`` is negative when a signal ended it, as in ``subprocess``."""

    exit: int
    hung: bool
    seconds: float
    out: str
    err: str
    steps: tuple[Step, ...]

    @property
    def rows(self) -> list[dict[str, object]]:
        """Standard output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


class How(TypedDict, total=False):
    """What to do to a run: the rule it is under, the second it is killed in, ..."""

    rule: Rule
    kill_after: float
    mutant: str
    env: Mapping[str, str]
    timeout: float


class Program:
    """A warm process that runs ``archiver ARGUMENTS`` in a fork of itself, one at a time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.driver"],
            cwd=ROOT,
            env=os.environ | {"PYTHONUTF8": "1", "PYTHONWARNINGS": "default"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Program:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._server:
            assert self._server.stdin is not None
            self._server.stdin.close()

    def run(self, *arguments: str | Path, **how: Unpack[How]) -> Run:
        """Run ``archiver ARGUMENTS`` to its end."""
        self.start(*arguments, **how)
        return self.finish()

    def start(self, *arguments: str | Path, **how: Unpack[How]) -> None:
        """Start a run and come back at once; :meth:`finish` waits for it."""
        rule = how.get("rule", NO_RULE)
        job = {
            "arguments": [str(argument) for argument in arguments],
            "rule": asdict(rule) | {"names": sorted(rule.names)},
            "kill_after": how.get("kill_after"),
            "timeout": how.get("timeout", 60.0),
            "mutant": how.get("mutant"),
            "env": {"ARCHIVER_CLOCK": CLOCK, "NO_COLOR": "1", **how.get("env", {})},
            "folder": str(self._folder),
            **{name: str(self._folder / name) for name in ("out", "err", "steps")},
        }
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(job) + "\n")
        self._server.stdin.flush()

    def finish(self) -> Run:
        """Wait for the run that was started."""
        assert self._server.stdout is not None
        answer = json.loads(self._server.stdout.readline())
        assert answer["survivors"] == 0, "a process outlived the run it belonged to"
        return Run(
            exit=answer["exit"],
            hung=answer["hung"],
            seconds=answer["seconds"],
            out=(self._folder / "out").read_text(),
            err=(self._folder / "err").read_text(),
            steps=self._steps() if answer["exit"] >= 0 else (),
        )

    def _steps(self) -> tuple[Step, ...]:
        """What a run that was not killed has left behind about itself."""
        return tuple(Step(**step) for step in json.loads((self._folder / "steps").read_text()))


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """The program, warm for the whole session."""
    if sys.platform != "linux":
        pytest.skip("standing between program and kernel needs Linux (/proc, pidfd, prctl)")
    with Program(tmp_path_factory.mktemp("program")) as running:
        yield running


@pytest.fixture
def second_program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """Another one, for two runs at once."""
    with Program(tmp_path_factory.mktemp("second-program")) as running:
        yield running
