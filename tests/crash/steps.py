"""The steps a program takes on its files, and the rule that makes one of them go wrong."""

from __future__ import annotations

from dataclasses import dataclass

READS = frozenset({"read", "readv", "pread", "preadv"})
WRITES = frozenset({"write", "writev", "pwrite", "pwritev"})
SYNCS = frozenset({"fsync", "fdatasync", "syncfs"})
#: The steps after which the archive on the medium is another one than before.
DURABLE = SYNCS | {"rename", "replace", "link", "mkdir", "rmdir", "unlink", "remove", "sql"}
CHANGES = DURABLE | WRITES | {"create", "ftruncate", "truncate", "posix_fallocate", "utime"}


@dataclass(frozen=True, slots=True)
class Step:
    """One call: its name, the file it touched, that file's inode, and a rename's target."""

    name: str
    path: str
    inode: int | None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What to do at the ``nth`` (from 1; 0: never) of the steps ``names`` below ``under``.

    ``deed`` is one of :data:`tests.crash.deeds.DEEDS`; ``argument`` is its matter (an error
    number, a signal number, a path). With ``onwards`` it is done at every later step as well.
    """

    under: str
    names: frozenset[str] = CHANGES
    nth: int = 0
    deed: str = "kill-before"
    argument: int | str = 0
    onwards: bool = False
