"""Standing between the program and the operating system.

:func:`stand_between` wraps every ``os`` call that changes or reads a file (and ``syncfs``, and
each SQL statement) before the program is imported. As long as no rule is in force the wrappers
pass everything through; :func:`obey` then counts the steps below one folder, over all threads,
and makes one of them go wrong.
"""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import sqlite3
import stat
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

BY_DESCRIPTOR = {
    "write", "writev", "pwrite", "pwritev", "fsync", "fdatasync", "ftruncate",
    "posix_fallocate", "fchmod", "read", "readv", "pread", "preadv",
}  # fmt: skip
BY_PATH = {"mkdir", "rmdir", "unlink", "remove", "truncate", "chmod", "utime"}
BY_TWO_PATHS = {"rename", "replace", "link"}

READS = frozenset({"read", "readv", "pread", "preadv"})
WRITES = frozenset({"write", "writev", "pwrite", "pwritev"})
SYNCS = frozenset({"fsync", "fdatasync", "syncfs"})
#: The steps after which the archive on the medium is another one than before.
DURABLE = SYNCS | {"rename", "replace", "link", "mkdir", "rmdir", "unlink", "remove", "sql"}
CHANGES = DURABLE | WRITES | {"create", "ftruncate", "truncate", "posix_fallocate", "utime"}
#: The steps that need room, so fail when there is none (freeing never does).
NEED_ROOM = WRITES | {"create", "mkdir", "link", "posix_fallocate", "fsync", "syncfs"}

_IOC_SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN and XFS_IOC_GOINGDOWN are the same number
_NOTHING_MORE_IS_WRITTEN = 2  # NOLOGFLUSH: not even the journal


@dataclass(frozen=True, slots=True)
class Step:
    """One call: its name, the file it touched, that file's inode, and a rename's target."""

    name: str
    path: str
    inode: int | None
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """What to do at the ``nth`` (from 1; 0: never) of the steps ``names`` below ``under``.

    ``deed`` is one of :data:`DEEDS`; ``argument`` is its matter (an error number, a signal
    number, a path). With ``onwards`` the deed is done at every later step as well.
    """

    under: str
    names: frozenset[str] = CHANGES
    nth: int = 0
    deed: str = "kill-before"
    argument: int | str = 0
    onwards: bool = False


class _Watch:
    """The rule in force, and the steps seen so far."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.pid = os.getpid()
        self.lock = threading.RLock()
        self.count = 0
        self.steps: list[Step] = []

    def concerns(self, name: str, step: Step) -> bool:
        """Whether ``step`` is one that the rule counts."""
        inside = (step.path + "/").startswith(self.rule.under + "/")
        return name in self.rule.names and inside

    def pass_through(self, name: str, step: Step, call: Callable[[], Any]) -> Any:
        """Make the call, or do the rule's deed instead when its turn has come."""
        with self.lock:
            if not self.concerns(name, step):
                due = False
            else:
                self.count += 1
                self.steps.append(step)
                nth = self.rule.nth
                due = self.count == nth or (self.rule.onwards and 0 < nth <= self.count)
            if due:
                return DEEDS[self.rule.deed](self.rule.argument, step, call)
        return call()


_watch: _Watch | None = None
_own = threading.local()


def obey(rule: Rule) -> list[Step]:
    """Put ``rule`` in force in this process; the list returned grows with every step seen."""
    global _watch  # noqa: PLW0603 - the wrappers of a whole process need one place to look
    _watch = _Watch(rule)
    return _watch.steps


def _take(name: str, see: Callable[[], Step], call: Callable[[], Any]) -> Any:
    watch = _watch
    if watch is None or watch.pid != os.getpid() or getattr(_own, "business", False):
        return call()
    _own.business = True
    try:
        step = see()
    finally:
        _own.business = False
    return watch.pass_through(name, step, call)


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
        return _take(name, lambda: Step(name, _place(fd), _inode(fd)), lambda: real(fd, *args))

    return wrapped


def _by_path(name: str, real: Any) -> Any:
    def wrapped(path: Any, *args: Any, **options: Any) -> Any:
        folder = options.get("dir_fd")
        return _take(
            name,
            lambda: Step(name, _place(path, folder), _inode(path, folder)),
            lambda: real(path, *args, **options),
        )

    return wrapped


def _by_two_paths(name: str, real: Any) -> Any:
    def wrapped(src: Any, dst: Any, **options: Any) -> Any:
        src_fd, dst_fd = options.get("src_dir_fd"), options.get("dst_dir_fd")
        return _take(
            name,
            lambda: Step(name, _place(src, src_fd), _inode(src, src_fd), _place(dst, dst_fd)),
            lambda: real(src, dst, **options),
        )

    return wrapped


