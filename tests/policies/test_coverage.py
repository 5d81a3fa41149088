"""Every branch of ``policies`` is taken by the tests of ``policies`` alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
#: Run once only: they are about how much there is or how long it lasts, and take no branch of
#: their own. (Were it not so, the gate would say so.)
MANY = "three_years or too_small_a_budget or hundred_thousand or quarter_of_a_million"


@pytest.mark.timeout(1800)
def test_every_branch_of_the_policies_is_taken_by_their_tests(tmp_path: Path) -> None:
    if not os.environ.get("CI"):
        pytest.skip("it runs the tests of the policies a second time; CI does so")
    command = (
        "-q", "-n", "0", "-k", f"not ({MANY})", "-p", "no:cacheprovider",
        "--cov=policies", "--cov-branch", "--cov-fail-under=100",
        "--cov-report=term-missing:skip-covered", f"--ignore={__file__}", "tests/policies",
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *command],
        cwd=HOUSE,
        env={**os.environ, "COVERAGE_FILE": str(tmp_path / "coverage")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
