"""Reading an untrusted file: every read is bounded by the file's real size and by a limit.

Nothing declared inside the file is believed. A read may come back shorter than asked, and what
comes back is all there is.
"""

from __future__ import annotations

import errno
import io
import os
import stat
from collections.abc import Iterator

from archiver.audio.sniff import HEAD_BYTES, id3_size, sniff

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_LONGEST_PIECE = 2048  # bytes of a path given to the kernel at once; PATH_MAX is 4096
_MOST_AT_ONCE = 64 << 20
_CHUNK = 256 << 10
_HEAD_FIRST = 4096
_HEAD_KEPT = 32 << 10
_MOST_TAGS = 16
_STREAM_BUFFER = 64 << 10


class Source:
    """A regular file open for reading, of a size that is fixed when it is opened."""

    def __init__(self, fd: int) -> None:
        """Take over ``fd``; :meth:`close` gives it back. Raises ``OSError`` if not regular."""
        facts = os.fstat(fd)
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(errno.EINVAL, "not a regular file")
        self.fd = fd
        self.size = facts.st_size
        self._head = b""  # what many small reads of headers come from

    def close(self) -> None:
        """Close the file."""
        os.close(self.fd)

    def read(self, offset: int, length: int) -> bytes:
        """Return up to ``length`` bytes from ``offset``, fewer where the file ends.

        Raises ``ValueError`` for more than 64 MiB at once: ask in pieces.
        """
        if length > _MOST_AT_ONCE:
            raise ValueError(f"{length} bytes asked for at once")
        length = min(length, self.size - offset)
        if offset < 0 or length <= 0:
            return b""
        if offset + length <= _HEAD_KEPT:
            self._head = self._head or self._read(0, min(_HEAD_KEPT, self.size))
            return self._head[offset : offset + length]
        return self._read(offset, length)

    def _read(self, offset: int, length: int) -> bytes:
        data = os.pread(self.fd, length, offset)
        while len(data) < length:
            more = os.pread(self.fd, length - len(data), offset + len(data))
            if not more:
                break
            data += more
        return data

    def pieces(self, offset: int, length: int) -> Iterator[bytes]:
        """Yield the bytes of a range in pieces of 256 KiB, stopping where the file ends."""
        end = min(offset + length, self.size)
        while offset < end:
            data = self.read(offset, min(_CHUNK, end - offset))
            if not data:
                return
            yield data
            offset += len(data)

    def stream(self) -> io.BufferedReader:
        """Return an independent seekable stream over the file, for libraries that want one."""
        os.lseek(self.fd, 0, os.SEEK_SET)  # ours is never used: all our reads name their offset
        raw = io.FileIO(os.dup(self.fd), "rb")
        raw.name = "the file"  # what libraries put into their messages
        return io.BufferedReader(raw, _STREAM_BUFFER)


def open_source(path: str) -> Source:
    """Open ``path`` without following a link at its end, blocking on a FIFO or writing.

    Works for paths longer than ``PATH_MAX``. Raises ``OSError``.
    """
    fd = _open_long(path)
    try:
        return Source(fd)
    except BaseException:
        os.close(fd)
        raise


def _open_long(path: str) -> int:
    """Open a file whose path may be longer than the kernel takes at once, piece by piece."""
    raw = os.fsencode(path)
    above: int | None = None
    try:
        while len(raw) > _LONGEST_PIECE:
            cut = raw.rfind(b"/", 1, _LONGEST_PIECE)
            if cut < 0:
                raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG), path)
            folder = os.open(raw[:cut], os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=above)
            if above is not None:
                os.close(above)
            above, raw = folder, raw[cut + 1 :]
        return os.open(raw, _OPEN, dir_fd=above)
    finally:
        if above is not None:
            os.close(above)


def id3_tags(source: Source) -> Iterator[tuple[int, int]]:
    """Yield ``(offset, declared size)`` of the ID3v2 tags that begin the file, sixteen at most."""
    at = 0
    for _ in range(_MOST_TAGS):
        size = id3_size(source.read(at, 10))
        if size == 0:
            return
        yield at, size
        at += size


def identify(source: Source) -> tuple[str | None, int]:
    """Return the format id of ``source`` and the offset where it really begins.

    The offset is that of the first byte behind any ID3v2 tags at the start (there may be
    several), else 0. The id is ``None`` for what this room does not know.
    """
    start = sum(size for _, size in id3_tags(source))
    head = source.read(start, _HEAD_FIRST)
    name = sniff(head)
    if name is None and not head[:1].strip(b"\0"):
        name = sniff(source.read(start, HEAD_BYTES))  # zeros before the first frame
    if name is None and start:
        name = "mp3"  # an ID3v2 tag before something damaged: nothing else is likely
    return name, min(start, source.size)
