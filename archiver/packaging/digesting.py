"""Every digest of a file out of one read of it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from blake3 import blake3

from archiver.hashing import BlockDigests, new_digest


class FileDigests:
    """Manifest digests, BLAKE3 of the file and BLAKE3 of each 1 MiB block, fed piece by piece.

    With ``lane`` the slow manifest digests
    run on that one-thread executor while the caller writes the same piece to disk.
    """

    def __init__(self, algorithms: Sequence[str], lane: ThreadPoolExecutor | None = None) -> None:
        self._manifest = [new_digest(name) for name in algorithms]
        self._whole = blake3(max_threads=1)
        self._blocks = BlockDigests()
        self._lane = lane

    def feed(self, piece: memoryview) -> Future[None] | None:
        """Take in ``piece``; it may be reused once the returned future, if any, is done."""
        pending = self._lane.submit(self._feed_manifest, piece) if self._lane else None
        if pending is None:
            self._feed_manifest(piece)
        self._whole.update(piece)
        self._blocks.update(piece)
        return pending

    def _feed_manifest(self, piece: memoryview) -> None:
        for digest in self._manifest:
            digest.update(piece)

    def result(self) -> tuple[tuple[bytes, ...], bytes]:
        """Return the digests (in the order asked for, BLAKE3 last) and the blocks', joined."""
        named = (*(digest.digest() for digest in self._manifest), self._whole.digest())
        return named, b"".join(self._blocks.digests())


def digests_of_small(content: memoryview, algorithms: Sequence[str]) -> tuple[bytes, ...]:
    """Return what :class:`FileDigests` would of content of at most one block.

    Such a file's one block has the file's own digest, so blocks need no mention.
    """
    digests = []
    for name in algorithms:
        digest = new_digest(name)
        digest.update(content)
        digests.append(digest.digest())
    return (*digests, blake3(content).digest())
