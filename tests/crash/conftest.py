"""What the crash tests share."""

from __future__ import annotations

from tests.crash.program import program, second_program
from tests.crash.scenario import scratch, undisturbed
from tests.disk import disk

__all__ = ["disk", "program", "scratch", "second_program", "undisturbed"]
