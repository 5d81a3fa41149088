"""The tables. Portable types only: the same definitions serve SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.engine import Dialect

SCHEMA_VERSION = 6


class Digest(LargeBinary):
    """Bytes that are refused when they come back as anything else.

    SQLite stores whatever it is given in any column, and SQLAlchemy would make a thousand zero
    bytes of the number 1000.
    """

    cache_ok = True

    def result_processor(
        self,
        dialect: Dialect,  # noqa: ARG002 - as the base class wants it
        coltype: object,  # noqa: ARG002
    ) -> Callable[[object], bytes | None]:
        """Return the check for each value read; it raises ``ValueError``."""
        return _bytes


class OptionalDigest(Digest):
    """A digest that not every row has."""

    cache_ok = True

    def result_processor(
        self,
        dialect: Dialect,  # noqa: ARG002
        coltype: object,  # noqa: ARG002
    ) -> Callable[[object], bytes | None]:
        """Return the check for each value read; it raises ``ValueError``."""
        return _bytes_or_nothing


def _bytes(value: object) -> bytes:
    if not isinstance(value, bytes | memoryview):
        raise ValueError(f"a digest is stored as {type(value).__name__}")
    return bytes(value)


def _bytes_or_nothing(value: object) -> bytes | None:
    return None if value is None else _bytes(value)


# Code-point order everywhere: comparing two catalogues merges them in this order.
_NAME = Text().with_variant(Text(collation="C"), "postgresql")
# SQLite counts up by itself only in a column of exactly the type INTEGER.
_KEY = BigInteger().with_variant(Integer, "sqlite")

_METADATA = MetaData()

meta = Table(
    "meta",
    _METADATA,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

bag = Table(
    "bag",
    _METADATA,
    Column("key", _KEY, primary_key=True),
    Column("id", _NAME, nullable=False, unique=True),
    Column("sealed_at", Text, nullable=False),
    Column("payload_files", BigInteger, nullable=False),
    Column("payload_bytes", BigInteger, nullable=False),
    Column("payload_digest", Digest, nullable=False),
    Column("tag_manifest_digest", Digest, nullable=False),
    Column("policy_digest", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("source_name", Text, nullable=False),
    Column("last_verified_at", Text),
    Column("last_verdict", Text),
    Column("supersedes", _NAME),
    Index("bag_by_sealing", "sealed_at", "id"),
    Index("bag_by_payload", "payload_digest"),
    Index("bag_by_oxum", "payload_files", "payload_bytes"),
    Index("bag_by_verification", "last_verified_at"),
    sqlite_autoincrement=True,  # a key is never used again: the full-text index remembers it
)

file = Table(
    "file",
    _METADATA,
    Column("bag", _KEY, ForeignKey("bag.key"), primary_key=True, autoincrement=False),
    # The file's place among the bag's paths in order, from 1: a short key, and the paths' order.
    Column("number", _KEY, primary_key=True, autoincrement=False),
    Column("path", _NAME, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("blake3", Digest, nullable=False),
    Column("media_format", Text),
    Column("verdict", Text),
    Column("duration_s", Double),
    Column("title", Text),
    Column("creator", Text),
    Column("album", Text),
    Column("date", Text),
    Column("isrc", _NAME),
    Column("stream", OptionalDigest),
    Column("pcm_md5", OptionalDigest),
    Index("file_by_blake3", "blake3"),
    sqlite_with_rowid=False,  # stored in the order of its key: no second copy of each row
)
# Most files of a collection may have none of these. (PostgreSQL can leave rows out of an index as
# well; but to name its option here imports its dialect, which every start would wait for.)
for _column in ("isrc", "stream", "pcm_md5"):
    Index(f"file_by_{_column}", file.c[_column], sqlite_where=file.c[_column].is_not(None))

event = Table(
    "event",
    _METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("time", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("bag", _NAME),
    Column("outcome", Text, nullable=False),
    Column("digest", Digest, nullable=False),
    Index("event_by_bag", "bag", "seq"),
)

schedule = Table(
    "schedule",
    _METADATA,
    Column("bag", _KEY, ForeignKey("bag.key"), primary_key=True, autoincrement=False),
    Column("checked_at", Text, nullable=False),
    Column("deep_at", Text, nullable=False),
    Column("failing", Integer, nullable=False),
    Column("files", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("tier", Text),
    Column("open_at", Text),
    Column("due_at", Text),
    Index("schedule_by_failing", "failing", "checked_at"),
    Index("schedule_by_tier", "tier", "checked_at"),
    # All that choosing and adding up ask for, in the order in which bags are taken.
    Index("schedule_by_due", "due_at", "bag", "open_at", "tier", "files", "bytes"),
)

tally = Table(
    "tally",
    _METADATA,
    Column("tier", Text, primary_key=True),
    Column("open_day", Text, primary_key=True),
    Column("due_day", Text, primary_key=True),
    Column("bags", BigInteger, nullable=False),
    Column("files", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("failing", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

run = Table(
    "run",
    _METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("time", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("bags", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("seconds", BigInteger, nullable=False),
)

incident = Table(
    "incident",
    _METADATA,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("bag", _NAME, nullable=False),
    Column("opened_at", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("last_at", Text, nullable=False),
    Column("last_state", Text, nullable=False),
    Column("checks", Integer, nullable=False),
    Column("notes", Integer, nullable=False),
    Column("closed_at", Text),
    Column("reason", Text),
    Index("incident_by_bag", "bag"),
)
Index("bag_by_version", bag.c.supersedes, sqlite_where=bag.c.supersedes.is_not(None))
Index("incident_open", incident.c.id, sqlite_where=incident.c.closed_at.is_(None))

unfiled = Table(
    "unfiled",
    _METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("time", Text, nullable=False),
    Column("bag", _NAME, nullable=False),
    Column("state", Text, nullable=False),
    Index("unfiled_by_bag", "bag", "seq"),
)


create_all = _METADATA.create_all
