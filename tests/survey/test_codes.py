"""The engine's table of codes knows the policies' codes too."""

from __future__ import annotations

import archiver.survey.codes  # noqa: F401 (registers them)
from archiver.findings import CODES, Finding, Severity, state_of
from archiver.state import State
from policies.codes import RULES


def test_every_code_of_the_policies_is_a_code_of_the_engine() -> None:
    assert set(RULES) <= set(CODES)
    assert CODES["hidden"].severity is Severity.NOTE
    assert CODES["case-twin"].severity is Severity.WARNING


def test_a_refusal_is_no_damage() -> None:
    assert state_of([Finding("symlink", "a symbolic link to x", "a")]) is State.SOUND
