"""Reading copies back from the medium and comparing them with what was read from the source."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from blake3 import blake3

from archiver.hashing.medium import bypass_cache, read_ahead
from archiver.packaging.copying import Copy
from archiver.packaging.unusable import unusable
from archiver.tree import Tree

_KEPT = 256 << 20  # bytes of a recording that may stay in memory until it is examined
_AHEAD = 48  # small files the medium is asked for before the first of them is needed


class Expected(NamedTuple):
    """A copy to be read back: its path below the payload folder, size in bytes, BLAKE3.

    ``read_again`` says that it will be read once more soon, because it looks like a recording.
    """

    path: str
    size: int
    digest: bytes
    read_again: bool = False


def expected(copy: Copy) -> Expected:
    """Return what is to be found where ``copy`` was written."""
    return Expected(copy.path, copy.size, copy.staged.digests[-1], copy.staged.audio)


def reads_back(target: Tree, copy: Expected, piece: memoryview) -> tuple[bool, bool]:
    """Read ``copy`` below ``target`` again, with ``piece`` as the buffer.

    Returns whether its BLAKE3 is that of what was read from the source, and whether the bytes
    came from the medium rather than from the page cache (an empty file has none to doubt). The
    copy must be synced: only then are its pages clean, so that the kernel can drop them. Raises
    :class:`~archiver.errors.EnvironmentUnusable` when it cannot be read.
    """
    fd, from_medium = _opened(target, copy)
    return _is_same(target, copy, fd, piece), from_medium


def all_read_back(
    target: Tree, copies: Iterable[Expected], piece: memoryview
) -> Iterator[tuple[bool, bool]]:
    """Yield what :func:`reads_back` would of each of many small copies, in their order.

    The medium is told of some files ahead, so that it works while we compute.
    """
    opened: deque[tuple[Expected, int, bool]] = deque()
    try:
        for copy in copies:
            fd, from_medium = _opened(target, copy)
            opened.append((copy, fd, from_medium))
            read_ahead(fd)
            if len(opened) > _AHEAD:
                first, fd, from_medium = opened.popleft()
                yield _is_same(target, first, fd, piece), from_medium
        while opened:
            first, fd, from_medium = opened.popleft()
            yield _is_same(target, first, fd, piece), from_medium
    finally:
        for _, fd, _ in opened:
            os.close(fd)


def _opened(target: Tree, copy: Expected) -> tuple[int, bool]:
    """Open a copy with nothing of it in memory; return whether that is known to be so."""
    try:
        fd = target.open_file(copy.path)
    except OSError as error:
        raise unusable(error, f"{target.root}/{copy.path}") from error
    read_again = copy.read_again and copy.size <= _KEPT
    return fd, bypass_cache(fd, copy.size, read_again=read_again) or not copy.size


def _is_same(target: Tree, copy: Expected, fd: int, piece: memoryview) -> bool:
    """Read the open copy and close it."""
    try:
        whole, done = blake3(max_threads=1), 0
        while got := os.readv(fd, [piece]):
            whole.update(piece[:got])
            done += got
            if done == copy.size and got < len(piece):  # short, and all there is to be
                break
    except OSError as error:
        raise unusable(error, f"{target.root}/{copy.path}") from error
    finally:
        os.close(fd)
    return whole.digest() == copy.digest
