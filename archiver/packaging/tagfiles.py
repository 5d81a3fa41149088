"""Tag files of a bag in the making: digested as they are written, synced, read back."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from archiver.closing import Closing
from archiver.durable import sync_file
from archiver.durable.files import write_all
from archiver.errors import EnvironmentUnusable
from archiver.hashing.algorithms import new_digest
from archiver.hashing.medium import drop_from_cache
from archiver.packaging.unusable import unusable

_FLAGS = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MODE = 0o444
_FLUSH_AT = 1 << 20


class TagFile:
    """One tag file being written. Closing it syncs it and reads it back."""

    def __init__(self, place: str, algorithms: Sequence[str]) -> None:
        self._place = place
        self._algorithms = algorithms
        self._digests = [new_digest(name) for name in algorithms]
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._fd = os.open(place, _FLAGS, _MODE)

    def add(self, piece: bytes) -> None:
        """Append ``piece``."""
        self._pending.append(piece)
        self._pending_bytes += len(piece)
        if self._pending_bytes >= _FLUSH_AT:
            self._flush()

    def finish(self) -> tuple[bytes, ...]:
        """Sync the file, read it back, and return its digests, one for each algorithm."""
        self._flush()
        sync_file(self._fd)
        drop_from_cache(self._fd)
        digests = tuple(digest.digest() for digest in self._digests)
        if self._digests_on_medium() != digests:
            raise EnvironmentUnusable(
                f"what was written does not read back the same: {self._place}",
                "The archive's disk, its cable or this computer's memory is not to be trusted.",
            )
        return digests

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self._fd)

    def _flush(self) -> None:
        data = b"".join(self._pending)
        for digest in self._digests:
            digest.update(memoryview(data))
        write_all(self._fd, data)
        self._pending, self._pending_bytes = [], 0

    def _digests_on_medium(self) -> tuple[bytes, ...]:
        again = [new_digest(name) for name in self._algorithms]
        os.lseek(self._fd, 0, os.SEEK_SET)
        while piece := os.read(self._fd, _FLUSH_AT):
            for digest in again:
                digest.update(memoryview(piece))
        return tuple(digest.digest() for digest in again)


class TagFiles(Closing):
    """The tag files of one bag, with the digests a tag manifest needs.

    As a context it closes whatever is still open. Raises
    :class:`~archiver.errors.EnvironmentUnusable` when the archive's side fails.
    """

    def __init__(self, bag: str, algorithms: Sequence[str]) -> None:
        self.bag = bag
        self.algorithms = tuple(algorithms)
        self._open: dict[str, TagFile] = {}
        self.digests: dict[str, tuple[bytes, ...]] = {}

    def close(self) -> None:
        """Close what was opened."""
        for file in self._open.values():
            file.close()

    def open(self, name: str) -> TagFile:
        """Start the tag file ``name`` (relative to the bag, with ``/``)."""
        place = f"{self.bag}/{name}"
        try:
            os.makedirs(os.path.dirname(place), exist_ok=True)
            file = TagFile(place, self.algorithms)
        except OSError as error:
            raise unusable(error, place) from error
        self._open[name] = file
        return file

    def finish(self) -> None:
        """Finish every tag file that is open."""
        for name in sorted(self._open):
            try:
                self.digests[name] = self._open[name].finish()
            except OSError as error:
                raise unusable(error, f"{self.bag}/{name}") from error
            self._open.pop(name).close()

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write the whole tag file ``name``."""
        file = self.open(name)
        for piece in pieces:
            file.add(piece)
        self.finish()
