"""``archiver package`` against copy, bag, sync and validate by the peers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from benchmarks.contestants import PROCESSES, AbsentError, archiver, bagit_py, copy, sync
from benchmarks.corpora import Corpus
from benchmarks.measure import NOTHING, Cost, alternate, run, warm
from benchmarks.places import Places
from benchmarks.tables import Table, ratio, rows_of

_FEW = 1_000
OURS = "archiver package"
CHAIN = "cp, bagit.py, sync, validate"


def packaging(corpus: Corpus, places: Places, rounds: int, at_most: float) -> Table:
    """Measure the whole main job: copy, digests, durable, read back, log and catalogue.

    Ours writes sha512 and BLAKE3 and reads every byte back from the medium. The chain writes
    sha256 and sha512, and its last step reads what is still in the page cache.
    """
    name, title = f"package-{corpus.name}", f"into a sealed bag, {corpus.title}"
    try:
        source = corpus.make(places.corpora)
        runs = count()
        contest = {
            OURS: lambda: _package(source, _new(places, "archive", runs), corpus),
            CHAIN: lambda: _chain(source, _new(places, "bag", runs), corpus),
        }
        bagit_py()
    except AbsentError as absent:
        return Table(name, title, missing=(str(absent),))
    rows = rows_of(alternate(contest, rounds))
    return Table(name, title, rows, (ratio(rows, OURS, CHAIN, at_most),))


def package_into(source: Path, archive: Path) -> list[str]:
    """The command line of the main job."""
    return archiver("package", source, "--archive", archive, "--basis", "own-production")


def _new(places: Places, kind: str, runs: Iterator[int]) -> Path:
    return places.results / f"{kind}-{next(runs)}"


def _package(source: Path, archive: Path, corpus: Corpus) -> Cost:
    warm(source)
    try:
        return run(package_into(source, archive))
    finally:
        clear(archive, corpus.files)


def clear(result: Path, files: int) -> None:
    """Remove what a run left, if that is few files.

    ext4 avoids inodes that were freed within the last minutes and searches past them, so
    whoever creates files after many were deleted pays for it. Results of many files stay
    until the benchmarks are over.
    """
    if files <= _FEW:
        shutil.rmtree(result, ignore_errors=True)


def _chain(source: Path, bag: Path, corpus: Corpus) -> Cost:
    warm(source)
    steps = (
        copy(source, bag),
        bagit_py("--sha256", "--sha512", "--processes", PROCESSES, bag),
        sync(),
        bagit_py("--validate", "--processes", PROCESSES, bag),
    )
    try:
        return sum((run(step) for step in steps), NOTHING)
    finally:
        clear(bag, corpus.files)
