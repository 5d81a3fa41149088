"""Reaching past the page cache to the medium, and telling honestly whether we did.

A read served from memory proves nothing about the disk. Three primitives help: dropping a
file's pages, reading or writing without going through them, and asking whether any page is in
memory. None of them reaches past the caches of a drive, a RAID controller, a file server or a
file system that keeps its own (ZFS), and a file system may ignore each (tmpfs has no medium;
btrfs may answer direct reads from memory). Where a machine lacks them, they say so by their
answer and nothing fails.
"""

from __future__ import annotations

import mmap
import os
import sys
from contextlib import suppress
from fcntl import F_GETFL, F_SETFL, fcntl
from functools import cache
from typing import Any

ALIGNMENT = max(4096, mmap.PAGESIZE)
"""Direct I/O wants offsets, lengths and memory in multiples of this many bytes."""

DIRECT_FROM = 1 << 20
"""Files of so many bytes and more are worth direct reads; below, read-ahead wins."""

_O_DIRECT: int = getattr(os, "O_DIRECT", 0)
_NOWAIT: int = getattr(os, "RWF_NOWAIT", 0)


def go_direct(fd: int) -> bool:
    """Let reads and writes of ``fd`` bypass the page cache; ``False`` where that is refused."""
    if not _O_DIRECT:
        return False
    try:
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | _O_DIRECT)
    except OSError:
        return False
    return True


def leave_direct(fd: int) -> None:
    """Return ``fd`` to ordinary I/O, for a tail that is no multiple of :data:`ALIGNMENT`."""
    if _O_DIRECT:
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~_O_DIRECT)


def drop_from_cache(fd: int, offset: int = 0, length: int = 0) -> bool:
    """Ask the kernel to forget the pages of ``fd`` (``length`` 0: to the end).

    Only clean pages go: sync first what was just written. Pages that another process has
    mapped or locked stay. ``False`` where the machine has no such call or refuses it.
    """
    if not hasattr(os, "posix_fadvise"):
        return False
    try:
        os.posix_fadvise(fd, offset, length, os.POSIX_FADV_DONTNEED)
    except OSError:
        return False
    return True


def read_ahead(fd: int) -> None:
    """Ask the kernel to begin reading all of ``fd`` from the medium; for small files."""
    if hasattr(os, "posix_fadvise"):
        with suppress(OSError):
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_WILLNEED)


def is_cached(fd: int, offset: int = 0, length: int = 0) -> bool | None:
    """Tell whether any byte of a range is in memory (``length`` 0: to the end of the file).

    ``None`` means that nobody can tell, as for a range that is empty. Of a file that is not
    ours to write the kernel tells less, and the two ends of the range speak for it. ``fd`` must
    be open for reading and not direct.
    """
    length = length or os.fstat(fd).st_size - offset
    if length <= 0:
        return None
    resident = _any_page_resident(fd, offset, length)
    if resident:
        # The kernel says so of every file that is not ours to write, lest it tell of other
        # people's reading. Asking for a byte without waiting is a weaker witness: it starts a
        # read-ahead, and finds the byte "cached" when that was quick. That only runs forward,
        # so the far end is asked first.
        ends = [offset] if length <= ALIGNMENT else [offset + length - 1, offset]
        return not all(_has_to_wait(fd, end) for end in ends)
    return resident


def bypass_cache(fd: int, size: int, *, read_again: bool = False) -> bool:
    """Prepare ``fd``, of ``size`` bytes, for a read from the medium; tell if it will be one.

    Drops the file's pages, makes sure that they are gone, and goes direct for large files, but
    for those that are to be ``read_again`` soon: what is read of them stays in memory.
    ``True`` only when we know: a file that stays in memory (tmpfs, dirty or mapped pages) or
    is empty says ``False``.
    """
    if not size:
        return False
    drop_from_cache(fd)
    gone = is_cached(fd, 0, size) is False
    if size >= DIRECT_FROM and not read_again:
        go_direct(fd)
    return gone


_WINDOW = 256 << 20  # bytes of a file looked at in one call: 64 KiB of answer


def _any_page_resident(fd: int, offset: int, length: int) -> bool | None:
    """Ask the kernel about the pages of the range; ``None`` where it does not tell."""
    libc = _libc()
    if libc is None:
        return None
    pages = _pages_by_cachestat(libc, fd, offset, length)
    return _any_page_by_mincore(libc, fd, offset, length) if pages is None else pages > 0


def _pages_by_cachestat(libc: Any, fd: int, offset: int, length: int) -> int | None:
    """Return how many pages are in memory, by ``cachestat(2)`` (Linux 6.5); it costs least.

    ``None`` from older kernels, from sandboxes that do not know it, and for some files that
    are not ours to write.
    """
    import ctypes

    span = (ctypes.c_uint64 * 2)(offset, length)
    found = (ctypes.c_uint64 * 5)()  # the first is the pages in memory
    if libc.syscall(_CACHESTAT, fd, ctypes.byref(span), ctypes.byref(found), 0) != 0:
        return None
    return found[0]


def _any_page_by_mincore(libc: Any, fd: int, offset: int, length: int) -> bool | None:
    """Ask ``mincore`` about each page of the range, by a mapping that nobody ever touches."""
    import ctypes

    offset, end = offset - offset % mmap.PAGESIZE, offset + length
    for start in range(offset, end, _WINDOW):
        span = min(_WINDOW, end - start)
        answer = ctypes.create_string_buffer(-(-span // mmap.PAGESIZE))
        address = libc.mmap(None, span, mmap.PROT_READ, mmap.MAP_SHARED, fd, start)
        if address == _MAP_FAILED:
            return None
        failed = libc.mincore(address, span, answer)
        libc.munmap(address, span)
        if failed:
            return None
        # The lowest bit counts, the others are reserved.
        if answer.raw.translate(_LOWEST_BIT).strip(b"\0"):
            return True
    return False


def _has_to_wait(fd: int, offset: int) -> bool:
    """Tell whether reading the byte at ``offset`` is known to need the medium."""
    if not _NOWAIT or not hasattr(os, "preadv"):
        return False
    try:
        os.preadv(fd, [bytearray(1)], offset, _NOWAIT)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


_LOWEST_BIT = bytes(value & 1 for value in range(256))
_CACHESTAT = 451  # its number on every architecture but Alpha, which has no such call there
_MAP_FAILED = 2**64 - 1  # (void *) -1


@cache
def _libc() -> Any | None:
    """Return the C library, told how its calls are shaped, where a file offset has 64 bits."""
    if not sys.platform.startswith("linux") or sys.maxsize <= 1 << 32:
        return None
    import ctypes

    libc = ctypes.CDLL(None)
    where, size, number = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    libc.mmap.argtypes = (where, size, number, number, number, ctypes.c_int64)
    libc.mmap.restype = where
    libc.mincore.argtypes = (where, size, ctypes.c_char_p)
    libc.munmap.argtypes = (where, size)
    return libc
