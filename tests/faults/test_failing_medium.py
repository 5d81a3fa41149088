"""Error numbers from below, at any step: named, never taken for success or for damage."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import pytest

from tests.crash.program import Program, Run
from tests.crash.scenario import (
    Undisturbed,
    assert_completes,
    assert_untouched,
    packaging,
    throw_away,
)
from tests.crash.scene import assert_nothing_half_done, bags_in, read_log
from tests.crash.steps import READS, SYNCS, WRITES, Rule, Step

TROUBLES = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)
KINDS = {
    "writing": WRITES,
    "syncing": SYNCS,
    "renaming": frozenset({"rename", "replace"}),
    "creating": frozenset({"create", "mkdir"}),
}
PLACES = 10  # how many of the steps of a kind are made to fail, spread over the run


def assert_said(run: Run, trouble: int) -> None:
    """The run failed as an environment fails: with the kernel's own words and no traceback."""
    assert "Traceback" not in run.err
    assert run.exit == 1, f"exit {run.exit}: {run.err}"
    assert os.strerror(trouble).lower() in run.err.lower()


def before_tidying_up(scene: Undisturbed) -> tuple[Step, ...]:
    """The steps up to the record; what comes after only removes the finished job's folder."""
    staging = str(scene.archive / ".staging")
    last = max(
        index
        for index, step in enumerate(scene.run.steps)
        if not step.path.startswith(staging) and step.name != "syncfs"
    )
    return scene.run.steps[: last + 1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_that_fails_is_reported_and_a_rerun_completes(
    kind: str, program: Program, undisturbed: Undisturbed, scratch: Path
) -> None:
    steps = [step for step in before_tidying_up(undisturbed) if step.name in KINDS[kind]]
    count = len(steps)
    for turn, nth in enumerate(range(1, count + 1, max(1, count // PLACES))):
        if kind == "writing" and steps[nth - 1].path.endswith("/.lock"):
            continue  # who holds it is said for people only: a full disk must not keep us from it
        trouble = TROUBLES[turn % len(TROUBLES)]
        with throw_away(scratch / f"archive-{nth}") as archive:
            rule = Rule(str(archive), KINDS[kind], nth, "fail", trouble)
            run = program.run(*packaging(undisturbed.album, archive), rule=rule)
            assert_said(run, trouble)
            assert_untouched(undisturbed)
            assert_nothing_half_done(archive)
            assert_completes(program, undisturbed, archive)


@pytest.mark.parametrize("trouble", TROUBLES, ids=errno.errorcode.get)
def test_a_medium_that_fails_from_some_step_on_leaves_no_half_bag(
    trouble: int, program: Program, undisturbed: Undisturbed, scratch: Path
) -> None:
    changing = frozenset().union(*KINDS.values())
    count = sum(step.name in changing for step in before_tidying_up(undisturbed))
    for nth in range(1 + trouble % 7, count, count // 5):
        with throw_away(scratch / f"archive-{nth}") as archive:
            rule = Rule(str(archive), changing, nth, "fail", trouble, onwards=True)
            run = program.run(*packaging(undisturbed.album, archive), rule=rule)
            assert_said(run, trouble)
            assert_untouched(undisturbed)
            assert_nothing_half_done(archive)
            assert_completes(program, undisturbed, archive)


def test_trouble_while_tidying_up_does_not_undo_what_was_done(
    program: Program, undisturbed: Undisturbed, scratch: Path
) -> None:
    first = len(before_tidying_up(undisturbed)) + 1
    for nth in range(first, len(undisturbed.run.steps) + 1):
        with throw_away(scratch / f"archive-{nth}") as archive:
            rule = Rule(str(archive), nth=nth, deed="fail", argument=errno.EIO, onwards=True)
            run = program.run(*packaging(undisturbed.album, archive), rule=rule)
            assert run.exit in (0, 1), run.err
            assert "Traceback" not in run.err
            assert_nothing_half_done(archive)
            assert len(bags_in(archive)) == 1
            assert_completes(program, undisturbed, archive)


@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_source_that_cannot_be_read_is_incomplete_and_makes_no_bag(
    nth: int, program: Program, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    sick = undisturbed.album / "disc 1" / "side b" / "02 second.wav"
    rule = Rule(str(sick), READS, nth, "fail", errno.EIO, onwards=True)
    run = program.run(*packaging(undisturbed.album, archive), rule=rule)
    assert run.exit == 4, run.err
    assert "Traceback" not in run.err
    assert "02 second.wav" in run.err
    assert os.strerror(errno.EIO).lower() in run.err.lower()
    assert bags_in(archive) == []
    assert_completes(program, undisturbed, archive)


@pytest.mark.parametrize("where", ["data/disc 1/01 first.wav", "data/notes.txt"])
@pytest.mark.parametrize("how", [(), ("--blake3",)], ids=["full", "blake3"])
def test_a_bag_that_cannot_be_read_is_unreadable_and_not_damaged(
    where: str, how: tuple[str, ...], program: Program, undisturbed: Undisturbed
) -> None:
    (bag,) = bags_in(undisturbed.archive)
    rule = Rule(str(bag / where), READS, 1, "fail", errno.EIO, onwards=True)
    run = program.run("verify", bag, "--json", *how, rule=rule)
    assert run.exit == 4, run.err
    assert "Traceback" not in run.err
    assert "unreadable" in run.out
    assert where in run.out
    assert "mismatch" not in run.out


@pytest.mark.parametrize("name", ["manifest-sha512.txt", "tagmanifest-sha512.txt", "bag-info.txt"])
def test_a_tag_file_that_cannot_be_read_is_unreadable_and_not_damaged(
    name: str, program: Program, undisturbed: Undisturbed
) -> None:
    (bag,) = bags_in(undisturbed.archive)
    rule = Rule(str(bag / name), READS, 1, "fail", errno.EIO, onwards=True)
    run = program.run("verify", bag, "--json", rule=rule)
    assert run.exit == 4, run.err
    assert "Traceback" not in run.err
    assert name in run.out
    assert "mismatch" not in run.out


@pytest.mark.parametrize("name", ["disc 1/01 first.wav", "notes.txt"])
def test_a_medium_that_keeps_other_bytes_than_were_written_is_caught_before_sealing(
    name: str, program: Program, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    staged = next(
        step.path
        for step in undisturbed.run.steps
        if step.name in SYNCS | WRITES and step.path.endswith(f"/data/{name}")
    ).replace(str(undisturbed.archive), str(archive))
    last_write = sum(
        step.name in WRITES and step.path.endswith(f"/data/{name}")
        for step in undisturbed.run.steps
    )
    rule = Rule(staged, WRITES, last_write, "lie")
    run = program.run(*packaging(undisturbed.album, archive), rule=rule)
    assert "Traceback" not in run.err
    if run.exit != 0:
        assert name in run.err
        assert bags_in(archive) == []
    assert_untouched(undisturbed)
    assert_nothing_half_done(archive)
    assert_completes(program, undisturbed, archive)


def test_a_recover_that_fails_is_reported_and_can_be_repeated(
    program: Program, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    archive = tmp_path / "archive"
    shutil.copytree(undisturbed.archive, archive)
    (archive / "catalogue.sqlite").unlink()
    rule = Rule(str(archive), SYNCS, 1, "fail", errno.EIO)
    run = program.run("rebuild", "--archive", archive, rule=rule)
    assert run.exit in (0, 1)
    assert "Traceback" not in run.err
    rerun = program.run("rebuild", "--archive", archive)
    assert rerun.exit == 0, rerun.err
    assert not read_log(archive).torn
    assert_completes(program, undisturbed, archive)
