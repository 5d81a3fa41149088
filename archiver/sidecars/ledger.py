"""The books of one check: files, assertions and facts, in a private database that spills to disk.

A temporary SQLite database without a name: it vanishes with the process, and a hundred thousand
files with three lists about each need no more memory than ten.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from archiver.hashing import digest_size
from archiver.sidecars.model import WHOLE_FILE, Assertion
from archiver.sidecars.names import folded, folder_of
from archiver.sidecars.recognise import is_audio, suffix_of

_SCHEMA = """
CREATE TABLE files (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, size INTEGER NOT NULL,
    algorithms TEXT NOT NULL, digests BLOB NOT NULL
);
CREATE TABLE claims (
    id INTEGER PRIMARY KEY, sidecar TEXT, line INTEGER, name TEXT, algorithm TEXT, expected TEXT,
    file INTEGER, result TEXT, reason TEXT, found TEXT, other TEXT
);
CREATE TABLE facts (
    file INTEGER, algorithm TEXT, value TEXT, from_header INTEGER, reason TEXT,
    PRIMARY KEY (file, algorithm)
) WITHOUT ROWID;
CREATE TABLE needs (
    file INTEGER, algorithm TEXT, PRIMARY KEY (file, algorithm)
) WITHOUT ROWID;
"""
_BATCH = 1_000
_CACHE_KIB = 8_192

Known = tuple[str, int, Mapping[str, bytes]]
"""A payload file: path, size in bytes, and the digests known of it by algorithm."""


class Claim(NamedTuple):
    """An assertion, the file it is about, and the fact to be compared with it."""

    id: int
    sidecar: str
    line: int
    name: str
    algorithm: str
    expected: str
    result: str | None
    reason: str | None
    path: str | None
    size: int | None
    other: str | None  # how the file is called now, where the name led to another
    value: str | None
    from_header: int | None
    trouble: str | None


class Fact(NamedTuple):
    """A digest of a file; ``value`` is ``None`` where there is none, ``reason`` says why."""

    file: int
    algorithm: str
    value: str | None
    from_header: bool = False
    reason: str | None = None


class Needed(NamedTuple):
    """A file that must be looked at, and what for; ``stated``: what its header says already."""

    file: int
    path: str
    size: int
    algorithms: tuple[str, ...]
    stated: tuple[str, ...] = ()


class Ledger:
    """The books. All use is from one thread; closing them loses them."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._database.executescript(f"PRAGMA journal_mode = OFF; {_SCHEMA}")
        self._database.create_function("suffix_of", 1, suffix_of, deterministic=True)
        self._database.create_function("folder_of", 1, folder_of, deterministic=True)
        self._database.create_function("is_audio", 1, is_audio, deterministic=True)
        self._database.create_function("folded", 1, folded, deterministic=True)

    def close(self) -> None:
        """Give the temporary file back."""
        self._database.close()

    def _write(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        self._database.execute("BEGIN")
        self._database.executemany(statement, rows)
        self._database.execute("COMMIT")

    def _column(self, select: str, *values: object) -> Any:
        row = self._database.execute(select, values).fetchone()
        return None if row is None else row[0]

    # Files.

    def add_files(self, entries: Iterable[Known]) -> None:
        """Enter every payload file."""
        rows = (
            (path, size, ",".join(known), b"".join(known.values())) for path, size, known in entries
        )
        self._write("INSERT INTO files (path, size, algorithms, digests) VALUES (?, ?, ?, ?)", rows)

    def prepare_lookups(self) -> None:
        """Make :meth:`find` fast also for names that differ in case or composition."""
        self._database.execute("CREATE INDEX by_folded ON files (folded(path))")

    def find(self, path: str) -> tuple[int, str] | None:
        """Return id and path of the file at ``path``.

        Failing that, of the only one whose path differs in nothing but case and Unicode
        composition: lists travel between file systems that do not tell these apart.
        """
        row = self._database.execute("SELECT id, path FROM files WHERE path = ?", (path,))
        if exact := row.fetchone():
            return int(exact[0]), str(exact[1])
        alike = self._database.execute(
            "SELECT id, path FROM files WHERE folded(path) = ? LIMIT 2", (folded(path),)
        ).fetchall()
        return (int(alike[0][0]), str(alike[0][1])) if len(alike) == 1 else None

    # Claims.

    def add_claims(self, rows: Iterable[tuple[Assertion, int | None, str | None]]) -> None:
        """Enter assertions, each with the file it is about and the name that has now, if other.

        The reason why a name cannot lead anywhere stands in the assertion itself.
        """
        self._write(
            "INSERT INTO claims (sidecar, line, name, algorithm, expected, result, reason, file,"
            " other) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (one.sidecar, one.line, one.name, one.algorithm, one.expected, one.result,
                 one.reason, file, other)
                for one, file, other in rows
            ),
        )  # fmt: skip

    def work_out_needs(self) -> None:
        """Take over the digests that are known, and note what else must be read.

        That is, for each digest asserted of a file, and for each file that might be one that a
        list has under another name: below the list's folder, with the same extension, and not
        in any list of that algorithm itself.
        """
        self._database.execute("CREATE INDEX by_file ON claims (file, algorithm)")
        self.add_facts(self._known_facts())
        self._database.execute(
            "INSERT INTO needs SELECT DISTINCT file, algorithm FROM claims"
            " WHERE file IS NOT NULL AND result IS NULL AND algorithm NOT IN ('size', 'exists')"
            " AND (file, algorithm) NOT IN (SELECT file, algorithm FROM facts)"
        )
        marks = ", ".join("?" * (len(WHOLE_FILE) + 1))
        missing = self._database.execute(
            "SELECT DISTINCT folder_of(sidecar), algorithm, suffix_of(name) FROM claims"
            f" WHERE file IS NULL AND result IS NULL AND algorithm IN ({marks})",
            ("ffp", *WHOLE_FILE),
        ).fetchall()
        for folder, algorithm, suffix in missing:
            self._need_candidates(folder, algorithm, suffix)

    def _known_facts(self) -> Iterator[Fact]:
        """Yield the digests that are known, of the algorithms that lists assert."""
        asked = self._database.execute("SELECT DISTINCT algorithm FROM claims").fetchall()
        wanted = {algorithm for (algorithm,) in asked}
        rows = self._database.execute("SELECT id, algorithms, digests FROM files")
        for file, algorithms, digests in rows:
            at = 0
            for name in algorithms.split(",") if algorithms else ():
                end = at + digest_size(name)
                if name in wanted:
                    yield Fact(file, name, digests[at:end].hex())
                at = end

    def _need_candidates(self, folder: str, algorithm: str, suffix: str) -> None:
        below = "path >= ? || '/' AND path < ? || '0'" if folder else "? = ?"  # "0" follows "/"
        self._database.execute(
            "INSERT OR IGNORE INTO needs SELECT id, ? FROM files"
            f" WHERE {below} AND suffix_of(path) = ?"
            " AND NOT EXISTS (SELECT 1 FROM claims WHERE file = files.id AND algorithm = ?)"
            " AND NOT EXISTS (SELECT 1 FROM facts WHERE file = files.id AND algorithm = ?)",
            (algorithm, folder, folder, suffix, algorithm, algorithm),
        )

    def needs(self, *, engine_only: bool, algorithms: Iterable[str]) -> Iterator[Needed]:
        """Yield the files to read whose needs all are (or are not all) among ``algorithms``."""
        marks = ",".join(f"'{name}'" for name in algorithms)
        having = "=" if engine_only else "<"
        cursor = self._database.execute(
            "SELECT files.id, path, size, group_concat(algorithm) FROM needs"
            " JOIN files ON files.id = needs.file GROUP BY needs.file"
            f" HAVING sum(algorithm IN ({marks})) {having} count(*) ORDER BY files.id"
        )
        for file, path, size, wanted in cursor:
            yield Needed(file, path, size, tuple(sorted(wanted.split(","))))

    def undecoded(self, reason: str) -> Iterator[Needed]:
        """Yield files of which something asserted is merely stated, or unknown for ``reason``."""
        cursor = self._database.execute(
            "SELECT files.id, path, size, group_concat(algorithm),"
            " group_concat(CASE WHEN from_header THEN algorithm END)"
            " FROM facts JOIN files ON files.id = facts.file"
            " WHERE (from_header OR (value IS NULL AND reason = ?))"
            " AND EXISTS (SELECT 1 FROM claims"
            "   WHERE claims.file = facts.file AND claims.algorithm = facts.algorithm)"
            " GROUP BY files.id ORDER BY files.id",
            (reason,),
        )
        for file, path, size, wanted, stated in cursor:
            own = tuple(stated.split(",")) if stated else ()
            yield Needed(file, path, size, tuple(sorted(wanted.split(","))), own)

    def needed(self) -> tuple[int, int]:
        """Return how many files must be read, and how many bytes they have."""
        row = self._database.execute(
            "SELECT count(*), coalesce(sum(size), 0) FROM files"
            " WHERE id IN (SELECT file FROM needs)"
        ).fetchone()
        return int(row[0]), int(row[1])

    def add_facts(self, facts: Iterable[Fact]) -> None:
        """Enter what reading gave."""
        self._write("INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?, ?)", facts)

    # Judging.

    def claims(self) -> Iterator[Claim]:
        """Yield every claim with the fact to compare it with. Pages: the caller may write."""
        self._database.execute("CREATE INDEX IF NOT EXISTS by_value ON facts (algorithm, value)")
        last = 0
        while page := self._database.execute(
            "SELECT claims.id, sidecar, line, name, claims.algorithm, expected, result,"
            " claims.reason, path, size, other, value, from_header, facts.reason FROM claims"
            " LEFT JOIN files ON files.id = claims.file LEFT JOIN facts"
            " ON facts.file = claims.file AND facts.algorithm = claims.algorithm"
            f" WHERE claims.id > ? ORDER BY claims.id LIMIT {_BATCH}",
            (last,),
        ).fetchall():
            yield from map(Claim._make, page)
            last = page[-1][0]

    def with_digest(self, algorithm: str, value: str) -> str | None:
        """Return the first file known to have this digest."""
        path = self._column(
            "SELECT path FROM facts JOIN files ON files.id = facts.file"
            " WHERE algorithm = ? AND value = ? ORDER BY path LIMIT 1",
            algorithm,
            value,
        )
        return None if path is None else str(path)

    def settle(self, rows: Iterable[tuple[str, str | None, str | None, str | None, int]]) -> None:
        """Enter result, reason, found and other of claims by their id."""
        self._write(
            "UPDATE claims SET result = ?, reason = ?, found = ?, other = ? WHERE id = ?", rows
        )

    def add_not_covered(self) -> None:
        """Enter the audio files no list has a digest of, beside files that some list has."""
        marks = "'size', 'exists', 'index-order', 'log-checksum'"
        self._database.execute(
            "CREATE TEMP TABLE covered AS SELECT DISTINCT file, folder_of(path) AS folder"
            f" FROM claims JOIN files ON files.id = file WHERE algorithm NOT IN ({marks})"
        )
        self._database.execute(
            "INSERT INTO claims (file, result) SELECT id, 'not-covered' FROM files"
            " WHERE is_audio(path) AND folder_of(path) IN (SELECT folder FROM covered)"
            " AND id NOT IN (SELECT file FROM covered) ORDER BY path"
        )

    def counts(self) -> dict[str, int]:
        """Return how many claims came to each result."""
        rows = self._database.execute("SELECT result, count(*) FROM claims GROUP BY result")
        return {str(result): int(count) for result, count in rows}

    def settled(self, *, unremarkable: bool) -> Iterator[dict[str, Any]]:
        """Yield the settled claims as records, sidecar by sidecar, line by line.

        Those that agree with their file are left out unless ``unremarkable`` asks for them.
        """
        where = "" if unremarkable else "WHERE result NOT IN ('verified', 'header-only')"
        cursor = self._database.execute(
            "SELECT sidecar, line, name, algorithm, expected, path, result, claims.reason,"
            " found, other AS renamed_to FROM claims LEFT JOIN files ON files.id = claims.file"
            f" {where} ORDER BY claims.id"
        )
        keys = [column[0] for column in cursor.description]
        for row in cursor:
            yield {key: value for key, value in zip(keys, row, strict=True) if value is not None}