def _opening(name: str, real: Any) -> Any:
    def wrapped(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        def call() -> int:
            return int(real(path, flags, mode, dir_fd=dir_fd))

        step_name = "create" if flags & os.O_CREAT else "look"
        return int(_take(step_name, lambda: Step(step_name, _place(path, dir_fd), None), call))

    del name
    return wrapped


def _connecting(real: Any) -> Any:
    def connect(database: Any, *args: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = real(database, *args, **options)
        place = os.fsdecode(database)
        if place.startswith("file:"):
            place = unquote(place.removeprefix("file:").partition("?")[0])
        step = Step("sql", os.path.abspath(place), None)
        connection.set_trace_callback(lambda _: _take("sql", lambda: step, lambda: None))
        return connection

    return connect


def _stand_before_syncfs() -> None:
    """Wrap libc's ``syncfs`` as the ground of the program calls it."""
    from archiver.durable import files

    real = files._syncfs()
    if real is None:
        return

    def wrapped(fd: int) -> int:
        import ctypes

        try:
            return int(
                _take("syncfs", lambda: Step("syncfs", _place(fd), _inode(fd)), lambda: real(fd))
            )
        except OSError as error:
            ctypes.set_errno(error.errno or errno.EIO)
            return -1

    setattr(files, "_syncfs", lambda: wrapped)  # noqa: B010 - as above


def _die(argument: int | str, step: Step, call: Callable[[], Any]) -> Any:
    del argument, step, call
    os.kill(os.getpid(), signal.SIGKILL)


def _act_and_die(argument: int | str, step: Step, call: Callable[[], Any]) -> Any:
    call()
    return _die(argument, step, call)


def _cut_power(argument: int | str, step: Step, call: Callable[[], Any]) -> Any:
    """Take the ext4 or XFS mounted at ``argument`` away as a power cut would, and die."""
    _own.business = True
    fd = os.open(str(argument), os.O_RDONLY)
    fcntl.ioctl(fd, _IOC_SHUTDOWN, struct.pack("I", _NOTHING_MORE_IS_WRITTEN))
    return _die(argument, step, call)


def _fail(argument: int | str, step: Step, call: Callable[[], Any]) -> Any:
    del call
    raise OSError(int(argument), os.strerror(int(argument)), step.path)


def _signal(argument: int | str, step: Step, call: Callable[[], Any]) -> Any:
    del step
    os.kill(os.getpid(), int(argument))
    return call()


def _hold(argument: int | str, step: Step, call: Callable[[], Any]) -> Any:
    """Stop until somebody has read from one FIFO and written to another (``argument``.*)."""
    del step
    _own.business = True
    try:
        Path(f"{argument}.reached").write_bytes(b"here")
        Path(f"{argument}.go").read_bytes()
    finally:
        _own.business = False
    return call()


def _fill(argument: int | str, step: Step, call: Callable[[], Any]) -> Any:
    """Use up every free block of the file system, then go on."""
    del step
    _own.business = True
    try:
        _use_up_all_room(str(argument))
    finally:
        _own.business = False
    return call()


def _use_up_all_room(path: str) -> None:
    if os.path.exists(path):
        return
    chunk = 1 << 20
    with open(path, "wb", buffering=0) as filler:
        while chunk:
            try:
                filler.write(bytes(chunk))
            except OSError:
                chunk //= 2


def _lie(argument: int | str, step: Step, call: Callable[[], Any]) -> Any:
    """Write, and let the medium keep something else: one bit of the file turns."""
    del argument
    done = call()
    _own.business = True
    try:
        if stat.S_ISREG(os.stat(step.path).st_mode) and os.path.getsize(step.path) > 0:
            _turn_a_bit(step.path)
    finally:
        _own.business = False
    return done


def _turn_a_bit(path: str) -> None:
    with open(path, "r+b", buffering=0) as file:
        middle = os.path.getsize(path) // 2
        byte = os.pread(file.fileno(), 1, middle)
        os.pwrite(file.fileno(), bytes([byte[0] ^ 0x04]), middle)


def _meddle(argument: int | str, step: Step, call: Callable[[], Any]) -> Any:
    """Call, then let a shell do something to the source while it is being read."""
    del step
    done = call()
    _own.business = True
    try:
        code = os.system(str(argument))
    finally:
        _own.business = False
    if code != 0:
        sys.stderr.write(f"meddling failed: {argument}\n")
    return done


DEEDS: dict[str, Callable[[int | str, Step, Callable[[], Any]], Any]] = {
    "kill-before": _die,
    "kill-after": _act_and_die,
    "cut-power": _cut_power,
    "fail": _fail,
    "signal": _signal,
    "hold": _hold,
    "fill": _fill,
    "lie": _lie,
    "meddle": _meddle,
}
