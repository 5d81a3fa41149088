"""What a bag may be called, and in which folder it lies."""

from __future__ import annotations

import hashlib
import re

from archiver.errors import UsageError

LONGEST = 128
_ALLOWED = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?", re.ASCII)
_DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in "123456789"
}


def check_bag_id(text: str) -> str:
    """Return ``text`` if it can name a bag, else raise :class:`UsageError`.

    A bag's identifier is the name of its folder and has to survive every file system, shell
    and URL for decades: 1 to 128 of the letters A-Z a-z, the digits, ``.``, ``_`` and ``-``;
    a letter or digit first, no dot last, and no device name of Windows.
    """
    if not text:
        raise UsageError("a bag identifier must not be empty", "Give one with --id.")
    if len(text) > LONGEST:
        raise UsageError(
            f"the bag identifier is {len(text)} characters long; {LONGEST} are allowed",
            "Choose a shorter one; the full title belongs into --info External-Description=...",
        )
    if not _ALLOWED.fullmatch(text):
        raise UsageError(
            f"{text!r} cannot be a bag identifier",
            "Use letters A-Z, a-z, digits, '.', '_' and '-'; begin with a letter or digit, and "
            "do not end in a dot.",
        )
    if text.lower().partition(".")[0] in _DEVICES:
        raise UsageError(
            f"{text!r} is the name of a device on Windows and cannot be a bag identifier",
            "Choose another one.",
        )
    return text


def shard_of(bag_id: str) -> str:
    """Return the folder below ``bags/`` for a bag: the first two hex digits of its id's SHA-256.

    256 folders keep directory listings short with a million bags, and anybody can work out by
    hand where a bag lies: ``printf %s ID | sha256sum | cut -c 1-2``.
    """
    return hashlib.sha256(bag_id.encode()).hexdigest()[:2]
