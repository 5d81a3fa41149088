"""No room left: from the start, in the middle of any step, or no inode left."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
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
from tests.crash.scene import assert_nothing_half_done, bags_in, staged_in
from tests.crash.steps import Rule
from tests.tools import require_tool, skip_but_in_ci

SLICES = 4
MOMENTS = 24


class SmallDisk:
    """A file system of its own, in memory, that can be made larger."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def mount(self, options: str) -> None:
        """Mount it; skips the test where we may not."""
        command = [require_tool("mount"), "-t", "tmpfs", "-o", options, "tmpfs", str(self.place)]
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            skip_but_in_ci("this process may not mount a file system")

    def remount(self, options: str) -> None:
        """Change its limits."""
        subprocess.run(["mount", "-o", f"remount,{options}", str(self.place)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A mount point that is given back at the end."""
    disk = SmallDisk(tmp_path / "disk")
    disk.place.mkdir()
    yield disk
    if os.path.ismount(disk.place):
        subprocess.run(["umount", "--lazy", str(disk.place)], check=True)


def assert_no_room_is_said(err: str) -> None:
    """The message is about room, and is no traceback."""
    assert "Traceback" not in err
    assert any(word in err.lower() for word in ("space", "disk is full", "quota")), err


def test_a_source_larger_than_the_disk_is_turned_away_before_a_byte_is_copied(
    program: Program, undisturbed: Undisturbed, small_disk: SmallDisk
) -> None:
    small_disk.mount("size=2m")
    archive = small_disk.place / "archive"
    run = program.run(*packaging(undisturbed.album, archive), rule=Rule(under=str(archive)))
    assert run.exit == 1
    assert_no_room_is_said(run.err)
    assert not any("/data/" in step.path for step in run.steps)
    assert bags_in(archive) == []
    assert staged_in(archive) == []
    small_disk.remount("size=64m")
    assert_completes(program, undisturbed, archive)


@pytest.mark.parametrize("part", range(SLICES))
def test_a_disk_that_fills_up_at_any_step_costs_nothing_but_time(
    part: int, program: Program, undisturbed: Undisturbed, small_disk: SmallDisk
) -> None:
    small_disk.mount("size=64m")
    filler = small_disk.place / "filler"
    stride = max(1, len(undisturbed.run.steps) // MOMENTS)
    ended = set()
    for nth in range(1 + part * stride, len(undisturbed.run.steps), SLICES * stride):
        with throw_away(small_disk.place / f"archive-{nth}") as archive:
            rule = Rule(under=str(archive), nth=nth, deed="fill", argument=str(filler))
            run = program.run(*packaging(undisturbed.album, archive), rule=rule)
            ended.add(run.exit)
            assert run.exit in (0, 1), f"step {nth}: {run.err}"
            if run.exit == 1:
                assert_no_room_is_said(run.err)
            filler.unlink(missing_ok=True)
            assert_untouched(undisturbed)
            assert_nothing_half_done(archive)
            assert_completes(program, undisturbed, archive)
    assert 1 in ended, "the disk was never full at a moment that mattered"


def test_running_out_of_inodes_is_said_and_survived(
    program: Program, undisturbed: Undisturbed, small_disk: SmallDisk
) -> None:
    small_disk.mount("size=64m,nr_inodes=24")
    archive = small_disk.place / "archive"
    run = program.run(*packaging(undisturbed.album, archive))
    assert run.exit == 1
    assert_no_room_is_said(run.err)
    assert_untouched(undisturbed)
    small_disk.remount("nr_inodes=10000")
    assert_nothing_half_done(archive)
    assert_completes(program, undisturbed, archive)
