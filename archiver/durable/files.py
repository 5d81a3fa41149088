"""Writing that survives a power cut, as far as the kernel's word goes."""

from __future__ import annotations

import errno
import os
from pathlib import Path

_NO_SYNC_HERE = (errno.EINVAL, errno.ENOTSUP, errno.EBADF)


def sync_file(fd: int) -> None:
    """Return only when the file's bytes and size are on the medium.

    Raises ``OSError`` when they are not. Never call it again on the same file after that: the
    kernel forgets the failed pages and the second call would lie. Write the file anew.
    """
    os.fsync(fd)


def sync_folder(path: str | Path) -> bool:
    """Return when the folder's own entries are on the medium.

    ``False`` where the file system knows no such thing (some network mounts). Raises
    ``OSError`` for real failures.
    """
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        return sync_open_folder(fd)
    finally:
        os.close(fd)


def sync_open_folder(fd: int) -> bool:
    """Do as :func:`sync_folder` with the open folder ``fd``."""
    try:
        os.fsync(fd)
    except OSError as error:
        if error.errno in _NO_SYNC_HERE:
            return False
        raise
    return True


def write_all(fd: int, data: bytes | memoryview) -> None:
    """Write every byte of ``data`` to ``fd``; ``write`` alone may stop short."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def write_new_file(path: str | Path, data: bytes, mode: int = 0o644) -> None:
    """Create ``path`` with ``data`` and return when both bytes and size are on the medium.

    Raises ``FileExistsError`` if anything has that name already. The name itself is durable
    only after :func:`sync_folder` on its folder.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    fd = os.open(path, flags, mode)
    try:
        write_all(fd, data)
        os.fsync(fd)
    finally:
        os.close(fd)


def replace_file(path: str | Path, data: bytes, mode: int = 0o644) -> None:
    """Replace ``path`` by ``data`` so that a reader, or a crash, sees the old or the new whole."""
    path = Path(path)
    aside = path.with_name(f".{path.name}.new")
    aside.unlink(missing_ok=True)
    write_new_file(aside, data, mode)
    os.rename(aside, path)
    sync_folder(path.parent)


def put_in_place(aside: str | Path, final: str | Path) -> None:
    """Give the finished, synced file ``aside`` the name ``final``, in one step and durably.

    Whatever had that name is replaced: a reader, or a crash, sees the old or the new whole.
    Both lie in one folder. Raises ``OSError``.
    """
    os.rename(aside, final)
    sync_folder(Path(final).parent)


def put_new_in_place(aside: str | Path, final: str | Path) -> None:
    """Give the finished, synced file ``aside`` the name ``final``, which nothing may have yet.

    Both lie in one folder. Raises ``FileExistsError``, leaving ``aside``, when the name is taken.
    """
    try:
        os.link(aside, final, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:  # a file system without links: two steps, with a moment between them
        if os.path.lexists(final):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(final)) from None
        os.rename(aside, final)
    else:
        os.unlink(aside)
    sync_folder(Path(final).parent)


def append_durably(fd: int, data: bytes) -> None:
    """Append ``data`` to the open file and return when it is on the medium."""
    write_all(fd, data)
    os.fsync(fd)


def publish_folder(staged: str | Path, final: str | Path) -> None:
    """Make the finished folder ``staged`` visible as ``final`` in one step, and durably so.

    Both lie on one file system and everything inside is already synced. Raises ``OSError``
    (``ENOTEMPTY``, ``EEXIST``) when ``final`` is there already: nothing is ever overwritten.
    """
    final = Path(final)
    if os.path.lexists(final):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(final))
    os.rename(staged, final)
    sync_folder(final.parent)
    sync_folder(Path(staged).parent)
