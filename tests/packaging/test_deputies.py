"""Many small files are staged by child processes; nothing that holds without them is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from archiver.archive import Archive
from archiver.deputy import Deputy, LostError
from archiver.errors import EnvironmentUnusable
from archiver.packaging import deputies, lots, staging
from archiver.packaging.copying import Copy, SourceError
from archiver.packaging.deputies import StagingDeputies
from archiver.packaging.readback import all_read_back
from archiver.state import State
from archiver.tree import Tree
from tests.hashing.scene import children_of, end_with_its_children
from tests.packaging.scene import (
    assert_books_agree,
    assert_valid,
    bag_of,
    content_of,
    make_source,
    noise,
    run,
    snapshot,
    staged,
    visible,
)

ODD = "tests.packaging.odd_deputy"
HOUSE = Path(__file__).resolve().parents[2]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    files = {f"{folder}/{n:03}": noise(n + 1, n) for folder in ("é", "s\n") for n in range(200)}
    files["s\n/empty"] = b""
    return make_source(tmp_path / "Album", files)


@pytest.fixture(autouse=True)
def many_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "DEPUTIES_FROM", 0)
    monkeypatch.setattr(staging, "cores", lambda: 2)
    monkeypatch.setattr(lots, "all_read_back", _not_here)


def _not_here(*_: object) -> None:
    pytest.fail("a small file was read back without a deputy")


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the lots that deputies copied."""
    genuine = StagingDeputies.copy
    sizes: list[int] = []

    def copy(
        self: StagingDeputies, paths: Sequence[str], *, sync: bool
    ) -> list[Copy | SourceError] | None:
        made = genuine(self, paths, sync=sync)
        sizes.append(len(made or ()))
        return made

    monkeypatch.setattr(StagingDeputies, "copy", copy)
    return sizes


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Whose ``setenv("ODD_DEPUTY", ...)`` makes the deputies odd."""
    monkeypatch.setattr(deputies, "MODULE", ODD)
    return monkeypatch


def _whole(archive: Archive, source: Path, path: Path) -> None:
    assert content_of(path / "data") == content_of(source)
    assert_valid(path)
    assert_books_agree(archive)
    assert staged(archive) == []


@pytest.mark.parametrize("syncfs", [True, False])
def test_a_bag_made_by_deputies_is_as_any_other(
    syncfs: bool,
    archive: Archive,
    source: Path,
    copied: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(staging, "can_sync_filesystem", lambda _: syncfs)
    outcome = run(archive, source)
    assert (outcome.state, outcome.findings) == (State.SOUND, ())
    assert sum(copied) == 401
    assert sum((outcome.read_back or {}).values()) == 401
    _whole(archive, source, bag_of(outcome))
    for name in ("é/007", "s\n/empty"):
        now, then = (bag_of(outcome) / "data" / name).stat(), (source / name).stat()
        assert now.st_mtime_ns == then.st_mtime_ns


def test_one_worker_works_alone(
    archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lots, "all_read_back", all_read_back)
    monkeypatch.setattr(staging, "StagingDeputies", lambda *_: pytest.fail("a deputy was wanted"))
    assert run(archive, source, workers=1).state is State.SOUND


@pytest.mark.parametrize("when", ["dies copying", "dies reading back"])
def test_a_deputy_that_dies_costs_no_file(
    when: str, archive: Archive, source: Path, odd: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    odd.setattr(lots, "all_read_back", all_read_back)
    odd.setenv("ODD_DEPUTY", f"{when}:{tmp_path / 'once'}")
    outcome = run(archive, source)
    assert (outcome.state, outcome.findings) == (State.SOUND, ())
    assert (tmp_path / "once").exists()
    _whole(archive, source, bag_of(outcome))


def test_what_a_lost_deputy_left_under_another_name_stays_in_the_way(
    archive: Archive, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a disk that takes two names for one, it would be another file's copy."""

    def lost(_: StagingDeputies, paths: Sequence[str], *, sync: bool) -> None:
        del sync
        raise LostError(paths)

    monkeypatch.setattr(StagingDeputies, "copy", lost)
    monkeypatch.setattr(lots, "_remove_left", lambda *_: None)
    genuine = staging.Stage.run

    def crowded(stage: staging.Stage, *rest: object) -> None:
        (Path(stage._target) / "é").mkdir()
        (Path(stage._target) / "é/100").write_bytes(b"another file's copy")
        genuine(stage, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(staging.Stage, "run", crowded)
    with pytest.raises(EnvironmentUnusable, match="two names for one"):
        run(archive, source)


def test_only_what_bears_exactly_its_name_is_removed_after_a_loss(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    for name in ("lost", "other"):
        (tmp_path / "f" / name).write_bytes(b"x")
    with Tree(tmp_path) as target:

        class Bench:
            """All that is asked of one."""

        bench = Bench()
        bench.target = target  # type: ignore[attr-defined]
        lots._remove_left(["f/lost", "f/not there"], bench)  # type: ignore[arg-type]
    assert os.listdir(tmp_path / "f") == ["other"]


def test_a_copy_that_does_not_read_back_the_same_in_a_deputy_is_made_again(
    archive: Archive, source: Path, odd: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    odd.setenv("ODD_DEPUTY", f"keeps other bytes:{tmp_path / 'once'}")
    outcome = run(archive, source)
    assert outcome.state is State.SOUND
    assert [one.code for one in outcome.findings] == ["copied-again"]
    _whole(archive, source, bag_of(outcome))


@pytest.mark.parametrize("how", ["is full", "is broken"])
def test_a_disk_that_fails_a_deputy_ends_the_run_and_leaves_nothing(
    how: str, archive: Archive, source: Path, odd: pytest.MonkeyPatch
) -> None:
    before = snapshot(source), children_of(os.getpid())
    odd.setenv("ODD_DEPUTY", how)
    with pytest.raises(EnvironmentUnusable) as caught:
        run(archive, source)
    assert ("space" in caught.value.message) == (how == "is full")
    assert str(archive.root) in caught.value.message
    assert "source is untouched" in caught.value.advice
    assert (snapshot(source), children_of(os.getpid())) == before
    assert (visible(archive), staged(archive)) == ([], [])


def test_a_file_that_changes_under_a_deputy_is_read_again(
    archive: Archive, source: Path, odd: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    odd.setenv("ODD_DEPUTY", f"sees a change:{tmp_path / 'once'}")
    outcome = run(archive, source)
    (found,) = outcome.findings
    assert (found.code, str(found.path)[-4:]) == ("read-again", "/077")
    _whole(archive, source, bag_of(outcome))


def test_a_file_that_vanishes_before_a_deputy_comes_is_named(
    archive: Archive, source: Path, copied: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = staging.Stage.run

    def later(stage: staging.Stage, *rest: object) -> None:
        (source / "é/100").unlink()
        genuine(stage, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(staging.Stage, "run", later)
    outcome = run(archive, source)
    assert [(one.code, one.path) for one in outcome.findings] == [("source-vanished", "é/100")]
    assert sum(copied) == 401
    assert visible(archive) == []


def test_a_deputy_whose_owner_is_gone_makes_no_more_files(source: Path, tmp_path: Path) -> None:
    (tmp_path / "target" / "é").mkdir(parents=True)
    with Tree(source) as one, Tree(tmp_path / "target") as other:
        folders = [(tree.folder(""), tree.root) for tree in (one, other)]
        somebody_else = os.getppid()
        deputy = Deputy(
            deputies.MODULE, [somebody_else, *folders, ["sha512"]], [fd for fd, _ in folders]
        )
        with pytest.raises(ValueError):
            deputy.ask(["copy", False, ["é/000", "é/001"]])
        deputy.close()
    assert os.listdir(tmp_path / "target" / "é") == []


_OWNER = """
import sys
from archiver.archive import open_archive
from archiver.packaging import staging
from tests.packaging.scene import run
staging.DEPUTIES_FROM = 0
staging.cores = lambda: 2
class Telling:
    def begin(self, phase, total_bytes, total_files): self.copying = phase == "copying"
    def advance(self, n_bytes, n_files):
        if self.copying and n_files:
            print("under way", flush=True)
    def end(self): pass
run(open_archive(sys.argv[1]), sys.argv[2], progress=Telling())
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL, signal.SIGTERM])
def test_deputies_end_with_their_owner_and_the_next_run_completes(
    number: signal.Signals, archive: Archive, tmp_path: Path
) -> None:
    source = make_source(
        tmp_path / "Many", {f"{n // 500}/{n}": noise(2_000, n) for n in range(6_000)}
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", _OWNER, str(archive.root), str(source)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=HOUSE,
        start_new_session=True,
    )
    assert owner.stdout is not None
    assert b"under way\n" in iter(owner.stdout.readline, b"")
    end_with_its_children(owner, number)
    assert visible(archive) == []
    outcome = run(archive, source)
    assert outcome.state is State.SOUND
    _whole(archive, source, bag_of(outcome))
