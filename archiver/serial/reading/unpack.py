"""Unpacking a bag from an archive file whose structure was found sound, with our own hands."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from archiver.errors import EnvironmentUnusable
from archiver.progress import Progress
from archiver.serial.reading.content import content
from archiver.serial.reading.model import Member, RefusedArchiveError
from archiver.serial.reading.opening import Opened
from archiver.tree import Tree

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

Into = Callable[[str], str | None]
"""From the name of a member to the path it is to have, ``None`` for one that is not wanted."""


def below(top: str) -> Into:
    """Return the places of what lies below ``top`` ("" is the archive's root)."""
    prefix = f"{top}/" if top else ""
    return lambda name: name.removeprefix(prefix) if name.startswith(prefix) else None


def unpack(archive: Opened, top: str, folder: str, progress: Progress) -> None:
    """Unpack what lies below ``top`` into the empty ``folder``, files with the times they had.

    Raises what :func:`lay_out` raises, and :class:`RefusedArchiveError` for the first member that
    is not what it said.
    """
    for refused in lay_out(archive, below(top), folder, progress):
        raise refused


def lay_out(
    archive: Opened, into: Into, folder: str, progress: Progress
) -> Iterator[RefusedArchiveError]:
    """Unpack members to their places below ``folder``; yield what is wrong with any, and go on.

    Of a member that is not what it said nothing is left. Whatever the names are, nothing is made
    outside: each folder is entered from the one above, no link is followed, and nothing that is
    there is written over. Raises ``OSError`` when the archive file cannot be read, and
    :class:`EnvironmentUnusable` when the folder cannot be written.
    """
    made = {""}
    with Tree(folder) as tree:
        for name, member in archive.members.items():
            path = into(name)
            if path is None:
                continue
            above = path if member.is_folder else path.rpartition("/")[0]
            try:
                _make_folders(tree, above, made)
                if not member.is_folder:
                    _file(tree, path, archive.fd, member, progress)
            except RefusedArchiveError as refused:
                yield refused


def _file(tree: Tree, path: str, archive_fd: int, member: Member, progress: Progress) -> None:
    above, _, name = path.rpartition("/")
    where = tree.folder(above)
    try:
        fd = os.open(name, _CREATE, 0o644, dir_fd=where)
    except FileExistsError:
        message = "there is a file of this name already"
        raise RefusedArchiveError("archive-duplicate", message, member.name) from None
    except OSError as error:
        raise _unwritable(tree, path, error) from error
    try:
        for portion in content(archive_fd, member):
            _write(fd, portion, tree, path)
            progress.advance(len(portion), 0)
        if member.mtime_ns is not None:
            os.utime(fd, ns=(member.mtime_ns, member.mtime_ns))
    except RefusedArchiveError:
        os.unlink(name, dir_fd=where)
        raise
    finally:
        os.close(fd)
    progress.advance(0, 1)


def _write(fd: int, portion: bytes, tree: Tree, path: str) -> None:
    view = memoryview(portion)
    try:
        while view:
            view = view[os.write(fd, view) :]
    except OSError as error:
        raise _unwritable(tree, path, error) from error


def _make_folders(tree: Tree, path: str, made: set[str]) -> None:
    missing = []
    while path not in made:
        missing.append(path)
        path = path.rpartition("/")[0]
    for one in reversed(missing):
        above, _, name = one.rpartition("/")
        try:
            os.mkdir(name, 0o755, dir_fd=tree.folder(above))
        except FileExistsError:
            pass  # of another part; that it is a folder shows when it is opened
        except OSError as error:
            raise _unwritable(tree, one, error) from error
        made.add(one)


def _unwritable(tree: Tree, path: str, error: OSError) -> EnvironmentUnusable:
    return EnvironmentUnusable(
        f"{tree.root}/{path} cannot be written: {error.strerror}.",
        "Look after room and permissions. Nothing half-made is left.",
    )
