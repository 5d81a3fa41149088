"""One row of the worksheet: an entry of the source, its verdict, and what staging made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from policies.facts import Kind
from policies.verdicts import EntryVerdict, Reason, Standing


class Entry(NamedTuple):
    """An entry of the source. (A tuple, not a dataclass: a million are read in one job.)

    ``path`` is relative to the source, with ``/``; only refused entries can hold lone
    surrogates (names that are not UTF-8). ``size`` is bytes, times are nanoseconds since 1970.
    ``digests`` stand in the order the job chose and are empty until the file is staged;
    ``blocks`` are its block digests one behind the other. ``read_back`` says where the staged
    copy was read again from, ``None`` until it was. ``audio``: its first bytes look like those
    of a recording.
    """

    path: str
    kind: Kind
    size: int
    mtime_ns: int
    ctime_ns: int
    ino: int
    dev: int
    mode: int
    links: int
    standing: Standing
    reasons: tuple[Reason, ...]
    staged: bool = False
    digests: tuple[bytes, ...] = ()
    read_back: Literal["medium", "cache"] | None = None
    audio: bool = False
    blocks: bytes = b""

    @property
    def verdict(self) -> EntryVerdict:
        """Its standing and reasons, as the policies gave them."""
        return EntryVerdict(self.standing, self.reasons)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its reasons."""
        return tuple(reason.code for reason in self.reasons)


class Mark(NamedTuple):
    """What of an :class:`Entry` a writer cannot avoid changing."""

    path: str
    kind: Kind
    mtime_ns: int
    ctime_ns: int
    ino: int


class Staged(NamedTuple):
    """What one staged file came to. The facts are those of the read that made the copy.

    A file that changed between survey and copy is admitted with the newer facts: size, mtime
    (ns), ctime (ns) and inode replace those of the survey. ``read_back`` as in :class:`Entry`.
    """

    path: str
    size: int
    mtime_ns: int
    ctime_ns: int
    ino: int
    digests: tuple[bytes, ...]
    blocks: bytes = b""
    audio: bool = False
    read_back: Literal["medium", "cache"] | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """How many entries, and how many bytes the files among them have."""

    entries: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many entries have a reason with this code at this level."""

    code: str
    level: Literal["in", "warn", "refuse"]
    entries: int
