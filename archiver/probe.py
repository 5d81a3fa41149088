"""Probing: what recordings anywhere are, without an archive and without writing a byte.

Lists files, hands them to the limited workers of :mod:`archiver.audio.tags`, and passes on what
they say. Links are never followed, and what is no regular file is never opened.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archiver.audio.decode import require_decoder
from archiver.audio.decode.model import Wish
from archiver.audio.examination import AudioExamination
from archiver.audio.record import failed
from archiver.audio.tags import TagReader
from archiver.findings import CODES, Severity
from archiver.state import State
from archiver.tree import Tree

_OBSTACLES = {
    stat.S_IFLNK: "a link, which is not followed",
    stat.S_IFIFO: "a FIFO, which is not opened",
    stat.S_IFSOCK: "a socket, which is not opened",
    stat.S_IFBLK: "a device, which is not opened",
    stat.S_IFCHR: "a device, which is not opened",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place where a file is or should be.

    ``size`` is in bytes. ``obstacle`` says in words why the place cannot be looked into (a link,
    a FIFO, no permission), ``None`` for a regular file.
    """

    path: str
    size: int = 0
    obstacle: str | None = None


def probe(
    paths: Iterable[str], workers: int | None = None, decode: bool = False
) -> Iterator[tuple[str, AudioExamination]]:
    """Yield ``(path, examination)`` of each file named and of all files in each folder named.

    Files of a folder come in the order of their paths' bytes, folder by folder as named; paths
    are as given, with what lies below a folder appended. Drawn from lazily. What could not be
    looked at is yielded too, with the problem ``audio-unreadable``. ``workers`` processes read;
    without it, as many as suit the machine and the paths. ``decode``: the sound is decoded, too.

    Raises :class:`archiver.errors.EnvironmentUnusable` when no worker can be run, and
    :class:`archiver.errors.UsageError` when decoding is asked for and no decoder is installed.
    """
    if decode:
        require_decoder()
    named, wish = tuple(paths), Wish(decode=decode)
    with TagReader(workers or suitable_workers(named)) as reader:
        yield from _examined(reader, (place for path in named for place in _places(path)), wish)


def suitable_workers(paths: tuple[str, ...]) -> int:
    """Return how many processes are worth their start: no more than there may be files."""
    at_most = os.cpu_count() or 1
    return at_most if any(os.path.isdir(path) for path in paths) else min(at_most, len(paths) or 1)


def absolute(path: str) -> str:
    """Return ``path`` from the root, ``..`` left to the kernel: workers stand elsewhere."""
    return os.path.join(os.getcwd(), path)


def is_unread(found: AudioExamination) -> bool:
    """Tell whether a file could not be looked at: not opened, or no reader survived its sound."""
    codes = {problem["code"] for problem in found.problems}
    if any(CODES[code].severity is Severity.BLIND for code in codes):
        return True
    return "tags-unreadable" in codes and found.essence is None


def state_of_examination(found: AudioExamination) -> State:
    """Return the state one examination leads to.

    Damage is what the file's own checksums say; a file without any is never called damaged. What a
    decoder will not have, or did not come to the end of, is left open.
    """
    if found.verdict == "damaged":
        return State.UNSOUND
    return State.INCOMPLETE if is_unread(found) or _is_left_open(found) else State.SOUND


def _is_left_open(found: AudioExamination) -> bool:
    return any(one["code"] in ("decoder-disagrees", "audio-not-decoded") for one in found.problems)


def place_of(path: str) -> tuple[Place, bool]:
    """Return what stands at ``path``, and whether it is a folder. Never raises, never opens."""
    try:
        facts = os.lstat(path)
    except OSError as error:
        return Place(path, obstacle=_words(error)), False
    except ValueError:
        return Place(path, obstacle="no file can have this name"), False
    if stat.S_ISDIR(facts.st_mode):
        return Place(path), True
    return _judged(path, facts), False


def list_folder(root: str) -> Iterator[Place]:
    """Yield every place below ``root`` that is no folder, ordered by the bytes of its path.

    Paths are relative to ``root``, with ``/``. A folder that cannot be listed is yielded itself,
    with its obstacle. Holds one folder's names at each depth. Raises ``OSError`` when ``root``
    cannot be opened.
    """
    with Tree(root) as tree:
        waiting = _listed(tree, "")
        while waiting:
            path, facts = waiting.pop()
            if isinstance(facts, str):
                yield Place(path, obstacle=facts)
            elif stat.S_ISDIR(facts.st_mode):
                waiting += _listed(tree, path)
            else:
                yield _judged(path, facts)


def _places(path: str) -> Iterator[Place]:
    place, is_folder = place_of(path)
    if not is_folder:
        yield place
        return
    try:
        for below in list_folder(path):
            yield Place(os.path.join(path, below.path), below.size, below.obstacle)
    except OSError as error:
        yield Place(path, obstacle=f"cannot be listed: {_words(error)}")


def _listed(tree: Tree, folder: str) -> list[tuple[str, os.stat_result | str]]:
    """Return the entries of a folder, last first; for one that cannot be listed, why."""
    found: list[tuple[str, os.stat_result | str]] = []
    try:
        with os.scandir(tree.folder(folder)) as entries:
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                try:
                    found.append((path, entry.stat(follow_symlinks=False)))
                except OSError as error:
                    found.append((path, _words(error)))
    except OSError as error:
        if not folder:
            raise
        return [(folder, f"cannot be listed: {_words(error)}")]
    found.sort(key=_rank, reverse=True)
    return found


def _rank(entry: tuple[str, os.stat_result | str]) -> bytes:
    """Order a folder as its contents will be ordered among its neighbours: with its slash."""
    path, facts = entry
    slash = not isinstance(facts, str) and stat.S_ISDIR(facts.st_mode)
    return os.fsencode(f"{path}/" if slash else path)


def _judged(path: str, facts: os.stat_result) -> Place:
    if stat.S_ISREG(facts.st_mode):
        return Place(path, facts.st_size)
    return Place(path, obstacle=_OBSTACLES.get(stat.S_IFMT(facts.st_mode), "no regular file"))


def _examined(
    reader: TagReader, places: Iterable[Place], wish: Wish
) -> Iterator[tuple[str, AudioExamination]]:
    """Yield every place's examination in order; only regular files are given to the reader."""
    shut: list[Place] = []

    def files() -> Iterator[tuple[tuple[str, tuple[Place, ...]], str]]:
        for place in places:
            if place.obstacle is not None:
                shut.append(place)
                continue
            before, shut[:] = tuple(shut), ()
            yield (place.path, before), absolute(place.path)

    for (path, before), found in reader.examine_many(files(), wish):
        yield from map(_unopened, before)
        yield path, found
    yield from map(_unopened, shut)


def _unopened(place: Place) -> tuple[str, AudioExamination]:
    answer = failed(None, "audio-unreadable", place.obstacle or "")
    return place.path, AudioExamination(
        answer["record"], None, answer["verdict"], tuple(answer["problems"])
    )


def _words(error: OSError) -> str:
    if error.errno == errno.ENOENT:
        return "there is no such file"
    return error.strerror or str(error)
