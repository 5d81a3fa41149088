"""What asking a large catalogue costs: search and duplicates over synthetic rows.

There is no peer to compare with; the figures are printed, and nothing is judged.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from archiver.archive import sqlite_url
from archiver.catalogue import BagRow, Catalogue, FileRow, Query, Wish, Words, parse
from benchmarks.tables import Row, Table

_PER_BAG = 10_000
_ANSWERS = 51  # what a search without --limit draws
_GROUPS = 25  # whose files are read, as the command shows them
_WORDS = 20_000
_TWICE = 20  # one file in so many is a copy of an earlier one
_ASKED = {
    "a rare word": ("w19999",),
    "a common word": ("w0",),
    "two common words": ("w0", "w1"),
    "three common words that begin so": ("w1*", "w2*", "w3*"),
    "a word of every file": ("flac",),
    "words that never meet": ("w0", "album0", "w19998", "w19997"),
    "a phrase": ("w0 w1",),
    "a code": ("DE-A12-00-00077",),
}


def searching(files: int, place: Path) -> Table:
    """Measure loading, searching and looking for duplicates in a catalogue of so many files."""
    url = sqlite_url(place / "searched.sqlite")
    Catalogue.discard(url)
    rows = [_timed(f"taking in {files:,} files", lambda: _fill(url, files))]
    size = (place / "searched.sqlite").stat().st_size
    with Catalogue.open(url) as catalogue:
        rows += [
            _timed(f"search: {name}", partial(_drawn, catalogue, parse(Wish(words))))
            for name, words in _ASKED.items()
        ]
        rows += [
            _timed(f"duplicates: {level}", partial(_groups, catalogue, level))
            for level in ("file", "stream", "pcm", "isrc")
        ]
    Catalogue.discard(url)
    return Table("searching", f"a catalogue of {files:,} files, {size / 1e6:,.0f} MB", tuple(rows))


def _drawn(catalogue: Catalogue, query: Query) -> int:
    return sum(1 for _ in islice(catalogue.find_words(query), _ANSWERS))


def _groups(catalogue: Catalogue, level: str) -> int:
    found = 0
    for group in catalogue.twins(level):
        found += 1
        if found <= _GROUPS:
            assert sum(1 for _ in group.members()) == group.files
    return found


def _timed(name: str, work: Callable[[], object]) -> Row:
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    told = f"{name} ({found:,})" if isinstance(found, int) else name
    return Row(told, wall, cpu, 0, (wall,))


def _fill(url: str, files: int) -> None:
    dice = random.Random(1)
    with Catalogue.create(url, "benchmark", scratch=True) as catalogue:
        for number, first in enumerate(range(0, files, _PER_BAG)):
            count = min(_PER_BAG, files - first)
            digest = f"{number:064x}"
            row = BagRow(
                f"bag-{number}", "2026-01-01T00:00:00Z", count, 1, digest, digest, "p", "b", "s",
                None, None,
            )  # fmt: skip
            catalogue.record_bag(row, _rows(dice, first, count))


def _rows(dice: random.Random, first: int, count: int) -> Iterator[FileRow]:
    for number in range(1, count + 1):
        serial = first + number
        sound = dice.randrange(serial) if serial % _TWICE == 0 else serial
        title = " ".join(f"w{min(int(dice.paretovariate(0.4)) - 1, _WORDS - 1)}" for _ in range(3))
        creator, album = f"maker{dice.randrange(5000)}", f"album{serial // 12}"
        digest, code = sound.to_bytes(4, "big") * 8, f"DEA1200{sound % 100_000:05d}"
        yield FileRow(
            number, f"data/{creator}/{album}/{number:05d} {title}.flac", 30_000_000, serial,
            digest if serial % 40 != _TWICE else serial.to_bytes(4, "little") * 8, "flac",
            "self-verified", 215.5, title, creator, album, "1999", code, digest, digest[:16],
            Words(creator, code, "1999 Jazz orchestra"),
        )  # fmt: skip
