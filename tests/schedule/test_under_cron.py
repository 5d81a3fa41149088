"""A run that Debian's own cron begins, at its time, in an archive with a hostile name."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archiver.archive import create_archive
from archiver.catalogue import Catalogue
from archiver.catalogue.rows import RunRow
from archiver.clock import system_clock
from archiver.schedule import cron
from policies.policy import builtin
from tests.cli.workbench import run
from tests.tools import require_tool, skip_but_in_ci

_PATIENCE = 150  # seconds: to the minute after next, and time to start


@pytest.fixture
def daemon() -> Iterator[None]:
    """A cron of our own, and root's crontab as it was afterwards."""
    if os.geteuid() != 0:
        pytest.skip("only root can start cron")
    require_tool("crontab")
    if not os.path.exists("/usr/sbin/cron"):
        skip_but_in_ci("Debian's cron is not installed")
    before = cron.read()
    started = subprocess.Popen(
        ["/usr/sbin/cron", "-f"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        started.kill()
        started.wait()
        cron.write(before)


@pytest.mark.usefixtures("daemon")
@pytest.mark.timeout(240)
def test_cron_begins_a_run_and_the_block_is_gone_afterwards(tmp_path: Path) -> None:
    root = tmp_path / 'it\'s 100% \\% \\\\ "$HOME" ü'
    archive = create_archive(root, builtin("library"), system_clock)
    before = cron.read()
    soon = datetime.now(UTC).astimezone() + timedelta(seconds=62)
    installed = run("schedule", "install", "-a", root, "--at", f"{soon:%H:%M}")
    assert installed.code == 0, installed.text
    crontab = cron.read()
    assert run("schedule", "install", "-a", root, "--at", f"{soon:%H:%M}").code == 0
    assert cron.read() == crontab
    deadline = time.monotonic() + _PATIENCE
    while not (runs := _runs(archive.catalogue_url)) and time.monotonic() < deadline:
        time.sleep(0.5)  # there is nothing to wait for but the minute
    assert [one.outcome for one in runs] == ["sound"]
    status = run("schedule", "status", "-a", root, "--json").record("schedule")
    assert status["last_run"]["outcome"] == "sound"
    assert [one["place"] for one in status["installed"]] == ["the crontab"]
    assert run("schedule", "remove", "-a", root).code == 0
    assert cron.read() == before


def _runs(url: str) -> list[RunRow]:
    with Catalogue.open(url) as catalogue:
        return catalogue.plan.runs(5)
