"""Standing between the program and the operating system.

:func:`stand_between` wraps every ``os`` call that changes or reads a file (and ``syncfs``, and
each SQL statement) before the program is imported. As long as no rule is in force the wrappers
pass everything through; :func:`obey` then counts the steps below one folder, over all threads,
and makes one of them go wrong.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from tests.crash.deeds import DEEDS, on_own_business, own_business
from tests.crash.steps import Rule, Step

BY_DESCRIPTOR = {
    "write", "writev", "pwrite", "pwritev", "fsync", "fdatasync", "ftruncate",
    "posix_fallocate", "fchmod", "read", "readv", "pread", "preadv",
}  # fmt: skip
BY_PATH = {"mkdir", "rmdir", "unlink", "remove", "truncate", "chmod", "utime"}
BY_TWO_PATHS = {"rename", "replace", "link"}


class _Watch:
    """The rule in force, and the steps seen so far."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.pid = os.getpid()
        self.lock = threading.RLock()
        self.count = 0
        self.steps: list[Step] = []

    def pass_through(self, step: Step, call: Callable[[], Any]) -> Any:
        """Make the call, or do the rule's deed instead when its turn has come."""
        with self.lock:
            if self._is_due(step):
                return DEEDS[self.rule.deed](self.rule.argument, step, call)
        return call()

    def _is_due(self, step: Step) -> bool:
        """Count ``step`` if the rule is about it, and say whether its turn has come."""
        inside = (step.path + "/").startswith(self.rule.under + "/")
        if not inside or step.name not in self.rule.names:
            return False
        self.count += 1
        self.steps.append(step)
        nth = self.rule.nth
        return self.count == nth or (self.rule.onwards and 0 < nth <= self.count)


_watch: _Watch | None = None


def obey(rule: Rule) -> list[Step]:
    """Put ``rule`` in force in this process; the list returned grows with every step seen."""
    global _watch  # noqa: PLW0603 - the wrappers of a whole process need one place to look
    _watch = _Watch(rule)
    return _watch.steps


def _take(see: Callable[[], Step], call: Callable[[], Any]) -> Any:
    watch = _watch
    if watch is None or watch.pid != os.getpid() or on_own_business():
        return call()
    with own_business():
        step = see()
    return watch.pass_through(step, call)


def _place(ref: int | str | bytes | os.PathLike[str], folder: int | None = None) -> str:
    if isinstance(ref, int):
        return os.readlink(f"/proc/self/fd/{ref}")
    text = os.fsdecode(ref)
    if folder is not None and not text.startswith("/"):
        return os.path.join(os.readlink(f"/proc/self/fd/{folder}"), text)
    return os.path.abspath(text)


def _inode(ref: Any, folder: int | None = None) -> int | None:
    try:
        return os.fstat(ref).st_ino if isinstance(ref, int) else os.lstat(ref, dir_fd=folder).st_ino
    except OSError:
        return None


def stand_between() -> None:
    """Wrap the calls. To be called once, before anything of the program is imported."""
    for name in sorted(BY_DESCRIPTOR):
        _replace(name, _by_descriptor)
    for name in sorted(BY_PATH):
        _replace(name, _by_path)
    for name in sorted(BY_TWO_PATHS):
        _replace(name, _by_two_paths)
    _replace("open", _opening)
    connect = _connecting(sqlite3.connect)
    for module in (sqlite3, sqlite3.dbapi2):
        setattr(module, "connect", connect)  # noqa: B010 - a module's function is no attribute
    _stand_before_syncfs()


def _replace(name: str, wrap: Callable[[str, Any], Any]) -> None:
    real = getattr(os, name)
    wrapped = wrap(name, real)
    setattr(os, name, wrapped)
    # shutil and tempfile ask these sets what a function can do
    for ability in (os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks):
        if real in ability:
            ability.add(wrapped)


def _by_descriptor(name: str, real: Any) -> Any:
    def wrapped(fd: int, *args: Any) -> Any:
        return _take(lambda: Step(name, _place(fd), _inode(fd)), lambda: real(fd, *args))

    return wrapped


def _by_path(name: str, real: Any) -> Any:
    def wrapped(path: Any, *args: Any, **options: Any) -> Any:
        folder = options.get("dir_fd")
        return _take(
            lambda: _step_by_path(name, path, folder),
            lambda: real(path, *args, **options),
        )

    return wrapped


def _step_by_path(name: str, path: Any, folder: int | None) -> Step:
    """The step, or a mere look where there is nothing to remove, or the folder is there already."""
    inode = _inode(path, folder)
    changes = (inode is None) == (name == "mkdir")
    return Step(name if changes else "look", _place(path, folder), inode)


def _by_two_paths(name: str, real: Any) -> Any:
    def wrapped(src: Any, dst: Any, **options: Any) -> Any:
        src_fd, dst_fd = options.get("src_dir_fd"), options.get("dst_dir_fd")
        return _take(
            lambda: Step(name, _place(src, src_fd), _inode(src, src_fd), _place(dst, dst_fd)),
            lambda: real(src, dst, **options),
        )

    return wrapped


def _opening(name: str, real: Any) -> Any:
    def wrapped(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        def call() -> int:
            return int(real(path, flags, mode, dir_fd=dir_fd))

        step_name = "create" if flags & os.O_CREAT else "look"
        return int(_take(lambda: Step(step_name, _place(path, dir_fd), None), call))

    del name
    return wrapped


#: How often it is written is a matter of time, as recordings are examined beside the copying: what
#: is done there is no step, so that the same number stands for the same step in every run.
_UNSTEADY = "/examined.sqlite"


def _connecting(real: Any) -> Any:
    def connect(database: Any, *args: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = real(database, *args, **options)
        place = os.fsdecode(database)
        if place.endswith(_UNSTEADY):
            return connection
        if place.startswith("file:"):
            place = unquote(place.removeprefix("file:").partition("?")[0])
        step = Step("sql", os.path.abspath(place), None)
        connection.set_trace_callback(lambda _: _take(lambda: step, lambda: None))
        return connection

    return connect


def _stand_before_syncfs() -> None:
    """Wrap libc's ``syncfs`` as the ground of the program calls it."""
    from archiver.durable import whole

    real = whole._syncfs()
    if real is None:
        return

    def wrapped(fd: int) -> int:
        import ctypes

        try:
            return int(_take(lambda: Step("syncfs", _place(fd), _inode(fd)), lambda: real(fd)))
        except OSError as error:
            ctypes.set_errno(error.errno or errno.EIO)
            return -1

    setattr(whole, "_syncfs", lambda: wrapped)  # noqa: B010 - as above
