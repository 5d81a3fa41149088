"""``update``, ``import``, ``restore`` and ``export`` killed at their steps, or out of room.

Nothing half-made is ever to be seen, what is read stays as it was, and the same command once more
comes to its end.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crash.program import Program, Run
from tests.crash.scenario import Point
from tests.crash.scene import (
    Facts,
    assert_nothing_half_done,
    bags_in,
    differences,
    facts_of,
    picture_of,
    staged_in,
    write_wav,
)
from tests.crash.steps import CHANGES, DURABLE, Rule
from tests.faults.test_full_disk import SmallDisk, small_disk
from tests.packaging.scene import MTIME_NS

__all__ = ["small_disk"]

POINTS = 6
OWN = ("--basis", "own-production")


@dataclass(frozen=True, slots=True)
class Scene:
    """An archive that holds one small bag, that bag as a tar file, and a note to be added."""

    archive: Path
    bag: Path
    tar: Path
    note: Path
    album: Facts


@pytest.fixture(scope="module")
def scene(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    place = tmp_path_factory.mktemp("copies")
    album, archive, tar = place / "album", place / "archive", place / "tape.tar"
    album.mkdir()
    write_wav(album / "a.wav", 1_200_000, 1)
    write_wav(album / "b\n.wav", 5_000, 2)
    for path in (*sorted(album.iterdir()), album):
        os.utime(path, ns=(MTIME_NS, MTIME_NS))
    (place / "note.txt").write_text("found later")
    _well(program.run("package", album, "-a", archive, "--id", "tape", *OWN))
    (bag,) = bags_in(archive)
    _well(program.run("export", "tape", tar, "-a", archive, "--in-house"))
    return Scene(archive, bag, tar, place / "note.txt", facts_of(album))


def _well(run: Run) -> None:
    assert run.exit == 0, run.err


def _points(run: Run) -> list[Point]:
    """Some durable steps from the first to the last, and the moment after each renaming."""
    at = [nth for nth, step in enumerate(_changes(run), start=1) if step in DURABLE]
    assert len(at) > POINTS
    some = {at[index * (len(at) - 1) // (POINTS - 1)] for index in range(POINTS)}
    renames = [nth for nth, step in enumerate(_changes(run), start=1) if step == "rename"]
    return [*map(Point, sorted(some)), *(Point(nth, "kill-after") for nth in renames[-2:])]


def _changes(run: Run) -> list[str]:
    return [step.name for step in run.steps if step.name in CHANGES]


@pytest.mark.parametrize("healing", ["the same command", "recover"])
def test_an_update_killed_anywhere_leaves_the_old_bag_and_can_be_finished(
    program: Program, scene: Scene, tmp_path: Path, healing: str
) -> None:
    wish = ("update", "tape", "--add", scene.note, "--reason", "a note", "-w", "1", "-a")
    whole = Path(shutil.copytree(scene.archive, tmp_path / "whole"))
    run = program.run(*wish, whole, rule=Rule(str(whole)))
    _well(run)
    old, measure = facts_of(scene.bag), picture_of(whole)
    part = _points(run)[healing == "recover" :: 2]
    for number, point in enumerate(part):
        archive = Path(shutil.copytree(scene.archive, tmp_path / f"archive-{number}"))
        assert point.strike(program, archive, *wish, archive).exit in (-9, 0), point
        assert_nothing_half_done(archive)
        if healing == "recover":
            _well(program.run("recover", "-a", archive))
        again = program.run(*wish, archive)
        assert again.exit == 0 or "superseded by tape-v2" in again.err, f"{point}: {again.err}"
        assert_nothing_half_done(archive)
        assert differences(measure, picture_of(archive)) == {}, point
        assert facts_of(archive / scene.bag.relative_to(scene.archive)) == old
        listed = program.run("list", "-a", archive, "--json").rows
        assert [row["superseded_by"] for row in listed] == ["tape-v2", None]
        assert staged_in(archive) == []


def test_an_import_killed_anywhere_can_be_done_again(
    program: Program, scene: Scene, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    _well(program.run("init", empty))
    wish = ("import", scene.tar, "--form", "upgrade", *OWN, "-w", "1", "-a")
    whole = Path(shutil.copytree(empty, tmp_path / "whole"))
    temporary = {"TMPDIR": str(tmp_path)}
    run = program.run(*wish, whole, rule=Rule(str(whole)), env=temporary)
    _well(run)
    before, measure = scene.tar.read_bytes(), picture_of(whole)
    for number, point in enumerate(_points(run)[1::2]):
        archive = Path(shutil.copytree(empty, tmp_path / f"archive-{number}"))
        struck = point.strike(program, archive, *wish, archive, env=temporary)
        assert struck.exit in (-9, 0), point
        assert_nothing_half_done(archive)
        _well(program.run(*wish, archive, env=temporary))
        assert_nothing_half_done(archive)
        assert differences(measure, picture_of(archive)) == {}, point
        assert staged_in(archive) == []
    assert scene.tar.read_bytes() == before


def test_a_restore_killed_anywhere_shows_all_or_nothing(
    program: Program, scene: Scene, tmp_path: Path
) -> None:
    before = facts_of(scene.bag)
    for place, point in _struck(program, tmp_path, "restore", "tape", "back", scene.archive):
        assert not place.exists() or facts_of(place) == scene.album, point
        shutil.rmtree(place, ignore_errors=True)
        _well(program.run("restore", "tape", place, "-a", scene.archive))
        assert facts_of(place) == scene.album, point
        assert os.listdir(place.parent) == ["back"]
    assert facts_of(scene.bag) == before


def test_an_export_killed_anywhere_shows_all_or_nothing(
    program: Program, scene: Scene, tmp_path: Path
) -> None:
    before, whole = facts_of(scene.bag), scene.tar.read_bytes()
    wish = ("export", "tape", "tape.tar", scene.archive, "--in-house")
    for place, point in _struck(program, tmp_path, *wish):
        assert not place.exists() or place.read_bytes() == whole, point
        place.unlink(missing_ok=True)
        _well(program.run("export", "tape", place, "-a", scene.archive, "--in-house"))
        assert place.read_bytes() == whole, point
        assert os.listdir(place.parent) == ["tape.tar"]
    assert facts_of(scene.bag) == before


def _struck(
    program: Program, room: Path, verb: str, bag: str, name: str, archive: Path, *more: str
) -> Iterator[tuple[Path, Point]]:
    """Yield where a command that was killed was to write, each time in a folder of its own."""
    measured = room / "measured"
    measured.mkdir()
    rule = Rule(str(measured))
    run = program.run(verb, bag, measured / name, "-a", archive, *more, rule=rule)
    _well(run)
    steps = len(_changes(run))
    at = {1 + index * (steps - 1) // (POINTS - 1) for index in range(POINTS)}
    for point in (*map(Point, sorted(at)), Point(steps, "kill-after")):
        folder = room / f"{point.nth}-{point.deed}"
        folder.mkdir()
        struck = point.strike(program, folder, verb, bag, folder / name, "-a", archive, *more)
        assert struck.exit in (-9, 0), point
        yield folder / name, point


@pytest.mark.parametrize("verb", ["restore", "export", "import", "update"])
def test_where_there_is_no_room_nothing_half_made_is_seen_and_with_room_it_is_done(
    program: Program, scene: Scene, tmp_path: Path, small_disk: SmallDisk, verb: str
) -> None:
    writes_bag = verb in ("import", "update")
    small_disk.mount("size=4m" if verb == "update" else "size=1m")
    disk = small_disk.place
    archive = scene.archive if not writes_bag else disk / "archive"
    if verb == "import":
        _well(program.run("init", archive))
    elif verb == "update":
        shutil.copytree(scene.archive, archive)
    wish: dict[str, tuple[str | Path, ...]] = {
        "restore": ("restore", "tape", disk / "back"),
        "export": ("export", "tape", disk / "tape.tar", "--in-house"),
        "import": ("import", scene.tar, "--form", "upgrade", *OWN),
        "update": ("update", "tape", "--add", scene.note, "--reason", "why"),
    }
    seen = sorted(os.listdir(disk))
    failed = program.run(*wish[verb], "-a", archive, env={"TMPDIR": str(tmp_path)})
    assert failed.exit == 1, failed.err
    assert "Traceback" not in failed.err
    assert "space" in failed.err or "Make room" in failed.err, failed.err
    assert sorted(os.listdir(disk)) == seen
    if writes_bag:
        assert_nothing_half_done(archive)
        assert staged_in(archive) == []
    small_disk.remount("size=128m")
    _well(program.run(*wish[verb], "-a", archive, env={"TMPDIR": str(tmp_path)}))
