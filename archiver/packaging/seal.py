"""Sealing: all of the bag on the medium, then visible in one step."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from archiver.durable import publish_folder, sync_filesystem, sync_folder
from archiver.packaging.folders import folders_of
from archiver.packaging.unusable import unusable


def sync_bag(bag: Path) -> None:
    """Return when every folder of the staged bag is on the medium; its files already are.

    Raises :class:`~archiver.errors.EnvironmentUnusable` when the kernel says it could not be.
    """
    fd = os.open(bag, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if not sync_filesystem(fd):
            for folder in reversed(folders_of(bag)):
                sync_folder(folder)
    except OSError as error:
        raise unusable(error, str(bag)) from error
    finally:
        os.close(fd)


def publish(bag: Path, final: Path) -> None:
    """Make the synced bag visible at ``final``. Nothing is ever overwritten.

    Raises :class:`~archiver.errors.EnvironmentUnusable` when the archive's side fails.
    """
    try:
        final.parent.mkdir(exist_ok=True)
        sync_folder(final.parent.parent)
        publish_folder(bag, final)
    except OSError as error:
        raise unusable(error, str(final)) from error


def tag_manifest_digest(bag: Path) -> str:
    """Return SHA-512 (hex) of ``tagmanifest-sha512.txt``, which every bag made here has.

    Nothing inside a bag covers its own tag manifest; this digest, in the log, does.
    """
    return hashlib.sha512((bag / "tagmanifest-sha512.txt").read_bytes()).hexdigest()
