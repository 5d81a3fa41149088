"""The checkpoints in the archive's own bags: each saw the log as it was before its bag."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from archiver.archive import Archive
from archiver.errors import IncompleteError, UsageError
from archiver.events.checkpoint import IN_BAGS, origin_of
from archiver.findings import Finding
from archiver.log.seen import MOST_BYTES, Seen, read_seen, vouching

_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(slots=True)
class InBags:
    """What the bags say. ``points`` are those of this log, in order: size, root, bag.

    ``without`` counts bags that have no checkpoint, ``foreign`` those whose checkpoint is of
    another archive's log, where they were made.
    """

    points: list[tuple[int, bytes, str]] = field(default_factory=list)
    without: int = 0
    foreign: int = 0
    findings: list[Finding] = field(default_factory=list)


def checkpoints_in_bags(archive: Archive, keys: Sequence[str] = ()) -> InBags:
    """Read the checkpoint of every bag; nothing else of a bag is read.

    Of signatures only those of ``keys`` are looked at, and only whether they are true. Raises
    :class:`IncompleteError` when the bags are not to be seen.
    """
    found, ours = InBags(), origin_of(archive.identity)
    for bag in _bags(archive.bags):
        try:
            data = _read(bag / IN_BAGS)
            seen = (
                None if data is None else read_seen(data, f"the checkpoint in the bag {bag.name}")
            )
        except (OSError, UsageError) as error:
            why = error.message if isinstance(error, UsageError) else str(error.strerror)
            found.findings.append(Finding("checkpoint-unreadable", why, bag.name))
            continue
        if seen is None:
            found.without += 1
        elif seen.checkpoint.origin != ours:
            found.foreign += 1
        else:
            found.points.append((seen.checkpoint.size, seen.checkpoint.root, bag.name))
            found.findings += _forged(seen, keys)
    found.points.sort()
    return found


def in_the_bag(folder: str | os.PathLike[str]) -> str | None:
    """Return the place of the checkpoint in the bag ``folder``; ``None`` where it has none."""
    place = os.path.join(os.fspath(folder), IN_BAGS)
    return place if os.path.isfile(place) else None


def _forged(seen: Seen, keys: Sequence[str]) -> Iterator[Finding]:
    if keys and seen.note.signatures:
        yield from (one for one in vouching(seen, keys) if one.code == "checkpoint-forged")


def _bags(bags: Path) -> Iterator[Path]:
    try:
        for shard in sorted(one.name for one in os.scandir(bags) if one.is_dir()):
            for name in sorted(one.name for one in os.scandir(bags / shard) if one.is_dir()):
                yield bags / shard / name
    except OSError as error:
        raise IncompleteError(
            f"the bags in {bags} cannot be looked at: {error.strerror}",
            "Mount the store, or leave --against-bags away.",
        ) from error


def _read(place: Path) -> bytes | None:
    try:
        fd = os.open(place, _READ)
    except FileNotFoundError:
        return None
    with os.fdopen(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(0, "it is no file")
        return file.read(MOST_BYTES + 1)
