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
from benchmarks.places import Places
from benchmarks.tables import Aim, Row, Table

_GROWTH_MB = 100.0


def memory(few: Corpus, many: Corpus, places: Places) -> Table:
    """Measure how much more memory ``many`` files take than ``few``, packaging and verifying."""
    rows: list[Row] = []
    with ExitStack() as stack:
        for corpus in (few, many):
            archive = places.results / f"archive-{corpus.name}"
            stack.callback(shutil.rmtree, archive, ignore_errors=True)
            rows.append(_once(f"package, {corpus.files:,} files",
                              package_into(corpus.make(places.corpora), archive)))  # fmt: skip
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


def loading(lines: int, place: Path, rounds: int) -> Table:
    """Measure the CPU seconds of loading a bag with a long manifest, in a process of its own each.

    Neither side looks at the payload when it loads a bag, so there is none.
    """
    title = f"a bag with a manifest of {lines:,} lines"
    bag = place / "bag-to-load"
    seconds: dict[str, list[float]] = {"ours": [], "bagit.py": []}
    try:
        bagit_py()
        _write_bag(bag, lines)
        for _ in range(rounds):
            for who, each in seconds.items():
                each.append(_cpu_of(python("benchmarks.load_manifest", who, bag)))
    except AbsentError as absent:
        return Table("loading", title, missing=(str(absent),))
    finally:
        shutil.rmtree(bag, ignore_errors=True)
    medians = {who: statistics.median(each) for who, each in seconds.items()}
    rows = tuple(
        Row(f"{who} (CPU of the call)", medians[who], medians[who], 0, tuple(each))
        for who, each in seconds.items()
    )
    aim = Aim("ours / bagit.py (CPU)", medians["ours"] / medians["bagit.py"], 0.1)
    return Table("loading", title, rows, (aim,))


def _write_bag(bag: Path, lines: int) -> None:
    (bag / "data").mkdir(parents=True)
    (bag / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
    manifest = "".join(
        f"{number:0128x}  data/album {number // 200:03}/{number % 200:03} take.wav\n"
        for number in range(lines)
    )
    (bag / "manifest-sha512.txt").write_text(manifest)
    tag_lines = (f"{0:0128x}  {name}\n" for name in ("bagit.txt", "manifest-sha512.txt"))
    (bag / "tagmanifest-sha512.txt").write_text("".join(tag_lines))


def _cpu_of(command: Sequence[str]) -> float:
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
