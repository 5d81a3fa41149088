"""Memory that direct I/O accepts, made once and read into again and again."""

from __future__ import annotations

import mmap


class AlignedBuffer:
    """``size`` bytes beginning at a page border, so fit for ``O_DIRECT``.

    ``view`` is the memory itself; ``parts`` is what ``os.readv`` and ``os.writev`` take. One
    owner at a time: whoever reads into it overwrites what was there.
    """

    __slots__ = ("_memory", "parts", "view")

    def __init__(self, size: int) -> None:
        # Anonymous and private: Python's default, a shared mapping, is backed by tmpfs pages.
        self._memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self.view = memoryview(self._memory)
        self.parts = [self.view]

    def close(self) -> None:
        """Let go of the memory; it is given back when the last slice of ``view`` is gone."""
        self.parts = []
        self.view.release()
        del self._memory
