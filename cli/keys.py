"""Private keys on disk: where they are looked for, reading one, writing a new one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from archiver.errors import EnvironmentUnusable, UsageError
from cli.options import read_bytes

if TYPE_CHECKING:
    from archiver.archive import Archive
    from archiver.events.signing import SigningKey

KEY_VARIABLE = "ARCHIVER_LOG_KEY"
KEY_HELP = f"Sign with the private key in FILE; else ${KEY_VARIABLE}, else what `log key` made."


def signing_key(file: str | None) -> SigningKey | None:
    """Return the private key in ``file``, ``None`` where none is named.

    Raises :class:`UsageError`.
    """
    from archiver.events.signing import parse_signing_key

    if not file:
        return None
    try:
        return parse_signing_key(read_bytes(file).decode())
    except ValueError as error:
        raise UsageError(f"{file} {error}", "Make one: archiver log key FILE") from error


def log_key(archive: Archive, file: str | None = None) -> SigningKey | None:
    """Return the key that signs the checkpoints of the archive's log, if there is one.

    It is in ``file``, else where the variable says, else in :func:`home_of_key`. Raises
    :class:`UsageError` for one that is named and cannot be used.
    """
    named = file or os.environ.get(KEY_VARIABLE)
    home = home_of_key(archive)
    return signing_key(named or (str(home) if home.exists() else None))


def home_of_key(archive: Archive) -> Path:
    """Return where this user's key for the archive's log is looked for: not in the archive."""
    base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    return Path(base, "archiver", f"{archive.identity}.key")


def made_home_of_key(archive: Archive) -> str:
    """Return :func:`home_of_key`, its folder made. Raises :class:`EnvironmentUnusable`."""
    home = home_of_key(archive)
    try:
        home.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentUnusable(f"{home} cannot be made: {error.strerror}") from error
    return str(home)


def write_key(file: str | Path, key: SigningKey) -> None:
    """Write a private key to a new file that only its owner can read.

    Raises :class:`UsageError` when something is there, :class:`EnvironmentUnusable`.
    """
    from archiver.durable import sync_file

    try:
        fd = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            os.write(fd, key.text().encode() + b"\n")
            sync_file(fd)
        finally:
            os.close(fd)
    except FileExistsError as error:
        raise UsageError(f"{file} is there already", "A key is never overwritten.") from error
    except OSError as error:
        raise EnvironmentUnusable(
            f"{file} cannot be written: {error.strerror}",
            "Look after room and permissions, or name another place.",
        ) from error
