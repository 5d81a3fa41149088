"""Where the bags are: on which device, and whether their store is there at all."""

from __future__ import annotations

import os
from pathlib import Path

from archiver.archive import Archive
from archiver.findings import Finding


def device_of(place: Path) -> str:
    """Return the device number of the file system that holds a bag, as ``lsblk`` names it."""
    try:
        number = os.stat(place).st_dev
    except OSError:
        return ""
    return f"{os.major(number)}:{os.minor(number)}"


def offline_store(archive: Archive) -> Finding | None:
    """Say when the whole store is away: that is one thing to mend, not ten thousand."""
    try:
        with os.scandir(archive.bags) as shards:
            if any(True for _ in shards):
                return None
    except OSError as error:
        return Finding("store-offline", f"{archive.bags} cannot be read: {error.strerror}", "bags")
    return Finding("store-offline", f"{archive.bags} is empty", "bags")
