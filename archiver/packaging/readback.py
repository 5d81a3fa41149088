"""Reading a copy back from the medium and comparing it with what was read from the source."""

from __future__ import annotations

import os

from blake3 import blake3

from archiver.hashing.medium import bypass_cache
from archiver.packaging.copying import unusable
from archiver.survey.entry import Staged
from archiver.tree import Tree


def reads_back(target: Tree, staged: Staged, piece: memoryview) -> tuple[bool, bool]:
    """Read the copy of ``staged`` below ``target`` again, with ``piece`` as the buffer.

    Returns whether its BLAKE3 is that of what was read from the source, and whether the bytes
    came from the medium rather than from the page cache (an empty file has none to doubt). The
    copy must be synced: only then are its pages clean, so that the kernel can drop them. Raises
    :class:`~archiver.errors.EnvironmentUnusable` when it cannot be read.
    """
    try:
        fd = target.open_file(staged.path)
        try:
            from_medium = bypass_cache(fd, staged.size) or not staged.size
            digest = _digest(fd, piece)
        finally:
            os.close(fd)
    except OSError as error:
        raise unusable(error, f"{target.root}/{staged.path}") from error
    return digest == staged.digests[-1], from_medium


def _digest(fd: int, piece: memoryview) -> bytes:
    whole = blake3(max_threads=1)
    while got := os.readv(fd, [piece]):
        whole.update(piece[:got])
    return whole.digest()
