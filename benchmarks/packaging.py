"""``archiver package`` against copy, bag, sync and validate by the peers."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.contestants import PROCESSES, AbsentError, archiver, bagit_py, copy, sync
from benchmarks.corpora import Corpus
from benchmarks.measure import NOTHING, Cost, alternate, run, warm
from benchmarks.tables import Table, ratio, rows_of

OURS = "archiver package"
CHAIN = "cp, bagit.py, sync, validate"


def packaging(corpus: Corpus, place: Path, rounds: int, at_most: float) -> Table:
    """Measure the whole main job: copy, digests, durable, read back, log and catalogue.

    Ours writes sha512 and BLAKE3 and reads every byte back from the medium. The chain writes
    sha256 and sha512, and its last step reads what is still in the page cache.
    """
    name, title = f"package-{corpus.name}", f"into a sealed bag, {corpus.title}"
    try:
        source = corpus.make(place)
        contest = {
            OURS: lambda: _package(source, place / "archive"),
            CHAIN: lambda: _chain(source, place / "bag"),
        }
        bagit_py()
    except AbsentError as absent:
        return Table(name, title, missing=(str(absent),))
    rows = rows_of(alternate(contest, rounds))
    return Table(name, title, rows, (ratio(rows, OURS, CHAIN, at_most),))


def package_into(source: Path, archive: Path) -> list[str]:
    """The command line of the main job."""
    return archiver("package", source, "--archive", archive, "--basis", "own-production")


def _package(source: Path, archive: Path) -> Cost:
    warm(source)
    try:
        return run(package_into(source, archive))
    finally:
        shutil.rmtree(archive, ignore_errors=True)


def _chain(source: Path, bag: Path) -> Cost:
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
        shutil.rmtree(bag, ignore_errors=True)
