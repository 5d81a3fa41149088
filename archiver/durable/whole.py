"""Syncing a whole file system at once, where one call does for all files what ``fsync`` does."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

_KEEP_THE_PROMISE = {
    0xEF53: "ext2, ext3, ext4",
    0x58465342: "xfs",
    0x9123683E: "btrfs",
    0xF2F52010: "f2fs",
    0xCA451A4E: "bcachefs",
    0x2FC12FC1: "zfs",
    0x794C7630: "overlayfs, which asks the one it lies on",
    0x01021994: "tmpfs, which has no medium",
}
"""Numbers that ``statfs`` has for file systems whose ``syncfs`` reaches the medium.

Of others it returns 0 all the same: FUSE (mergerfs, sshfs, ntfs-3g) never hears of the call, SMB
does not tell the server to write, vfat does not flush the drive. There each file is synced.
"""


def sync_filesystem(fd: int) -> bool:
    """Return when everything written so far to the file system of ``fd`` is on the medium.

    ``False`` where :func:`can_sync_filesystem` says so: then nothing was synced and each file
    must be synced by itself. Raises ``OSError`` when the kernel reports that something could not
    be written.
    """
    call = _syncfs()
    if call is None or not can_sync_filesystem(fd):
        return False
    import ctypes

    if call(fd) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return True


def can_sync_filesystem(fd: int) -> bool:
    """Tell whether :func:`sync_filesystem` works for the file system of the open file ``fd``.

    Not on machines that offer no ``syncfs`` that reports errors (Linux before 5.8, other
    systems), and not on file systems that make nothing, or less, of the call. Nothing is synced.
    """
    return _syncfs() is not None and _number_of(fd) in _KEEP_THE_PROMISE


@cache
def _syncfs() -> Any | None:
    """Return libc's ``syncfs`` where it reports write errors (Linux 5.8 on), else ``None``."""
    system = os.uname()
    if system.sysname != "Linux":
        return None
    major, minor = (int(part) for part in system.release.split("-")[0].split(".")[:2])
    if (major, minor) < (5, 8):
        return None
    import ctypes

    return getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)


def _number_of(fd: int) -> int | None:
    """Return the number of the kind of file system, as ``statfs(2)`` lists them."""
    import ctypes

    answer = ctypes.create_string_buffer(512)  # the structure has 64 to 120 bytes
    if ctypes.CDLL(None).fstatfs(fd, answer) != 0:
        return None
    # Its first member, of 32 or 64 bits; no number has more than 32.
    wide = ctypes.c_long.from_buffer(answer).value & 0xFFFFFFFF
    narrow = ctypes.c_uint32.from_buffer(answer).value
    return wide if wide in _KEEP_THE_PROMISE else narrow
