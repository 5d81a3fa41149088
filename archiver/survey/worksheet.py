"""The worksheet: a job's private working file, one row an entry of the source.

It lies in a file, so that a million entries need no more memory than a hundred.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from itertools import groupby, islice
from typing import Any

from archiver.survey.entry import Entry, Mark, ReasonCount, Staged, Total
from archiver.survey.rows import (
    COLUMNS,
    Row,
    decode_path,
    decode_row,
    encode_digests,
    encode_path,
    encode_reasons,
    fit,
    proof_of,
)
from archiver.survey.working_file import WorkingFile
from policies.verdicts import EntryVerdict, Standing

_PAGE = 1_000  # rows fetched at a time, or fewer where their block digests are many
_PAGE_BYTES = 8 << 20
_INSERT = (
    "INSERT INTO entries (path, kind, size, mtime_ns, ctime_ns, ino, dev, mode, links,"
    " standing, reasons, twin_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_ADMITTED_FILE = "kind = 'file' AND standing = 'in'"


class Worksheet(WorkingFile):
    """The working file of one job. Iterators stay right while rows are written (they page)."""

    # Writing: each call is one transaction, so give it hundreds of rows at a time.

    def clear(self) -> None:
        """Forget the survey and all entries, so that a source can be surveyed anew."""
        self._database.execute("DELETE FROM entries")
        self._database.execute("DELETE FROM meta WHERE key = 'surveyed'")

    def add_entries(self, batch: Iterable[Row]) -> None:
        """Add new rows. Raises ``sqlite3.IntegrityError`` for a path that is there already."""
        self._write(_INSERT, batch)

    def rejudge(self, batch: Iterable[tuple[str, EntryVerdict]]) -> None:
        """Put another verdict in the place of an entry's first one."""
        self._write(
            "UPDATE entries SET standing = ?, reasons = ? WHERE path = ?",
            (
                (verdict.standing, encode_reasons(verdict.reasons), encode_path(path))
                for path, verdict in batch
            ),
        )

    def drop(self, path: str) -> int:
        """Take out ``path`` and, if it is a folder, all below it; return how many rows."""
        at = encode_path(path)
        gone = self._database.execute(
            "DELETE FROM entries WHERE path = ? OR (path > ? AND path < ?)",
            (at, at + b"/", at + b"0"),  # 0 is what comes next after /
        )
        return gone.rowcount

    def amend(self, batch: Iterable[tuple[str, int, int, int]]) -> None:
        """Put other facts in the place of those found: path, mtime in ns, mode and links."""
        self._write(
            "UPDATE entries SET mtime_ns = ?, mode = ?, links = ? WHERE path = ?",
            ((fit(mtime), mode, links, encode_path(path)) for path, mtime, mode, links in batch),
        )

    def record_staged(self, batch: Iterable[Staged]) -> None:
        """Record that these files are copied, with their digests and the facts of that read."""
        self._write(
            "UPDATE entries SET staged = 1, size = ?, mtime_ns = ?, ctime_ns = ?, ino = ?,"
            " digests = ?, blocks = ?, audio = ?, read_back = ?, proof = ? WHERE path = ?",
            (
                (
                    one.size, fit(one.mtime_ns), fit(one.ctime_ns), fit(one.ino),
                    encode_digests(one.digests), one.blocks, one.audio, one.read_back,
                    proof_of(one), encode_path(one.path),
                )
                for one in batch
            ),
        )  # fmt: skip

    def _write(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        with nullcontext() if self._database.in_transaction else self.together():
            self._database.executemany(statement, rows)

    # Reading: in the order of the paths' bytes, which is the order of manifests.

    def entry(self, path: str) -> Entry | None:
        """Return the entry at ``path``."""
        return self._one("path = ?", encode_path(path))

    def verdict(self, path: str) -> EntryVerdict:
        """Return what was decided about the entry at ``path``, which there must be."""
        entry = self.entry(path)
        assert entry is not None
        return entry.verdict

    def entries_in_order(self) -> Iterator[Entry]:
        """Yield every entry, whatever its standing."""
        return self._rows("TRUE")

    def files_in_order(self) -> Iterator[Entry]:
        """Yield the admitted files: the payload."""
        return self._rows(_ADMITTED_FILE)

    # A whole entry costs several times what one of its columns does, and a job goes over its
    # files about ten times; so whoever needs little asks for little.

    def file_paths(self) -> Iterator[str]:
        """Yield the paths of the admitted files."""
        return (decode_path(path) for (path,) in self._columns("path"))

    def file_sizes(self) -> Iterator[tuple[str, int]]:
        """Yield path and size in bytes of the admitted files."""
        return ((decode_path(path), size) for path, size in self._columns("path, size"))

    def file_marks(self) -> Iterator[tuple[str, bytes | None]]:
        """Yield the path of each staged file, and its BLAKE3 if it begins like a recording."""
        rows = self._columns("path, CASE audio WHEN 1 THEN substr(digests, -32) END")
        return ((decode_path(path), digest) for path, digest in rows)

    def _columns(self, columns: str, condition: str = "", *values: object) -> Iterator[Any]:
        select = f"SELECT {columns} FROM entries WHERE path > ? AND {_ADMITTED_FILE} {condition}"
        return self._pages(f"{select} ORDER BY path", b"", *values)

    def marks_in_order(self) -> Iterator[Mark]:
        """Yield of every entry what tells whether it is still as it was."""
        columns = "path, kind, mtime_ns, ctime_ns, ino"
        select = f"SELECT {columns} FROM entries WHERE path > ? ORDER BY path"
        for path, kind, mtime_ns, ctime_ns, ino in self._pages(select, b""):
            yield Mark(decode_path(path), kind, int(mtime_ns), int(ctime_ns), int(ino))

    def unstaged(self, *, small: bool, limit_bytes: int) -> Iterator[tuple[str, int]]:
        """Yield path and size of the files not staged yet, of up to (or above) ``limit_bytes``."""
        which = f"AND staged = 0 AND size {'<=' if small else '>'} ?"
        rows = self._columns("path, size", which, limit_bytes)
        return ((decode_path(path), size) for path, size in rows)

    def staged(self) -> Iterator[Entry]:
        """Yield the staged files whose rows are what was recorded of them."""
        select = (
            f"SELECT path, proof, {COLUMNS} FROM entries"
            f" WHERE path > ? AND {_ADMITTED_FILE} AND staged = 1 ORDER BY path"
        )
        for _, proof, *row in self._pages(select, b""):
            entry = decode_row(tuple(row))
            if proof == proof_of(entry):
                yield entry

    def refused(self) -> Iterator[Entry]:
        """Yield every offender."""
        return self._rows("standing = 'refused'")

    def with_code(self, code: str) -> Iterator[Entry]:
        """Yield the entries that have a reason with this code."""
        return self._rows("instr(reasons, ?) > 0", f'["{code}", ')

    def next_folder(self, after: str) -> Entry | None:
        """Return the first folder behind ``after``, of any standing."""
        return self._one("path > ? AND kind = 'directory' ORDER BY path", encode_path(after))

    def _one(self, condition: str, *values: object) -> Entry | None:
        select = f"SELECT {COLUMNS} FROM entries WHERE {condition} LIMIT 1"
        row = self._database.execute(select, values).fetchone()
        return None if row is None else decode_row(row)

    def alike(self) -> Iterator[list[Entry]]:
        """Yield the groups of entries that share a twin key (and so may be twins)."""
        self._database.execute("DROP TABLE IF EXISTS temp.alike")
        self._database.execute(
            "CREATE TEMP TABLE alike AS"
            " SELECT twin_key, path FROM entries WHERE twin_key IN"
            " (SELECT twin_key FROM entries GROUP BY twin_key HAVING count(*) > 1)"
            " ORDER BY twin_key, path"
        )
        pages = self._pages(
            f"SELECT alike.rowid, alike.twin_key, {COLUMNS} FROM temp.alike"
            " JOIN entries USING (path) WHERE alike.rowid > ? ORDER BY alike.rowid",
            0,
        )
        for _, group in groupby(pages, key=lambda row: row[1]):
            yield [decode_row(row[2:]) for row in group]
        self._database.execute("DROP TABLE temp.alike")

    def _rows(self, condition: str, *values: object) -> Iterator[Entry]:
        select = f"SELECT {COLUMNS} FROM entries WHERE path > ? AND {condition} ORDER BY path"
        return map(decode_row, self._pages(select, b"", *values))

    def _pages(self, select: str, start: object, *values: object) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of ``select``, whose first column and first ``?`` are its sort key.

        Each page is read to its end, so no read is left open while the caller writes.
        """
        while page := list(_light(self._database.execute(select, (start, *values)))):
            yield from page
            start = page[-1][0]

    # Counting.

    def totals(self) -> dict[Standing, Total]:
        """Return, for each standing that occurs, how many entries have it, with what bytes."""
        rows = self._database.execute(
            "SELECT standing, count(*), sum(CASE kind WHEN 'file' THEN size ELSE 0 END)"
            " FROM entries GROUP BY standing"
        )
        return {standing: Total(entries, n_bytes) for standing, entries, n_bytes in rows}

    def count_unstaged(self, limit_bytes: int) -> int:
        """Return how many admitted files of up to ``limit_bytes`` are not staged yet."""
        row = self._database.execute(
            f"SELECT count(*) FROM entries WHERE {_ADMITTED_FILE} AND staged = 0 AND size <= ?",
            (limit_bytes,),
        ).fetchone()
        return int(row[0])

    def audio_total(self) -> Total:
        """Return how many staged files look like recordings, and their bytes."""
        row = self._database.execute(
            "SELECT count(*), coalesce(sum(size), 0) FROM entries WHERE audio = 1"
        ).fetchone()
        return Total(*row)

    def staged_total(self) -> Total:
        """Return how many files are staged, and their bytes."""
        row = self._database.execute(
            "SELECT count(*), coalesce(sum(size), 0) FROM entries WHERE staged = 1"
        ).fetchone()
        return Total(*row)

    def read_back_counts(self) -> dict[str, int]:
        """Return how many copies were read again from the medium, and how many from the cache."""
        rows = self._database.execute(
            "SELECT read_back, count(*) FROM entries WHERE read_back IS NOT NULL"
            " GROUP BY read_back ORDER BY read_back"
        )
        return dict(rows.fetchall())

    def reason_counts(self) -> tuple[ReasonCount, ...]:
        """Return how many entries have each reason, the gravest first."""
        rows = self._database.execute(
            "SELECT json_extract(value, '$[0]') AS code, json_extract(value, '$[1]') AS level,"
            " count(*) FROM entries, json_each(entries.reasons) WHERE reasons IS NOT NULL"
            " GROUP BY code, level"
            " ORDER BY CASE level WHEN 'refuse' THEN 0 WHEN 'warn' THEN 1 ELSE 2 END, code"
        )
        return tuple(ReasonCount(*row) for row in rows)


def _light(cursor: sqlite3.Cursor) -> Iterator[tuple[Any, ...]]:
    """Yield rows until they are many or, by their last column (blocks), heavy; then let go."""
    weight = 0
    for row in islice(cursor, _PAGE):
        yield row
        if type(row[-1]) is bytes:
            weight += len(row[-1])
        if weight > _PAGE_BYTES:
            break
    cursor.close()
