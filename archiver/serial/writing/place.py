"""A file in the making beside the place it will have; it gets its name when it is whole."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from archiver.durable import claim, put_new_in_place, sync_file
from archiver.errors import BusyError, EnvironmentUnusable, UsageError
from archiver.serial.writing.member import Buffer

_NAME_MAX = 255
_BUFFER = 1 << 20
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


def check_free(path: str) -> str:
    """Return ``path``, absolute. Raises :class:`UsageError` if it is taken or has no folder."""
    place = os.path.abspath(path)
    if os.path.lexists(place):
        raise UsageError(
            f"{place!a} is there already, and nothing is ever overwritten.", "Name another file."
        )
    if not os.path.isdir(os.path.dirname(place)):
        raise UsageError(
            f"there is no folder {os.path.dirname(place)!a}.", "Make it first, or name another."
        )
    return place


class FileAside:
    """A file being written, invisible under ``place`` until :meth:`publish`.

    Whatever it is written by gets :class:`EnvironmentUnusable` when it cannot be, so that nobody
    takes that for trouble with what was read.
    """

    def __init__(self, place: str, aside: str, out: BinaryIO) -> None:
        self.place, self._aside, self._out = place, aside, out
        self.published = False
        self._size: int | None = None

    def write(self, data: Buffer, /) -> int:
        """Write all of ``data``."""
        try:
            return self._out.write(data)
        except OSError as error:
            raise _unusable(self._aside, error) from error

    def seek(self, offset: int, /) -> int:
        """Go to a place."""
        try:
            return self._out.seek(offset)
        except OSError as error:
            raise _unusable(self._aside, error) from error

    def tell(self) -> int:
        """Return the place."""
        return self._out.tell()

    def flush(self) -> None:
        """Do nothing: a compressor may ask for it at any time, :meth:`publish` does it once."""

    def set_time(self, mtime_ns: int) -> None:
        """Set the modification time (ns since 1970); nothing is to be written afterwards."""
        self._out.flush()
        os.utime(self._out.fileno(), ns=(mtime_ns, mtime_ns))

    def settle(self) -> int:
        """Return the finished file's size in bytes when all of it is on the medium."""
        if self._size is None:
            self._out.flush()
            sync_file(self._out.fileno())
            self._size = os.fstat(self._out.fileno()).st_size
        return self._size

    def publish(self) -> int:
        """Give the finished file its name, durably; return its size in bytes.

        Raises :class:`UsageError` when the name was taken meanwhile.
        """
        size = self.settle()
        try:
            put_new_in_place(self._aside, self.place)
        except FileExistsError:
            raise UsageError(
                f"{self.place!a} was made by somebody else meanwhile; it was left as it is.",
                "Name another file.",
            ) from None
        self.published = True
        return size

    def withdraw(self) -> None:
        """Remove the file again, if it was published."""
        if self.published:
            os.unlink(self.place)


@contextmanager
def file_aside(place: str) -> Iterator[FileAside]:
    """Make an empty file beside ``place``, and remove it at the end unless it was published.

    What a dead run left there is overwritten; that of a living one is a :class:`BusyError`.
    Raises :class:`EnvironmentUnusable` when it cannot be written.
    """
    aside = os.path.join(os.path.dirname(place), _name_aside(os.path.basename(place)))
    try:
        fd = _claimed(aside, place)
        with os.fdopen(fd, "r+b", buffering=_BUFFER) as out:
            os.ftruncate(fd, 0)
            making = FileAside(place, aside, out)
            try:
                yield making
            finally:
                if not making.published:
                    os.unlink(aside)
    except OSError as error:
        raise _unusable(aside, error) from error


def _claimed(aside: str, place: str) -> int:
    """Open the file aside for this run alone. Raises ``OSError`` and :class:`BusyError`.

    A run that died just when its file was finished left it under two names: then the other is
    that of a file somebody keeps, and this one is taken away from it.
    """
    fd = os.open(aside, _FLAGS, 0o644)
    try:
        if not claim(fd) or not os.path.samestat(os.fstat(fd), os.lstat(aside)):
            raise BusyError(f"another run is writing {place!a}.", "Wait for it to end.")
        if os.fstat(fd).st_nlink == 1:
            return fd
        os.unlink(aside)
    except BaseException:
        os.close(fd)
        raise
    os.close(fd)
    return _claimed(aside, place)


def _name_aside(name: str) -> str:
    plain = f".{name}.exporting"
    if len(os.fsencode(plain)) <= _NAME_MAX:
        return plain
    return f".{hashlib.sha256(os.fsencode(name)).hexdigest()[:32]}.exporting"


def _unusable(aside: str, error: OSError) -> EnvironmentUnusable:
    return EnvironmentUnusable(
        f"{aside!a} cannot be written: {error.strerror}.",
        "Look after room and permissions, or name another place. Nothing half-made is left.",
    )
