"""The source and the archive must lie apart: neither within the other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from archiver.errors import UsageError


def require_apart(source: str, archive: Path | None) -> None:
    """Raise :class:`~archiver.errors.UsageError` unless the two folders lie apart.

    ``archive`` is ``None`` where there is none yet: then the source need only have a name (an
    empty one, as of a shell's unset variable, would mean the folder we stand in).

    An archive within the source would be packaged into itself; a source within the archive is
    the archive's own. Compared by what the file system says is the same folder, so that no
    link, mount or spelling hides it.
    """
    if not source:
        raise UsageError("the source has an empty name", "Name the folder to package.")
    if archive is None:
        return
    inner, outer = _identity(source), _identity(archive)
    if outer is not None and outer in _ancestry(source):
        raise UsageError(
            f"the source {source!a} lies within the archive {archive}",
            "What is sealed needs no packaging; name a folder outside the archive.",
        )
    if inner is not None and inner in _ancestry(archive):
        raise UsageError(
            f"the archive {archive} lies within the source {source!a}",
            "Move the archive elsewhere, or package the folders beside it one by one.",
        )


def _ancestry(place: str | Path) -> Iterator[tuple[int, int] | None]:
    """Yield the identity of ``place`` and of every folder above it."""
    real = os.path.realpath(place)
    yield _identity(real)
    while real != (above := os.path.dirname(real)):
        real = above
        yield _identity(real)


def _identity(place: str | Path) -> tuple[int, int] | None:
    """Return what tells one folder from every other; ``None`` for what cannot be looked at."""
    try:
        status = os.stat(place)
    except OSError:
        return None
    return status.st_dev, status.st_ino
