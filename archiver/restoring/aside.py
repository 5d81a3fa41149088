"""A folder in the making beside the place it will have: a crash leaves nothing half-made."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from archiver.durable import claim, publish_folder, sync_file, sync_filesystem, sync_open_folder
from archiver.errors import BusyError, EnvironmentUnusable, UsageError
from archiver.tree import Tree

_NAME_MAX = 255


def check_target(folder: str) -> str:
    """Return where ``folder`` is to be, absolute. Raises :class:`UsageError` if it is in use.

    Free is a name that nothing has, or that of an empty folder.
    """
    place = os.path.abspath(folder)
    if os.path.ismount(place):
        raise UsageError(f"{place!a} is the top of a disk.", "Name a new folder below it.")
    if os.path.lexists(place) and not _is_empty_folder(place):
        raise UsageError(
            f"{place!a} is there already, and nothing is ever overwritten.",
            "Name a folder that does not exist yet.",
        )
    if not os.path.isdir(os.path.dirname(place)):
        raise UsageError(
            f"there is no folder {os.path.dirname(place)!a} to restore into.",
            "Make it first, or name another place.",
        )
    return place


@contextmanager
def folder_aside(place: str, purpose: str = "restoring") -> Iterator[tuple[str, int]]:
    """Make an empty folder beside ``place`` and give its path and descriptor; remove it at the end.

    It is named after both, so that those of two purposes are two folders.

    What :func:`publish` has given its name stays. What a dead run left there is removed first;
    that of a living one is a :class:`BusyError`. Raises :class:`EnvironmentUnusable` when the
    folder cannot be made.
    """
    aside = os.path.join(os.path.dirname(place), _name_aside(os.path.basename(place), purpose))
    try:
        os.makedirs(aside, 0o700, exist_ok=True)
        fd = os.open(aside, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise _unusable(aside, error) from error
    try:
        if not claim(fd):
            raise BusyError(
                f"another run is restoring to {place!a}.", "Wait for it to end, or name another."
            )
        try:
            _clear(aside)
            yield aside, fd
        finally:
            if _is_still(aside, fd):
                _clear(aside)
                os.rmdir(aside)
    except OSError as error:
        raise _unusable(aside, error) from error
    finally:
        os.close(fd)


def publish(aside: str, fd: int, place: str) -> None:
    """Give the finished folder its name, when all that was written is on the medium.

    Raises ``OSError``, and :class:`UsageError` when the name was taken meanwhile.
    """
    if not sync_filesystem(fd):
        _sync_each(aside)
    try:
        if os.path.lexists(place):
            os.rmdir(place)
        publish_folder(aside, place)
    except OSError as error:
        if os.path.lexists(place):
            raise UsageError(
                f"{place!a} was made by somebody else meanwhile; it was left as it is.",
                "Name another folder.",
            ) from error
        raise


def _name_aside(name: str, purpose: str) -> str:
    plain = f".{name}.{purpose}"
    if len(os.fsencode(plain)) <= _NAME_MAX:
        return plain
    return f".{hashlib.sha256(os.fsencode(name)).hexdigest()[:32]}.{purpose}"


def _is_empty_folder(place: str) -> bool:
    try:
        return stat.S_ISDIR(os.lstat(place).st_mode) and not os.listdir(place)
    except OSError:
        return False


def _is_still(aside: str, fd: int) -> bool:
    """Whether the folder at ``aside`` is the one that ``fd`` has open."""
    try:
        found, ours = os.lstat(aside), os.fstat(fd)
    except FileNotFoundError:
        return False
    return (found.st_dev, found.st_ino) == (ours.st_dev, ours.st_ino)


def _sync_each(aside: str) -> None:
    """Sync every file and folder of the tree. Raises ``OSError``.

    What has a recorded mode that shuts even its owner out is passed over: whoever wrote such a
    file has synced it.
    """
    with Tree(aside) as tree:
        folders = [""]
        for above in folders:  # it grows while it is walked
            with suppress(PermissionError):
                fd = tree.folder(above)
                with os.scandir(fd) as entries:
                    for entry in entries:
                        path = f"{above}/{entry.name}" if above else entry.name
                        if entry.is_dir(follow_symlinks=False):
                            folders.append(path)
                        else:
                            _sync_file(entry.name, fd)
                sync_open_folder(fd)


def _sync_file(name: str, folder_fd: int) -> None:
    with suppress(PermissionError):
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder_fd)
        try:
            sync_file(fd)
        finally:
            os.close(fd)


def _clear(folder: str) -> None:
    """Remove whatever lies in ``folder``, however deep; no link is followed. Raises ``OSError``."""
    with Tree(folder) as tree:
        folders = [""]
        for above in folders:  # it grows while it is walked
            fd = tree.folder(above)
            with os.scandir(fd) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        os.chmod(entry.name, 0o700, dir_fd=fd)
                        folders.append(f"{above}/{entry.name}" if above else entry.name)
                    else:
                        os.unlink(entry.name, dir_fd=fd)
        for path in reversed(folders[1:]):
            above, _, name = path.rpartition("/")
            os.rmdir(name, dir_fd=tree.folder(above))


def _unusable(aside: str, error: OSError) -> EnvironmentUnusable:
    return EnvironmentUnusable(
        f"{aside!a} cannot be written: {error.strerror}.",
        "Look after room and permissions, or name another place. Nothing half-made is left.",
    )
