"""What is asked of the reading engine, and what it answers."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from typing import NamedTuple


class ReadJob(NamedTuple):
    """One file to read: ``path`` below the root, and the digests wanted.

    (A tuple, not a dataclass, as its result: a million are made in one verification.)
    ``size`` in bytes is a hint for sharing out the work; a wrong one costs time, never truth.
    ``algorithms`` are names of :data:`archiver.hashing.KNOWN`. ``token`` is the caller's own.
    """

    path: str
    size: int
    algorithms: tuple[str, ...]
    token: object = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a file has no digests.

    ``code`` is one of ``missing``, ``unreadable``, ``not-a-file`` (a link, a FIFO, a folder:
    never followed, never waited for) and ``changed-while-reading``. ``offset`` is the byte at
    which reading failed, ``None`` when it never began.
    """

    code: str
    message: str
    errno: int | None
    offset: int | None


class ReadResult(NamedTuple):
    """What reading one file gave.

    ``size`` is the number of bytes read; ``digests`` stand in the order of the job's
    algorithms and are empty when there is a ``trouble``. ``from_medium`` is true only when
    the bytes are known to have come past the page cache; an empty file has none to speak of
    and says ``False``.
    """

    job: ReadJob
    size: int
    digests: tuple[bytes, ...]
    trouble: Trouble | None
    from_medium: bool


_MISSING = (errno.ENOENT, errno.ENAMETOOLONG)
_NOT_A_FILE = (errno.ELOOP, errno.ENOTDIR, errno.EINVAL, errno.ENXIO, errno.ENODEV)


def trouble_opening(error: OSError | ValueError) -> Trouble:
    """Say what an error of :meth:`archiver.tree.Tree.open_file` means for the file.

    ``ValueError`` comes from names that no file can have (a NUL, half a surrogate pair).
    """
    if isinstance(error, ValueError):
        return Trouble("missing", f"no file can have this name: {error}", None, None)
    number = error.errno
    if number in _MISSING:
        return Trouble("missing", "there is no such file", number, None)
    if number in _NOT_A_FILE:
        message = "a link, or something else that is no regular file, stands in its place"
        return Trouble("not-a-file", message, number, None)
    return Trouble("unreadable", f"cannot be opened: {_words(error)}", number, None)


def trouble_reading(error: OSError, offset: int) -> Trouble:
    """Say that reading failed at ``offset``, twice."""
    message = f"cannot be read at byte {offset}: {_words(error)}"
    return Trouble("unreadable", message, error.errno, offset)


def trouble_changed(offset: int) -> Trouble:
    """Say that the file was not the same before and after ``offset`` bytes were read."""
    return Trouble("changed-while-reading", "changed while it was read", None, offset)


def _words(error: OSError) -> str:
    return os.strerror(error.errno) if error.errno else str(error)
