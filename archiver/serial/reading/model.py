"""What reading an archive file is bounded by, what it finds, and how it refuses."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from archiver.serial import codes  # noqa: F401 - registers them

STORED, DEFLATED = 0, 8


@dataclass(frozen=True, slots=True)
class Caps:
    """How much an archive file may ask for. Sizes in bytes.

    What is in it may have ``ratio`` times the bytes of the file, or ``free_bytes`` if that is
    more; reading its structure may take ``seconds`` and one more for each ``bytes_per_second``.
    """

    members: int = 1_000_000
    ratio: int = 200
    free_bytes: int = 1 << 30
    header_bytes: int = 1 << 20
    seconds: float = 120.0
    bytes_per_second: int = 4 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """A file or folder in an archive; its ``packed`` bytes begin at ``offset`` of the file.

    ``name`` has no slash at its end. ``crc`` is there where the archive has one, ``mtime_ns``
    (nanoseconds since 1970) where it says so in a way that does not depend on a place on earth.
    """

    name: str
    is_folder: bool
    size: int
    offset: int
    packed: int
    method: int = STORED
    crc: int | None = None
    mtime_ns: int | None = None


class RefusedArchiveError(Exception):
    """The archive file, or one member, is not as it must be; ``code`` is that of a finding.

    ``fatal`` tells that nothing behind it can be read.
    """

    def __init__(self, code: str, message: str, name: str | None = None, *, fatal: bool = True):
        super().__init__(message)
        self.code, self.message, self.name, self.fatal = code, message, name, fatal


@dataclass(slots=True)
class Meter:
    """Counts what an archive file of ``file_size`` bytes asks for, and refuses too much."""

    caps: Caps
    file_size: int
    members: int = 0
    bytes: int = 0
    _until: float = field(init=False)

    def __post_init__(self) -> None:
        allowed = self.caps.seconds + self.file_size / self.caps.bytes_per_second
        self._until = time.monotonic() + allowed

    def header(self) -> None:
        """Count one header. Raises :class:`RefusedArchiveError`."""
        self.members += 1
        if self.members > self.caps.members:
            raise _too_much(f"it has more than {self.caps.members:,} members")
        self.look_at_the_time()

    def content(self, size: int) -> None:
        """Count the bytes a member has, or is said to have. Raises :class:`RefusedArchiveError`."""
        self.bytes += size
        limit = max(self.caps.free_bytes, self.caps.ratio * self.file_size)
        if self.bytes > limit:
            raise _too_much(
                f"it holds more than {limit:,} bytes, in a file of {self.file_size:,} bytes"
            )

    def look_at_the_time(self) -> None:
        """Raises :class:`RefusedArchiveError` when reading the structure takes too long."""
        if time.monotonic() > self._until:
            raise _too_much("reading its structure takes too long")


def damaged(message: str, name: str | None = None) -> RefusedArchiveError:
    """Return the refusal of an archive file that is not built as its format demands."""
    return RefusedArchiveError("archive-damaged", message, name)


def _too_much(message: str) -> RefusedArchiveError:
    return RefusedArchiveError("archive-too-large", message)


def plain_name(raw: str) -> str | None:
    """Return a member's name without ``./`` before and ``/`` behind; ``None`` for the root itself.

    Raises :class:`RefusedArchiveError` for what leads elsewhere or is no plain path.
    """
    name = raw.removeprefix("./").removesuffix("/")
    if name in ("", ".") and raw in (".", "./"):
        return None
    parts = name.split("/")
    trouble = None
    if raw.startswith("/"):
        trouble = "the name is absolute"
    elif ".." in parts:
        trouble = "the name climbs out of its folder"
    elif "" in parts or "." in parts:
        trouble = "the name is no plain path"
    elif "\0" in name:
        trouble = "the name holds a NUL character"
    if trouble is not None:
        raise RefusedArchiveError("archive-unsafe-name", trouble, raw, fatal=False)
    return name
