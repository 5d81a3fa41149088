"""Comparing two files, or two folders or bags, on disk. Reads only, and each file once or twice.

Files of two folders meet by path; those without a counterpart there by their digest, and then
by their sound, so that a renamed recording is not taken for a lost one.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from archiver.audio.decode import require_decoder
from archiver.audio.decode.model import Wish
from archiver.audio.tags import TagReader
from archiver.compare import SOUND_KEYS, Comparison, Likeness, compare_recordings, sound_keys
from archiver.errors import IncompleteError, UsageError
from archiver.hashing import ReadJob, read_all, suggested_workers
from archiver.probe import Place, absolute, list_folder, place_of
from archiver.progress import Progress, Silence
from archiver.tree import Tree

_SAME_SOUND = (Likeness.SAME_ESSENCE, Likeness.SAME_PCM)
_ALGORITHM = "blake3"

KeysOf = dict[str, tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two things compared: ``places`` below ``root``, or the one file in it.

    ``path`` is as named. ``is_bag``: the payload of a bag is compared, not its tag files.
    """

    path: str
    root: str
    places: tuple[Place, ...]
    is_folder: bool
    is_bag: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files that belong together, or one without a counterpart (the other ``None``).

    Paths are relative to what was named; of two files they are as named. ``comparison`` is there
    when both were examined, ``trouble`` says why a file could not be read.
    """

    likeness: Likeness
    old: str | None
    new: str | None
    comparison: Comparison | None = None
    trouble: str | None = None

    @property
    def renamed(self) -> bool:
        """Whether the two were brought together in spite of their paths."""
        return None not in (self.old, self.new) and self.old != self.new


def side(path: str) -> Side:
    """Look at what stands at ``path``.

    Raises :class:`IncompleteError` when nothing there can be looked at.
    """
    place, is_folder = place_of(path)
    if place.obstacle is not None:
        raise IncompleteError(f"{path}: {place.obstacle}", "Name a file or a folder itself.")
    if not is_folder:
        above, name = os.path.split(path)
        return Side(path, above or ".", (replace(place, path=name),), is_folder=False)
    declaration, is_below = place_of(os.path.join(path, "bagit.txt"))
    payload = os.path.join(path, "data")
    is_bag = declaration.obstacle is None and not is_below and place_of(payload)[1]
    root = payload if is_bag else path
    try:
        return Side(path, root, tuple(list_folder(root)), is_folder=True, is_bag=is_bag)
    except OSError as error:
        words = f"{root} cannot be listed: {error.strerror}"
        raise IncompleteError(words, "Check the permissions.") from error


def compare(
    old: Side,
    new: Side,
    workers: int | None = None,
    progress: Progress | None = None,
    decode: bool = False,
) -> Iterator[Pair]:
    """Yield every pair of files: those alike by digest first, then examined ones, then the rest.

    ``decode``: what differs in its bytes is decoded, so that lossless files of all kinds can be
    compared by their samples.

    Raises :class:`UsageError` for a file and a folder, or where no decoder is installed, and
    :class:`archiver.errors.EnvironmentUnusable` when nothing can examine recordings here.
    """
    if decode:
        require_decoder()
    wish = Wish(decode=decode)
    if old.is_folder != new.is_folder:
        raise UsageError(
            "a file and a folder cannot be compared", "Name two files, or two folders or bags."
        )
    told = progress or Silence()
    before, after = _Digests(old, told).read(), _Digests(new, told).read()
    sides = (old, new)
    if not old.is_folder:
        yield from _two_files(sides, before, after, wish)
        return
    yield from _unreadable(before, after)
    meeting = Meeting(before.good, after.good)
    yield from meeting.alike()
    with TagReader(workers or os.cpu_count() or 1) as reader:
        if meeting.old_left and meeting.new_left:
            old_keys = _keys(reader, old, meeting.old_left, wish)
            meeting.by_sound(old_keys, _keys(reader, new, meeting.new_left, wish))
        for pair in _examined(reader, sides, meeting.to_examine, wish):
            yield from parted(pair)
    yield from meeting.without_counterpart()


def _two_files(
    sides: tuple[Side, Side], old: _Digests, new: _Digests, wish: Wish
) -> Iterator[Pair]:
    names = sides[0].path, sides[1].path
    troubles = [*old.bad.values(), *new.bad.values()]
    if troubles:
        yield Pair(Likeness.UNREADABLE, *names, trouble=troubles[0])
        return
    ((a, digest),), ((b, other),) = old.good.items(), new.good.items()
    if digest == other:
        yield Pair(Likeness.IDENTICAL, *names)
        return
    with TagReader(2) as reader:
        for pair in _examined(reader, sides, [(a, b)], wish):
            # Whoever names two files wants to know of these two, and no sound was found in them.
            unknown = pair.likeness is Likeness.OTHER_FILE
            likeness = Likeness.UNDECIDED if unknown else pair.likeness
            yield replace(pair, likeness=likeness, old=names[0], new=names[1])


class _Digests:
    """The files of one side: ``good`` by path with their digest, ``bad`` with what is wrong."""

    def __init__(self, side: Side, progress: Progress) -> None:
        self._side, self._progress = side, progress
        self.good: dict[str, bytes] = {}
        self.bad: dict[str, str] = {}

    def read(self) -> _Digests:
        """Read every file once."""
        places = self._side.places
        self.bad = {place.path: place.obstacle for place in places if place.obstacle is not None}
        jobs = [ReadJob(p.path, p.size, (_ALGORITHM,)) for p in places if p.obstacle is None]
        self._progress.begin("reading", sum(job.size for job in jobs), len(jobs))
        with Tree(self._side.root) as tree:
            many = suggested_workers(from_medium=False)
            for result in read_all(
                tree, jobs, workers=many, from_medium=False, progress=self._progress
            ):
                if result.trouble is None:
                    self.good[result.job.path] = result.digests[0]
                else:
                    self.bad[result.job.path] = result.trouble.message
        self._progress.end()
        return self


def _unreadable(old: _Digests, new: _Digests) -> Iterator[Pair]:
    """Yield what could not be read on either side; its counterpart is not lost and not new."""
    for path in dict.fromkeys((*old.bad, *new.bad)):
        trouble = old.bad.get(path) or new.bad.get(path)
        here = path if path in old.bad or path in old.good else None
        there = path if path in new.bad or path in new.good else None
        for readable in (old.good, new.good):
            readable.pop(path, b"")
        yield Pair(Likeness.UNREADABLE, here, there, trouble=trouble)


class Meeting:
    """Who belongs to whom, by path and digest. ``to_examine`` are pairs whose bytes differ."""

    def __init__(self, old: dict[str, bytes], new: dict[str, bytes]) -> None:
        self._old, self._new = old, new
        self.old_left = [path for path in old if path not in new]
        self.new_left = [path for path in new if path not in old]
        self.to_examine = [(path, path) for path in old if new.get(path, old[path]) != old[path]]

    def alike(self) -> Iterator[Pair]:
        """Yield what is identical under its own path, then under another one."""
        for path, digest in self._old.items():
            if self._new.get(path) == digest:
                yield Pair(Likeness.IDENTICAL, path, path)
        moved = self._wed(
            {path: self._old[path] for path in self.old_left},
            {path: self._new[path] for path in self.new_left},
        )
        yield from (Pair(Likeness.IDENTICAL, *paths) for paths in moved)

    def by_sound(self, old: KeysOf, new: KeysOf) -> None:
        """Bring together those left over that share a key, the strongest first."""
        for strength in range(SOUND_KEYS):
            self.to_examine += self._wed(
                {path: old[path][strength] for path in self.old_left},
                {path: new[path][strength] for path in self.new_left},
            )

    def without_counterpart(self) -> Iterator[Pair]:
        """Yield what is left: removed, then added."""
        yield from (Pair(Likeness.REMOVED, path, None) for path in self.old_left)
        yield from (Pair(Likeness.ADDED, None, path) for path in self.new_left)

    def _wed(self, old: Mapping[str, object], new: Mapping[str, object]) -> list[tuple[str, str]]:
        """Return pairs with the same key, in the order of their paths; they are left no more."""
        offers: dict[object, deque[str]] = {}
        for path, key in new.items():
            offers.setdefault(key, deque()).append(path)
        pairs = {
            path: offers[key].popleft()
            for path, key in old.items()
            if key is not None and offers.get(key)
        }
        taken = set(pairs.values())
        self.old_left = [path for path in self.old_left if path not in pairs]
        self.new_left = [path for path in self.new_left if path not in taken]
        return list(pairs.items())


def _keys(reader: TagReader, side: Side, paths: Iterable[str], wish: Wish) -> KeysOf:
    """Return the keys of each recording's sound; a file without sound has none."""
    places = ((path, absolute(os.path.join(side.root, path))) for path in paths)
    return {path: sound_keys(found) for path, found in reader.examine_many(places, wish)}


def _examined(
    reader: TagReader, sides: tuple[Side, Side], pairs: Iterable[tuple[str, str]], wish: Wish
) -> Iterator[Pair]:
    """Examine both files of each pair, one after the other, and compare them."""
    places = (
        (names, absolute(os.path.join(side.root, name)))
        for names in pairs
        for side, name in zip(sides, names, strict=True)
    )
    answers = reader.examine_many(places, wish)
    for ((old, new), a), (_, b) in zip(answers, answers, strict=True):
        comparison = compare_recordings(a, b)
        problems = [*a.problems, *b.problems]
        blind = comparison.likeness is Likeness.UNREADABLE
        trouble = problems[0]["message"] if blind and problems else None
        yield Pair(comparison.likeness, old, new, comparison, trouble)


def parted(pair: Pair) -> Iterator[Pair]:
    """Part what was brought together by a key and then did not sound the same after all."""
    if pair.renamed and pair.likeness not in _SAME_SOUND:
        yield Pair(Likeness.REMOVED, pair.old, None)
        yield Pair(Likeness.ADDED, None, pair.new)
    else:
        yield pair
