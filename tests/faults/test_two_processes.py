"""Two processes at once on one archive never harm each other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.crash.program import Program, Run
from tests.crash.scenario import Undisturbed, listing_of, packaging
from tests.crash.scene import (
    assert_chain_intact,
    assert_nothing_half_done,
    bags_in,
    make_album,
    picture_of,
    read_log,
    staged_in,
)
from tests.crash.steps import Rule


@pytest.fixture
def archive(program: Program, tmp_path: Path) -> Path:
    """An empty archive."""
    place = tmp_path / "archive"
    assert program.run("init", place).exit == 0
    return place


@contextmanager
def held(
    program: Program, tmp_path: Path, rule: Rule, *arguments: str | Path
) -> Iterator[list[Run]]:
    """A run stopped in the middle of a step for as long as the block lasts; then it goes on."""
    for name in ("hold.reached", "hold.go"):
        os.mkfifo(tmp_path / name)
    ended: list[Run] = []
    program.start(*arguments, rule=rule)
    assert (tmp_path / "hold.reached").read_bytes() == b"here"
    try:
        yield ended
    finally:
        (tmp_path / "hold.go").write_bytes(b"go")
        ended.append(program.finish())


def holding(archive: Path, tmp_path: Path, *names: str, nth: int = 1) -> Rule:
    """Stop at the ``nth`` step so named."""
    return Rule(str(archive), frozenset(names), nth, "hold", str(tmp_path / "hold"))


@pytest.mark.parametrize("step", ["create", "rename", "fsync"])
def test_the_second_run_leaves_at_once_with_exit_11_and_the_first_completes(
    step: str,
    program: Program,
    second_program: Program,
    undisturbed: Undisturbed,
    archive: Path,
    tmp_path: Path,
) -> None:
    rule = holding(archive / ".staging", tmp_path, step)
    with held(program, tmp_path, rule, *packaging(undisturbed.album, archive)) as first:
        second = second_program.run(*packaging(undisturbed.album, archive, "album-2"))
        assert second.exit == 11, second.err
        assert "lock" in second.err
        assert bags_in(archive) == []
    assert first[0].exit == 0, first[0].err
    assert picture_of(archive) == undisturbed.picture


def test_readers_see_the_archive_as_it_was_while_a_run_is_going_on(
    program: Program,
    second_program: Program,
    undisturbed: Undisturbed,
    archive: Path,
    tmp_path: Path,
) -> None:
    assert program.run(*packaging(undisturbed.album, archive)).exit == 0
    before = listing_of(program, archive)
    other = make_album(tmp_path / "other", seed=50)
    rule = holding(archive / ".staging", tmp_path, "rename")
    with held(program, tmp_path, rule, *packaging(other, archive, "album-2")) as first:
        assert listing_of(second_program, archive) == before
        (bag,) = bags_in(archive)
        assert second_program.run("verify", bag).exit == 0
        assert second_program.run("status", "--archive", archive).exit == 0
    assert first[0].exit == 0
    assert len(bags_in(archive)) == 2


def test_recover_never_sweeps_the_work_of_a_living_run(
    program: Program,
    second_program: Program,
    undisturbed: Undisturbed,
    archive: Path,
    tmp_path: Path,
) -> None:
    rule = holding(archive / ".staging", tmp_path, "create", nth=3)
    with held(program, tmp_path, rule, *packaging(undisturbed.album, archive)) as first:
        assert second_program.run("recover", "--archive", archive).exit == 11
        assert staged_in(archive) != []
    assert first[0].exit == 0, first[0].err


def test_a_waiting_run_takes_its_turn_and_both_complete(
    program: Program, second_program: Program, archive: Path, tmp_path: Path
) -> None:
    albums = [make_album(tmp_path / f"album-{n}", seed=n * 10) for n in (1, 2)]
    runs = []
    for number, (one, album) in enumerate(zip((program, second_program), albums, strict=True)):
        one.start(*packaging(album, archive, f"a{number}"), "--lock-wait", "60")
    runs = [program.finish(), second_program.finish()]
    assert [run.exit for run in runs] == [0, 0], [run.err for run in runs]
    assert [bag.name for bag in sorted(bags_in(archive), key=lambda b: b.name)] == ["a0", "a1"]
    assert_nothing_half_done(archive)
    assert_chain_intact(archive)


def test_the_same_source_by_two_waiting_runs_makes_one_bag(
    program: Program, second_program: Program, undisturbed: Undisturbed, archive: Path
) -> None:
    for one in (program, second_program):
        one.start(*packaging(undisturbed.album, archive), "--lock-wait", "60")
    runs = [program.finish(), second_program.finish()]
    assert [run.exit for run in runs] == [0, 0], [run.err for run in runs]
    assert len(bags_in(archive)) == 1
    assert sum(event["type"] == "seal" for event in read_log(archive).events) == 1
    assert_nothing_half_done(archive)


def test_runs_that_race_without_waiting_succeed_or_are_busy_and_harm_nothing(
    program: Program, second_program: Program, archive: Path, tmp_path: Path
) -> None:
    albums = [make_album(tmp_path / f"album-{n}", seed=n * 10) for n in (1, 2)]
    for turn in range(4):
        for number, one in enumerate((program, second_program)):
            one.start(*packaging(albums[number], archive, f"t{turn}-{number}"), "--again")
        exits = [program.finish().exit, second_program.finish().exit]
        assert set(exits) <= {0, 11}
        assert 0 in exits
    assert_nothing_half_done(archive)
    assert_chain_intact(archive)
