"""What many files cost: the memory of the main jobs, and the loading of a long manifest."""

from __future__ import annotations

import shutil
import statistics
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.contestants import AbsentError, archiver, bagit_py, python
from benchmarks.corpora import Corpus
from benchmarks.measure import run
from benchmarks.packaging import package_into
from benchmarks.tables import Aim, Row, Table

_GROWTH_MB = 100.0


def memory(few: Corpus, many: Corpus, place: Path) -> Table:
    """Measure how much more memory ``many`` files take than ``few``, packaging and verifying."""
    rows: list[Row] = []
    with ExitStack() as stack:
        for corpus in (few, many):
            archive = place / f"archive-{corpus.name}"
            stack.callback(shutil.rmtree, archive, ignore_errors=True)
            rows.append(_once(f"package, {corpus.files:,} files",
                              package_into(corpus.make(place), archive)))  # fmt: skip
            (bag,) = archive.glob("bags/*/*")
            rows.append(_once(f"verify, {corpus.files:,} files", archiver("verify", bag)))
    aims = tuple(
        Aim(f"{verb}: growth", (rows[index + 2].peak - rows[index].peak) / 1e6, _GROWTH_MB, " MB")
        for index, verb in enumerate(("package", "verify"))
    )
    return Table("memory", f"of the largest process, {few.files:,} and {many.files:,} files",
                 tuple(rows), aims)  # fmt: skip


def _once(name: str, command: list[str]) -> Row:
    cost = run(command)
    return Row(name, cost.wall, cost.cpu, cost.peak, (cost.wall,))


def loading(many: Corpus, place: Path, rounds: int) -> Table:
    """Measure the CPU seconds of reading a bag's long manifest, in a process of its own each."""
    archive = place / "archive-loading"
    try:
        bagit_py()
        run(package_into(many.make(place), archive))
        (bag,) = archive.glob("bags/*/*")
        return _loading(bag, many, rounds)
    except AbsentError as absent:
        return Table("loading", "a long manifest", missing=(str(absent),))
    finally:
        shutil.rmtree(archive, ignore_errors=True)


def _loading(bag: Path, many: Corpus, rounds: int) -> Table:
    seconds: dict[str, list[float]] = {"ours": [], "bagit.py": []}
    for _ in range(rounds):
        for who, each in seconds.items():
            each.append(_cpu_of(python("benchmarks.load_manifest", who, bag)))
    medians = {who: statistics.median(each) for who, each in seconds.items()}
    rows = tuple(
        Row(f"{who} (CPU of the call)", medians[who], medians[who], 0, tuple(each))
        for who, each in seconds.items()
    )
    aim = Aim("ours / bagit.py (CPU)", medians["ours"] / medians["bagit.py"], 0.1)
    return Table("loading", f"a manifest of {many.files:,} lines", rows, (aim,))


def _cpu_of(command: Sequence[str]) -> float:
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
