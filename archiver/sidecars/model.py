"""What a sidecar asserts, and what came of comparing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Result(StrEnum):
    """What came of one assertion. Never collapsed into each other."""

    VERIFIED = "verified"
    MISMATCH = "mismatch"
    HEADER_ONLY = "header-only"  # agrees with what the file says of itself; nobody decoded it
    UNVERIFIABLE = "unverifiable"
    NOT_COVERED = "not-covered"
    DANGLING = "dangling"
    RENAMED = "renamed"
    MALFORMED = "malformed"  # the sidecar contradicts itself


WHOLE_FILE = frozenset(
    ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b", "blake3", "crc32")
)
"""Algorithms over all bytes of a file."""


@dataclass(frozen=True, slots=True)
class Assertion:
    """One statement of a sidecar about one file.

    ``sidecar`` is its path in the payload, ``line`` counts from 1. ``name`` is the file's name as
    the sidecar has it (escapes undone), relative to the sidecar's folder. ``expected`` is lower
    case hex, a number of bytes for ``size``, empty for ``exists``.

    ``algorithm`` is one over the whole file; or of the sound: ``ffp`` (MD5 in a FLAC header),
    ``st5`` (MD5 of the raw samples), ``copy-crc`` (their CRC-32), ``accuraterip-v1`` and ``-v2``,
    with the track's place on its disc where it is the first or last; or none over a payload file:
    ``size``, ``exists``, ``index-order``, ``log-checksum``. Where parsing alone settles
    the matter, ``result`` and ``reason`` say how.
    """

    sidecar: str
    line: int
    name: str
    algorithm: str
    expected: str
    result: Result | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one sidecar was read as.

    ``not_understood`` is the number of lines that are neither assertions, comments nor blank,
    ``first`` the number of the first of them. ``problem`` says why the whole could not be read.
    """

    assertions: Sequence[Assertion] = field(default_factory=tuple)
    not_understood: int = 0
    first: int = 0
    problem: str | None = None
