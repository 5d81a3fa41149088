"""``archiver verify`` against ``bagit.py --validate`` and ``b3sum --check``, on one bag."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks.contestants import PROCESSES, AbsentError, archiver, b3sum, bagit_py
from benchmarks.corpora import Corpus
from benchmarks.measure import Cost, alternate, run, warm
from benchmarks.packaging import package_into
from benchmarks.places import Places
from benchmarks.tables import Aim, Table, ratio, rows_of

FULL = "archiver verify (sha512)"
BLAKE3 = "archiver verify --blake3"
BAGIT = "bagit.py --validate (sha512)"
B3SUM = "b3sum --check"
_AIMS = ((BLAKE3, B3SUM, 1.25), (BLAKE3, BAGIT, 0.2))


def verifying(corpus: Corpus, places: Places, rounds: int, at_most: float) -> Table:
    """Measure routine and full verification of the bag we make of ``corpus``."""
    archive = places.results / "archive"
    source = corpus.make(places.corpora)
    try:
        run(package_into(source, archive))
        (bag,) = archive.glob("bags/*/*")
        return _contest(corpus, bag, rounds, at_most)
    finally:
        shutil.rmtree(archive, ignore_errors=True)


def _contest(corpus: Corpus, bag: Path, rounds: int, at_most: float) -> Table:
    contest: dict[str, Callable[[], Cost]] = {}
    missing = []
    commands: dict[str, Callable[[], tuple[list[str], Path | None]]] = {
        FULL: lambda: (archiver("verify", bag), None),
        BLAKE3: lambda: (archiver("verify", "--blake3", bag), None),
        BAGIT: lambda: (bagit_py("--validate", "--processes", PROCESSES, bag), None),
        B3SUM: lambda: (b3sum("--check", "--quiet", "fixity/blake3.txt"), bag),
    }
    for name, command in commands.items():
        try:
            contest[name] = _warm_run(bag, *command())
        except AbsentError as absent:
            missing.append(str(absent))
    rows = rows_of(alternate(contest, rounds))
    wanted = ((FULL, BAGIT, at_most), *_AIMS)
    aims: list[Aim] = [
        ratio(rows, ours, theirs, limit) for ours, theirs, limit in wanted if theirs in contest
    ]
    return Table(
        f"verify-{corpus.name}",
        f"of a bag, page cache warm, {corpus.title}",
        rows,
        tuple(aims),
        tuple(missing),
    )


def _warm_run(bag: Path, command: list[str], folder: Path | None) -> Callable[[], Cost]:
    def measured() -> Cost:
        warm(bag)
        return run(command, folder)

    return measured
