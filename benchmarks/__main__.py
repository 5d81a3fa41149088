"""``python -m benchmarks``: make corpora, run ours and the peers in turn, print ratios."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from compileall import compile_dir
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.corpora import FULL, QUICK, NoRoomError, Scale
from benchmarks.deciding import deciding
from benchmarks.examining import examination, package_audio
from benchmarks.horizon import horizon
from benchmarks.measure import ContestantError
from benchmarks.packaging import packaging
from benchmarks.places import Places, places
from benchmarks.recordings import recordings
from benchmarks.scaling import loading, memory
from benchmarks.searching import searching
from benchmarks.tables import Table, as_json, as_text
from benchmarks.verifying import verifying

Benchmark = Callable[[], Table]

_NOTE = """Seconds belong to this machine and this hour; only the ratios carry over.
The page cache is warm: source and bag are read once before each run. Each figure is the median
of {rounds} alternating rounds of whole processes; "peak MB" is the largest single process.

"""


def main(arguments: Sequence[str]) -> int:
    """Run the benchmarks asked for; always 0, for a benchmark judges nothing."""
    asked = _parser().parse_args(arguments)
    say = sys.stderr if asked.json else sys.stdout
    machine = _machine()
    say.write(", ".join(f"{key} {value}" for key, value in machine.items()) + "\n")
    say.write(_NOTE.format(rounds=asked.rounds))
    tables = []
    _compile()
    with places(asked.keep) as where:
        for name, benchmark in _benchmarks(asked, where).items():
            if not asked.only or any(name.startswith(wanted) for wanted in asked.only):
                tables.append(_run(name, benchmark))
                say.write(as_text(tables[-1]) + "\n")
                say.flush()
    if asked.json:
        sys.stdout.write(as_json(machine, tables) + "\n")
    return 0


def _benchmarks(asked: argparse.Namespace, where: Places) -> Mapping[str, Benchmark]:
    scale: Scale = asked.scale
    rounds, music = asked.rounds, asked.music
    small, tracks, big = scale.small, scale.tracks, scale.big
    return {
        "package-small": lambda: packaging(small, where, rounds, 0.45),
        "package-sidecars": lambda: packaging(scale.sidecars, where, rounds, 0.45),
        "package-tracks": lambda: packaging(tracks, where, rounds, 0.6),
        "package-big": lambda: packaging(big, where, rounds, 0.6),
        "verify-small": lambda: verifying(small, where, rounds, 0.5),
        "verify-tracks": lambda: verifying(tracks, where, rounds, 1.05),
        "verify-big": lambda: verifying(big, where, rounds, 1.05),
        "examination": lambda: examination(music, where, rounds, 3.0),
        "package-audio-small": lambda: package_audio(
            "package-audio-small", lambda: small.make(where.corpora), where, rounds, 1.25
        ),
        "package-audio-tracks": lambda: package_audio(
            "package-audio-tracks", lambda: tracks.make(where.corpora), where, rounds, 1.25
        ),
        "package-audio-music": lambda: package_audio(
            "package-audio-music", lambda: recordings(music, where.corpora), where, rounds, 1.25
        ),
        "loading": lambda: loading(100_000, where.results, rounds),
        "deciding": lambda: deciding(100_000, rounds),
        "searching": lambda: searching(scale.rows, where.results),
        "horizon": lambda: horizon(scale.bags, where.results, rounds),
        "memory": lambda: memory(scale.few, scale.many, where),
    }


def _compile() -> None:
    """Compile this tree to bytecode, as installing it would; the peers are compiled already.

    Where the environment keeps Python from writing bytecode, each start would compile it again.
    """
    root = Path(__file__).parents[1]
    for package in ("archiver", "cli", "policies", "benchmarks"):
        compile_dir(root / package, quiet=2)


def _run(name: str, benchmark: Benchmark) -> Table:
    try:
        return benchmark()
    except (NoRoomError, ContestantError) as trouble:
        return Table(name, "could not be measured", missing=(str(trouble),))


def _machine() -> dict[str, str]:
    facts = {
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cores": str(os.cpu_count()),
        "python": platform.python_version(),
    }
    for package in ("audio-archiver", "bagit", "blake3"):
        try:
            facts[package] = version(package)
        except PackageNotFoundError:
            facts[package] = "from the source tree" if package == "audio-archiver" else "absent"
    return facts


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        "--quick",
        dest="scale",
        action="store_const",
        const=QUICK,
        default=QUICK,
        help="a tenth of the data (the default)",
    )
    size.add_argument(
        "--full",
        dest="scale",
        action="store_const",
        const=FULL,
        help="the corpora that the aims are meant for; wants some 15 GB of disk",
    )
    parser.add_argument(
        "--only",
        action="append",
        metavar="NAME",
        help="only benchmarks whose name begins so (package, verify-big, ...); may be repeated",
    )
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each (default 3)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="make corpora here; keep them")
    parser.add_argument(
        "--music",
        type=Path,
        metavar="DIR",
        help="examine and package the recordings below DIR; without it, made ones",
    )
    parser.add_argument("--json", action="store_true", help="write everything as JSON to stdout")
    return parser


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
