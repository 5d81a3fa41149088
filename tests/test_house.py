"""The house keeps its own rules: style, types, and which room may know which."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent


def _check(*command: str) -> None:
    done = subprocess.run(command, cwd=HOUSE, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def _beside_python(tool: str) -> str:
    return str(Path(sys.executable).with_name(tool))


def test_ruff_finds_nothing_to_mend() -> None:
    _check(sys.executable, "-m", "ruff", "check", ".")


def test_every_file_is_formatted() -> None:
    _check(sys.executable, "-m", "ruff", "format", "--check", ".")


def test_mypy_is_content() -> None:
    _check(sys.executable, "-m", "mypy")


def test_no_room_knows_what_it_must_not_know() -> None:
    _check(_beside_python("lint-imports"))
