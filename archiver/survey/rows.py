"""Between entries and the rows SQLite holds of them."""

from __future__ import annotations

import json
import os
from typing import Any

from blake3 import blake3

from archiver.survey.entry import Entry, Staged
from policies.facts import EntryFacts
from policies.names import caseless_key
from policies.verdicts import EntryVerdict, Reason

COLUMNS = (
    "path, kind, size, mtime_ns, ctime_ns, ino, dev, mode, links, standing, reasons, "
    "staged, digests, read_back, audio, blocks"
)
_LARGEST = 1 << 63

Row = tuple[object, ...]
"""A new row: the columns up to ``reasons`` as they are stored, then the key twins share."""


def new_row(
    folder: str, name: str, facts: EntryFacts, status: os.stat_result | None, verdict: EntryVerdict
) -> Row:
    """Return the row of an entry called ``name`` in ``folder``; without a status no times."""
    numbers = (0, 0, 0, 0)
    if status is not None:
        numbers = (status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_dev)
    fits = max(numbers) < _LARGEST and min(numbers) >= -_LARGEST
    path, kind, size, mode, links = facts[:5]
    return (
        path.encode("utf-8", "surrogateescape"),
        kind,
        size,
        *(numbers if fits else map(fit, numbers)),
        mode,
        links,
        verdict.standing,
        encode_reasons(verdict.reasons),
        hash((folder, caseless_key(name))),
    )


def fit(number: int) -> int | str:
    """Return ``number`` as SQLite can hold it: as text where it has more than 63 bits.

    Inode numbers of some network and overlay file systems do, and times after the year 2262.
    """
    return number if -_LARGEST <= number < _LARGEST else str(number)


def encode_path(path: str) -> bytes:
    """Return the bytes the file system has for ``path``; they sort as manifests do."""
    return path.encode("utf-8", "surrogateescape")


def decode_path(path: bytes) -> str:
    """Return what :func:`encode_path` was given."""
    return path.decode("utf-8", "surrogateescape")


def encode_reasons(reasons: tuple[Reason, ...]) -> str | None:
    """Return ``[[code, level, detail], ...]`` as JSON; ``None`` when there are none."""
    if not reasons:
        return None
    return json.dumps([(reason.code, reason.level, reason.detail) for reason in reasons])


def decode_reasons(text: str | None) -> tuple[Reason, ...]:
    """Return what :func:`encode_reasons` was given."""
    return () if text is None else tuple(Reason(*parts) for parts in json.loads(text))


def encode_digests(digests: tuple[bytes, ...]) -> bytes:
    """Return the digests one behind the other, each after a byte with its length."""
    return b"".join(bytes((len(digest),)) + digest for digest in digests)


def decode_digests(packed: bytes | None) -> tuple[bytes, ...]:
    """Return what :func:`encode_digests` was given."""
    digests, at = [], 0
    while packed and at < len(packed):
        length = packed[at]
        digests.append(packed[at + 1 : at + 1 + length])
        at += 1 + length
    return tuple(digests)


def proof_of(one: Entry | Staged) -> bytes:
    """Return a digest of all that is recorded of a staged file, to know a torn row by."""
    facts = (one.size, one.mtime_ns, one.ctime_ns, one.ino, int(one.audio), one.read_back)
    whole = blake3(repr(facts).encode())
    for part in (encode_path(one.path), b"\0", encode_digests(one.digests), one.blocks):
        whole.update(part)
    return whole.digest(length=16)


def decode_row(row: tuple[Any, ...]) -> Entry:
    """Return the entry of a row of the columns in :data:`COLUMNS`."""
    path, kind, size, mtime_ns, ctime_ns, ino, dev, mode, links, standing = row[:10]
    reasons, staged, digests, read_back, audio, blocks = row[10:]
    return Entry(
        decode_path(path),
        kind,
        size,
        int(mtime_ns),
        int(ctime_ns),
        int(ino),
        int(dev),
        mode,
        links,
        standing,
        decode_reasons(reasons),
        bool(staged),
        decode_digests(digests),
        read_back,
        bool(audio),
        blocks or b"",
    )
