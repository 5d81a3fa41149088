"""Reading a file once for all that is asked of it: digests of the whole, and of its sound."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from archiver.hashing import Digest, is_known, new_digest
from archiver.hashing.jobs import trouble_opening, trouble_reading
from archiver.hashing.tracks import CD, COPY_CRC, FRAME, SECTOR, Crc32, track_digest
from archiver.progress import Progress
from archiver.sidecars.ledger import Fact, Needed
from archiver.sidecars.sound import NoSoundError, Samples, find_samples, read_streaminfo
from archiver.tree import Tree

_PIECE = 1 << 20
_FILES_A_WORKER = 16  # handed out at a time
_CD_BITS = CD[2]


@dataclass(frozen=True, slots=True)
class Testimony:
    """What one file gave; ``trouble`` when it could not be read to its end."""

    needed: Needed
    facts: tuple[Fact, ...]
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class _Ear:
    """Somebody who wants the bytes from ``start`` to ``end``."""

    algorithm: str
    digest: Digest
    start: int
    end: int

    def hear(self, piece: memoryview, at: int) -> None:
        """Take what is wanted of ``piece``, which stands at offset ``at``."""
        low, high = max(self.start - at, 0), min(self.end - at, len(piece))
        if low < high:
            self.digest.update(piece[low:high])


def hear_all(
    root: Tree, needs: Iterable[Needed], workers: int, progress: Progress
) -> Generator[Testimony, None, None]:
    """Yield a testimony for each file, ``workers`` files being read at a time.

    For what :func:`archiver.hashing.read_all` does not compute. Every file is read once, and of
    FLAC files only the header where nothing but the header is asked for. Left early (by an
    interrupt, say), it ends within the time of a piece.
    """
    own = threading.local()
    trees: list[Tree] = []
    stop = threading.Event()

    def tell(count: int) -> None:
        if stop.is_set():
            raise _AbandonedError
        progress.advance(count, 0)

    def hear(needed: Needed) -> Testimony:
        if not hasattr(own, "tree"):
            own.tree = root.again()
            trees.append(own.tree)
        testimony = _hear(own.tree, needed, tell)
        progress.advance(0, 1)
        return testimony

    waiting = iter(needs)
    pool = ThreadPoolExecutor(workers, "sidecars")
    try:
        while lot := list(islice(waiting, workers * _FILES_A_WORKER)):
            yield from pool.map(hear, lot)
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)
        for tree in trees:
            tree.close()


class _AbandonedError(Exception):
    """Nobody wants to know any more."""


def _hear(tree: Tree, needed: Needed, tell: Callable[[int], None]) -> Testimony:
    try:
        fd = tree.open_file(needed.path)
    except (OSError, ValueError) as error:
        return _unread(needed, trouble_opening(error).message)
    try:
        return Testimony(needed, tuple(_facts(fd, needed, tell)))
    except OSError as error:
        return _unread(needed, trouble_reading(error, 0).message)
    finally:
        os.close(fd)


def _unread(needed: Needed, message: str) -> Testimony:
    facts = (Fact(needed.file, name, None, reason=message) for name in needed.algorithms)
    return Testimony(needed, tuple(facts), message)


def _facts(fd: int, needed: Needed, tell: Callable[[int], None]) -> Iterator[Fact]:
    size = os.fstat(fd).st_size
    ears: list[_Ear] = []
    for name in needed.algorithms:
        try:
            one = _ear_or_fact(fd, size, needed.file, name)
        except NoSoundError as wrong:
            one = Fact(needed.file, name, None, reason=str(wrong))
        if isinstance(one, Fact):
            yield one
        else:
            ears.append(one)
    _read(fd, ears, tell)
    for ear in ears:
        yield Fact(needed.file, ear.algorithm, ear.digest.digest().hex())


def _ear_or_fact(fd: int, size: int, file: int, algorithm: str) -> _Ear | Fact:
    if algorithm == "crc32":
        return _Ear(algorithm, Crc32(), 0, size)
    if is_known(algorithm):
        return _Ear(algorithm, new_digest(algorithm), 0, size)
    if algorithm == "ffp":
        return _stated(fd, file, algorithm)
    try:
        samples = find_samples(fd, size)
    except NoSoundError:
        if algorithm == "st5" and _has_16_bits(fd):
            return _stated(fd, file, algorithm)  # the same samples in the same order
        raise
    if algorithm == COPY_CRC and samples.bits != _CD_BITS:
        raise NoSoundError("a copy CRC is that of 16-bit samples")
    if algorithm not in ("st5", COPY_CRC) and not _is_track(samples):
        raise NoSoundError("AccurateRip's sum is that of a track of whole sectors")
    digest = new_digest("md5") if algorithm == "st5" else track_digest(algorithm)
    return _Ear(algorithm, digest, samples.offset, samples.offset + samples.size)


def _is_track(samples: Samples) -> bool:
    return samples.shape == CD and samples.size > 0 and samples.size % (SECTOR * FRAME) == 0


def _has_16_bits(fd: int) -> bool:
    try:
        return read_streaminfo(fd).bits == _CD_BITS
    except NoSoundError:
        return False


def _stated(fd: int, file: int, algorithm: str) -> Fact:
    """Return the MD5 of the samples that a FLAC header states."""
    md5 = read_streaminfo(fd).md5
    if md5 is None:
        raise NoSoundError("the FLAC header holds no MD5")
    return Fact(file, algorithm, md5, from_header=True)


def _read(fd: int, ears: list[_Ear], tell: Callable[[int], None]) -> None:
    at = min((ear.start for ear in ears), default=0)
    end = max((ear.end for ear in ears), default=0)
    while at < end:
        piece = memoryview(os.pread(fd, min(_PIECE, end - at), at))
        if not piece:
            raise OSError("the file became shorter while it was read")
        for ear in ears:
            ear.hear(piece, at)
        tell(len(piece))
        at += len(piece)
