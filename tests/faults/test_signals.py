"""Asked to stop, the program stops: nothing half done, and the next run completes."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.crash.program import Program
from tests.crash.scenario import (
    Undisturbed,
    assert_completes,
    assert_untouched,
    packaging,
    throw_away,
)
from tests.crash.scene import assert_nothing_half_done
from tests.crash.steps import CHANGES, Rule

MOMENTS = 8
#: A signal that arrives in a callback of SQLite's is lost by the callback, not by the program.
STEPS = CHANGES - {"sql"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda s: s.name)
def test_a_signal_at_any_step_ends_the_run_cleanly(
    number: signal.Signals, program: Program, undisturbed: Undisturbed, scratch: Path
) -> None:
    count = sum(step.name in STEPS for step in undisturbed.run.steps)
    ended = []
    for nth in range(1, count, count // MOMENTS):
        with throw_away(scratch / f"archive-{nth}") as archive:
            rule = Rule(str(archive), STEPS, nth, deed="signal", argument=int(number))
            run = program.run(*packaging(undisturbed.album, archive), rule=rule)
            ended.append(run.exit)
            assert run.exit in (0, 130), f"step {nth}: {run.err}"
            assert "Traceback" not in run.err, f"step {nth}"
            assert_untouched(undisturbed)
            assert_nothing_half_done(archive)
            assert_completes(program, undisturbed, archive)
    assert ended.count(130) >= len(ended) // 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda s: s.name)
def test_a_signal_ends_a_verification_with_130(
    number: signal.Signals, program: Program, undisturbed: Undisturbed
) -> None:
    bags = undisturbed.archive / "bags"
    rule = Rule(
        str(bags), frozenset({"read", "readv", "preadv"}), 1, "signal", int(number), onwards=True
    )
    (bag,) = bags.glob("*/*")
    run = program.run("verify", bag, rule=rule)
    assert run.exit == 130, run.err
    assert "Traceback" not in run.err
