"""Examinations of recordings that were made before their turn to be written down."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from archiver.closing import Closing
from archiver.survey.rows import decode_path, encode_path


class Early(NamedTuple):
    """What came of one recording: its path in the source, the BLAKE3 of the copy that was
    looked at (32 bytes), and the worker's answer, ready for JSON.
    """

    path: str
    digest: bytes
    answer: dict[str, Any]


class Examined(Closing):
    """A file of answers, so that a million of them need no more memory than a hundred.

    Private to one run: what an earlier run left is removed. All use is from one thread.
    """

    def __init__(self, place: Path) -> None:
        place.unlink(missing_ok=True)
        self._database = sqlite3.connect(place, isolation_level=None)
        for pragma in ("locking_mode = EXCLUSIVE", "journal_mode = OFF", "synchronous = OFF"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute(
            "CREATE TABLE examined (path BLOB PRIMARY KEY, digest BLOB NOT NULL,"
            " answer TEXT NOT NULL)"
        )

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def add(self, answers: Iterable[Early]) -> None:
        """Keep answers; one of the same path replaces the earlier."""
        rows = (
            (encode_path(one.path), one.digest, json.dumps(one.answer, separators=(",", ":")))
            for one in answers
        )
        self._database.execute("BEGIN")
        self._database.executemany("INSERT OR REPLACE INTO examined VALUES (?, ?, ?)", rows)
        self._database.execute("COMMIT")

    def in_order(self) -> Iterator[Early]:
        """Yield all answers, in the order of the bytes of their paths."""
        for path, digest, answer in self._database.execute(
            "SELECT path, digest, answer FROM examined ORDER BY path"
        ):
            yield Early(decode_path(path), digest, json.loads(answer))
