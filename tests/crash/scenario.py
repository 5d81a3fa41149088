"""One job done undisturbed, as the measure of every disturbed one."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crash.program import Program, Run
from tests.crash.scene import (
    BAG_ID,
    Facts,
    assert_nothing_half_done,
    bags_in,
    differences,
    facts_of,
    make_album,
    picture_of,
    staged_in,
)
from tests.crash.steps import CHANGES, DURABLE, Rule, Step

WORKING_FILE = "/worksheet.sqlite"


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """The album, how it looked before, and what an undisturbed run made of it."""

    album: Path
    album_facts: Facts
    archive: Path
    picture: Facts
    listing: str
    run: Run


def packaging(
    album: Path, archive: Path, bag_id: str = BAG_ID, workers: int = 1
) -> tuple[str | Path, ...]:
    """The arguments of the main job; with one worker its steps come in the same order always."""
    main_job = ("package", album, "--archive", archive, "--basis", "own-production")
    return (*main_job, "--id", bag_id, "--workers", str(workers))


def listing_of(program: Program, archive: Path) -> str:
    """What ``list --json`` says, as far as it is the same for the same job in any archive."""
    run = program.run("list", "--archive", archive, "--json")
    assert run.exit == 0, run.err
    return without_its_own(archive, run.out)


def without_its_own(archive: Path, listing: str) -> str:
    """A listing without the archive's own place and what its bags saw of its log.

    That is in the digest of the tag manifest, which must be the one that lies there.
    """
    told = listing.replace(str(archive), "ARCHIVE")
    for bag in bags_in(archive):
        manifest = (bag / "tagmanifest-sha512.txt").read_bytes()
        digest = hashlib.sha512(manifest).hexdigest()
        assert digest in told
        told = told.replace(digest, "AS IT LIES THERE")
    return told


@pytest.fixture
def scratch(tmp_path: Path) -> Iterator[Path]:
    """Where archives are made to be spoilt by the hundred: in memory, if there is such a place."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(prefix="archiver-tests-", dir=memory) as folder:
        yield Path(folder)


@contextmanager
def throw_away(archive: Path) -> Iterator[Path]:
    """An archive that is removed at the end of the block, but kept if the test fails in it."""
    yield archive
    shutil.rmtree(archive)


@pytest.fixture(scope="session")
def undisturbed(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    """Package the album in peace, counting the steps."""
    place = tmp_path_factory.mktemp("undisturbed")
    album, archive = make_album(place / "album"), place / "archive"
    before = facts_of(album)
    run = program.run(*packaging(album, archive), rule=Rule(under=str(archive)))
    assert run.exit == 0, run.err
    assert_nothing_half_done(archive)
    assert staged_in(archive) == []
    return Undisturbed(
        album, before, archive, picture_of(archive), listing_of(program, archive), run
    )


@dataclass(frozen=True, slots=True)
class Point:
    """A moment to be killed in: at the ``nth`` step, or after so many seconds."""

    nth: int
    deed: str = "kill-before"
    seconds: float | None = None

    def strike(
        self,
        program: Program,
        archive: Path,
        *arguments: str | Path,
        env: Mapping[str, str] | None = None,
    ) -> Run:
        """Run the program and kill it here."""
        env = env or {}
        if self.seconds is not None:
            return program.run(*arguments, kill_after=self.seconds, env=env)
        rule = Rule(under=str(archive), names=CHANGES, nth=self.nth, deed=self.deed)
        return program.run(*arguments, rule=rule, env=env)

    @property
    def workers(self) -> int:
        """Several for a random moment, so that it falls between steps in any order."""
        return 1 if self.seconds is None else 3


def points_at_steps(steps: tuple[Step, ...], stride: int) -> list[Point]:
    """Before each durable step, after each that renames or syncs all, and among the others.

    Of the steps that are not durable, and of the statements of a job's working file, which is
    thrown away in the end, each ``stride``-th is taken.
    """
    points = []
    others = 0
    for nth, step in enumerate(steps, start=1):
        if step.name in DURABLE and not step.path.endswith(WORKING_FILE):
            points.append(Point(nth))
        else:
            others += 1
            points += [Point(nth)] if others % stride == 0 else []
        if step.name in ("rename", "syncfs"):
            points.append(Point(nth, "kill-after"))
    return points


def points_in_time(run: Run, count: int, seed: int) -> list[Point]:
    """``count`` random moments of a run as long as ``run``: SQLite's own writes fall here."""
    dice = random.Random(seed)
    return [Point(0, seconds=dice.uniform(0, run.seconds)) for _ in range(count)]


def assert_untouched(scene: Undisturbed) -> None:
    """The source is byte for byte, name for name, time for time what it was."""
    assert differences(scene.album_facts, facts_of(scene.album)) == {}


def assert_completes(program: Program, scene: Undisturbed, archive: Path) -> None:
    """The same command once more ends well, and in the very same archive."""
    rerun = program.run(*packaging(scene.album, archive))
    assert rerun.exit == 0, rerun.err
    assert staged_in(archive) == []
    assert differences(scene.picture, picture_of(archive)) == {}
    assert listing_of(program, archive) == scene.listing
    assert_nothing_half_done(archive)
    assert_untouched(scene)
