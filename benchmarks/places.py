"""Where the benchmarks keep what they make."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """``corpora`` is what is measured with; ``results`` is what runs make, always removed."""

    corpora: Path
    results: Path


@contextmanager
def places(keep: Path | None) -> Iterator[Places]:
    """Yield two folders on one disk; with ``keep``, corpora stay there for the next time."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="archiver-benchmarks-", dir=keep) as folder:
        results = Path(folder, "results")
        results.mkdir()
        yield Places(keep or Path(folder), results)
