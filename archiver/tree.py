"""Opening things below one folder without ever leaving it or following a link.

Every component of a path is opened from its parent's descriptor with ``O_NOFOLLOW``, so a
link swapped in while we work is refused by the kernel, and a path may be longer than
``PATH_MAX``. Paths are text with ``/``, relative, without empty, ``.`` or ``..`` components.
"""

from __future__ import annotations

import errno
import os
import stat

from archiver.closing import Closing

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | getattr(os, "O_NOCTTY", 0)


class Tree(Closing):
    """One folder and what lies below it, with the folder used last kept open.

    Not for several threads at once: give each its own by :meth:`again`.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = os.fspath(root)
        self._root_fd = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._last = ""
        self._last_fd = self._root_fd

    def again(self) -> Tree:
        """Return an independent view of the same folder, for another thread."""
        return Tree.at(os.dup(self._root_fd), self.root)

    @classmethod
    def at(cls, fd: int, root: str) -> Tree:
        """Return a view of the open folder ``fd``, which becomes its own, called ``root``."""
        tree = cls.__new__(cls)
        tree.root = root
        tree._root_fd = tree._last_fd = fd
        tree._last = ""
        return tree

    def close(self) -> None:
        """Give the descriptors back."""
        self._forget_last()
        os.close(self._root_fd)

    @property
    def is_one_folder(self) -> bool:
        """Whether all of it lies below :attr:`root`."""
        return True

    def place(self, path: str) -> str:
        """Return where ``path`` lies on disk, for those who cannot be handed a descriptor."""
        return os.path.join(self.root, path)

    def folder(self, path: str) -> int:
        """Return a descriptor of the folder ``path`` ("" is the root); it stays ours to close.

        Raises ``OSError``; ``ELOOP`` or ``ENOTDIR`` when a component is a link or no folder.
        """
        if path == self._last:
            return self._last_fd
        fd = os.dup(self._root_fd)
        try:
            for name in path.split("/") if path else ():
                if name in ("", ".", ".."):
                    raise OSError(errno.EINVAL, "not a plain relative path", path)
                below = os.open(name, _FOLDER, dir_fd=fd)
                os.close(fd)
                fd = below
        except BaseException:
            os.close(fd)
            raise
        self._forget_last()
        self._last, self._last_fd = path, fd
        return fd

    def open_file(self, path: str, extra_flags: int = 0) -> int:
        """Open the regular file ``path`` for reading; the caller closes it.

        Never blocks on a FIFO and never follows a link. Raises ``OSError``: ``ELOOP`` for a
        link, ``EINVAL`` for anything else that is no regular file.
        """
        return self.open_known(path, extra_flags)[0]

    def open_known(self, path: str, extra_flags: int = 0) -> tuple[int, os.stat_result]:
        """Do as :meth:`open_file`; return the status of the open file, too."""
        above, _, name = path.rpartition("/")
        if name in ("", ".", ".."):
            raise OSError(errno.EINVAL, "not a plain relative path", path)
        fd = os.open(name, _FILE | extra_flags, dir_fd=self.folder(above))
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            os.close(fd)
            raise OSError(errno.EINVAL, "not a regular file", path)
        return fd, status

    def size(self, path: str) -> int:
        """Return the bytes of the regular file ``path``. Raises as :meth:`open_file` does."""
        fd = self.open_file(path)
        try:
            return os.fstat(fd).st_size
        finally:
            os.close(fd)

    def _forget_last(self) -> None:
        if self._last_fd != self._root_fd:
            os.close(self._last_fd)
        self._last, self._last_fd = "", self._root_fd
