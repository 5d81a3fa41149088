"""BLAKE3 of each block of a file, so that damage can be located and mended piece by piece."""

from __future__ import annotations

import errno
import os

from blake3 import blake3

from archiver.hashing.buffers import AlignedBuffer
from archiver.hashing.reader import identity
from archiver.tree import Tree

BLOCK_SIZE = 1 << 20


class BlockDigests:
    """Takes bytes in portions of any length and keeps one BLAKE3 digest a block."""

    def __init__(self, block_size: int = BLOCK_SIZE) -> None:
        self._block_size = block_size
        self._finished: list[bytes] = []
        self._open = blake3()
        self._missing = block_size  # bytes the open block still wants

    def update(self, data: memoryview) -> None:
        """Take in more bytes."""
        while len(data) >= self._missing:
            self._open.update(data[: self._missing])
            self._finished.append(self._open.digest())
            data = data[self._missing :]
            self._open, self._missing = blake3(), self._block_size
        if data:
            self._open.update(data)
            self._missing -= len(data)

    def digests(self) -> list[bytes]:
        """Return the digests so far; the last block may be a short one, none is empty."""
        if self._missing == self._block_size:
            return list(self._finished)
        return [*self._finished, self._open.digest()]


def block_digests(tree: Tree, path: str, block_size: int = BLOCK_SIZE) -> list[bytes]:
    """Return the BLAKE3 digest of each ``block_size`` bytes of a file; ``[]`` for an empty one.

    Raises ``OSError``: as :meth:`Tree.open_file` and reading do, and ``ESTALE`` when the file
    changed while it was read.
    """
    fd = tree.open_file(path)
    buffer = AlignedBuffer(BLOCK_SIZE)
    blocks = BlockDigests(block_size)
    try:
        before = os.fstat(fd)
        done = 0
        while done < before.st_size and (count := os.readv(fd, buffer.parts)):
            blocks.update(buffer.view[:count])
            done += count
        if done != before.st_size or identity(os.fstat(fd)) != identity(before):
            raise OSError(errno.ESTALE, "changed while it was read", path)
    finally:
        os.close(fd)
        buffer.close()
    return blocks.digests()
