"""Bringing a list into path order in flat memory, on disk if it must be.

The order is that of the UTF-8 bytes of whole paths, which is the order of their code points,
hence of Python's ``str``.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO

Entry = tuple[str, str]

RUN_ENTRIES = 50_000


def sort_on_disk(entries: Iterable[Entry], run_entries: int = RUN_ENTRIES) -> Iterator[Entry]:
    """Yield ``entries`` in order, holding no more than ``run_entries`` of them in memory.

    Sorted runs go to unnamed files in the system's folder for temporary files. Raises
    ``OSError`` when there is no room for them.
    """
    entries = iter(entries)
    runs: list[IO[bytes]] = []
    try:
        while (spilled := _spill(sorted(islice(entries, run_entries)))) is not None:
            runs.append(spilled)
        yield from heapq.merge(*map(_reread, runs))
    finally:
        for run in runs:
            run.close()


def _spill(run: list[Entry]) -> IO[bytes] | None:
    if not run:
        return None
    import tempfile  # hardly any list is out of order, and it costs every start

    spilled = tempfile.TemporaryFile()  # noqa: SIM115 (whoever asked closes it)
    for path, value in run:
        plain = path.replace("\\", "\\\\").replace("\n", "\\n")
        spilled.write(f"{value}\t{plain}\n".encode("utf-8", "surrogatepass"))
    spilled.seek(0)
    return spilled


def _reread(spilled: IO[bytes]) -> Iterator[Entry]:
    for line in spilled:
        value, _, plain = line[:-1].decode("utf-8", "surrogatepass").partition("\t")
        if "\\" in plain:
            halves = plain.split("\\\\")
            plain = "\\".join(half.replace("\\n", "\n") for half in halves)
        yield plain, value
