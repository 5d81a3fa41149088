"""Private keys on disk: reading one that the command line names, writing a new one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from archiver.errors import EnvironmentUnusable, UsageError
from cli.options import read_bytes

if TYPE_CHECKING:
    from archiver.events.signing import SigningKey

KEY_VARIABLE = "ARCHIVER_LOG_KEY"
KEY_HELP = f"Sign with the private key in FILE (see `log key`); else ${KEY_VARIABLE}."


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


def write_key(file: str, key: SigningKey) -> None:
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
        raise EnvironmentUnusable(f"{file} cannot be written: {error.strerror}") from error
