"""What it costs to know the recordings: alone, and as a part of packaging."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from benchmarks.contestants import python
from benchmarks.measure import ContestantError, Cost, alternate, run, warm
from benchmarks.packaging import OURS, clear, package_into
from benchmarks.places import Places
from benchmarks.recordings import files_below, recordings
from benchmarks.tables import Aim, Table, ratio, rows_of

_READ, _EXAMINE, _UNHEARD = "reading them", "examining them", "without examination"


def examination(music: Path | None, places: Places, rounds: int, at_most: float) -> Table:
    """Measure facts, tags, own checksums and digests of the sound beside reading alone."""
    folder = recordings(music, places.corpora)
    files = sum(1 for _ in files_below(folder))

    def whole(what: str) -> Callable[[], Cost]:
        def measured() -> Cost:
            warm(folder)
            return run(python("benchmarks.examine_all", what, folder))

        return measured

    rows = rows_of(alternate({_READ: whole("read"), _EXAMINE: whole("examine")}, rounds))
    cpu = {row.name: row.cpu for row in rows}
    beyond = (cpu[_EXAMINE] - cpu[_READ]) * 1000 / files
    aim = Aim("CPU a file beyond reading", beyond, at_most, " ms")
    return Table("examination", f"of {files:,} recordings", rows, (aim,))


def package_audio(
    name: str, source: Callable[[], Path], places: Places, rounds: int, at_most: float
) -> Table:
    """Measure packaging recordings with their examination against without."""
    folder, runs = source(), count()
    files = sum(1 for _ in files_below(folder))

    def whole(command: Callable[[Path], list[str]]) -> Callable[[], Cost]:
        return lambda: _package(folder, command, _new(places, runs), files)

    contest = {
        OURS: whole(lambda archive: package_into(folder, archive)),
        _UNHEARD: whole(lambda archive: _deaf(package_into(folder, archive))),
    }
    rows = rows_of(alternate(contest, rounds))
    aims = (ratio(rows, OURS, _UNHEARD, at_most),)
    return Table(name, f"{files:,} recordings into a sealed bag", rows, aims)


def _new(places: Places, runs: Iterator[int]) -> Path:
    return places.results / f"heard-{next(runs)}"


def _package(folder: Path, command: Callable[[Path], list[str]], archive: Path, files: int) -> Cost:
    warm(folder)
    try:
        cost = run(command(archive))
        heard = any(lines.stat().st_size for lines in archive.glob("bags/*/*/fixity/essence.jsonl"))
        if heard != (command(archive)[2] == "cli"):
            raise ContestantError("what was to be examined was not, or the other way round")
        return cost
    finally:
        clear(archive, files)


def _deaf(command: list[str]) -> list[str]:
    """The same command line for the program that takes nothing for a recording."""
    assert command[:3] == [sys.executable, "-m", "cli"]
    return [*python("benchmarks.package_unheard"), *command[3:]]
