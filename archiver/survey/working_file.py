"""A job's private working file: how it is made, taken up after a crash, and written to.

A SQLite file that survives the death of the process (the rollback journal is kept), not a power
cut: nothing is ever synced, so after a reboot it is not trusted and the job starts again. A disk
that was pulled out and put in again has had a power cut without one: what is taken up of a staged
file is told from what half-written pages may hold by a digest in its own row. All use is from one
thread.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Self

from archiver.closing import Closing

_SCHEMA = """
CREATE TABLE entries (
    path BLOB PRIMARY KEY, kind TEXT NOT NULL, size INTEGER NOT NULL,
    mtime_ns NOT NULL, ctime_ns NOT NULL, ino NOT NULL, dev NOT NULL,
    mode INTEGER NOT NULL, links INTEGER NOT NULL,
    standing TEXT NOT NULL, reasons TEXT, twin_key INTEGER,
    staged INTEGER NOT NULL DEFAULT 0, digests BLOB, blocks BLOB,
    audio INTEGER NOT NULL DEFAULT 0, read_back TEXT, proof BLOB
) WITHOUT ROWID;
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
_FORMAT = 2
_CACHE_KIB = 8_192


class WorkingFile(Closing):
    """The file itself, and the few values that stand in it beside the entries."""

    def __init__(self, path: str | Path) -> None:
        """Make a new one. Raises ``FileExistsError`` when there is something already."""
        with open(path, "xb"):
            pass
        self._open(path)
        self._database.executescript(_SCHEMA)
        self.put("format", _FORMAT)
        self.put("boot", _boot())

    @classmethod
    def take_up(cls, path: str | Path) -> Self | None:
        """Open what a dead process left; ``None`` when there is none to be trusted.

        Trusted is a file this program began after the machine was last started. With any
        other the job starts again.
        """
        boot = _boot()
        if boot is None or not Path(path).is_file():
            return None
        sheet = cls.__new__(cls)
        try:
            sheet._open(path)
            if sheet.get("format") == _FORMAT and sheet.get("boot") == boot:
                return sheet
        except (sqlite3.DatabaseError, ValueError):
            pass
        sheet.close()
        return None

    def copied_to(self, path: str | Path) -> Self:
        """Return a copy. Raises ``FileExistsError`` as a new one would."""
        with open(path, "xb"):
            pass
        with closing(sqlite3.connect(path, isolation_level=None)) as target:
            target.execute("PRAGMA synchronous = OFF")
            self._database.backup(target)
        sheet = type(self).__new__(type(self))
        sheet._open(path)
        return sheet

    def _open(self, path: str | Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        for pragma in (
            "page_size = 8192",
            "locking_mode = EXCLUSIVE",
            "journal_mode = TRUNCATE",
            "synchronous = OFF",
            f"cache_size = -{_CACHE_KIB}",
        ):
            self._database.execute(f"PRAGMA {pragma}")

    def close(self) -> None:
        """Close the file; what was written stays."""
        self._database.close()

    def put(self, key: str, value: object) -> None:
        """Remember a JSON-ready value about the job under ``key``, replacing an older one."""
        text = json.dumps(value)
        self._database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, text))

    def get(self, key: str) -> Any:
        """Return the value put under ``key``; ``None`` when there is none."""
        row = self._database.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else json.loads(row[0])

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make everything written inside one transaction: all of it stays, or nothing."""
        self._database.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")


def _boot() -> str | None:
    """Return what is true from one start of the machine to the next; ``None`` if unknowable."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("utf-8").strip()
    except OSError:
        return None
