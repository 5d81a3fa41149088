"""Unpacking a bag from an archive file whose structure was found sound, with our own hands."""

from __future__ import annotations

import os

from archiver.progress import Progress
from archiver.serial.reading.content import content
from archiver.serial.reading.opening import Opened
from archiver.tree import Tree

_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def unpack(archive: Opened, top: str, folder: str, progress: Progress) -> None:
    """Unpack what lies below ``top`` into the empty ``folder``, files with the times they had.

    Whatever the names are, nothing is made outside: each folder is entered from the one above,
    and no link is followed. Raises ``OSError``, and
    :class:`archiver.serial.reading.model.RefusedArchiveError` for a member that is not what it
    said.
    """
    prefix = f"{top}/" if top else ""
    made = {""}
    with Tree(folder) as tree:
        for name, member in archive.members.items():
            path = name.removeprefix(prefix)
            if not name.startswith(prefix):
                continue
            above, _, last = (path, "", "") if member.is_folder else path.rpartition("/")
            _make_folders(tree, above, made)
            if member.is_folder:
                continue
            fd = os.open(last, _CREATE, 0o644, dir_fd=tree.folder(above))
            try:
                for portion in content(archive.fd, member):
                    view = memoryview(portion)
                    while view:
                        view = view[os.write(fd, view) :]
                    progress.advance(len(portion), 0)
                if member.mtime_ns is not None:
                    os.utime(fd, ns=(member.mtime_ns, member.mtime_ns))
            finally:
                os.close(fd)
            progress.advance(0, 1)


def _make_folders(tree: Tree, path: str, made: set[str]) -> None:
    missing = []
    while path not in made:
        missing.append(path)
        path = path.rpartition("/")[0]
    for one in reversed(missing):
        above, _, name = one.rpartition("/")
        os.mkdir(name, 0o755, dir_fd=tree.folder(above))
        made.add(one)
