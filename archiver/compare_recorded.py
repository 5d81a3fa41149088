"""Comparing two bags by what they recorded when they were sealed; their payload is not read.

That answers in minutes where reading takes days, and rests on less: on the records, for which the
bags' own tag manifests vouch. Whether the payload is still what was recorded is for verification.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice

from archiver.audio.examination import AudioExamination
from archiver.audio.record import empty_record
from archiver.bagit.reading.examination import BLAKE3_LIST, Depth, Examination
from archiver.catalogue import records
from archiver.compare import compare_recordings, sound_keys
from archiver.compare_trees import KeysOf, Meeting, Pair, Side, parted
from archiver.errors import IncompleteError, UsageError
from archiver.hashing import ReadJob, ReadResult, read_all, suggested_workers
from archiver.probe import Place
from archiver.progress import Progress, Silence
from archiver.recordings.recorded import NAMES, recorded
from archiver.tree import Tree

_NEEDED = NAMES | {BLAKE3_LIST}
_HELD = 5_000  # pairs whose records are held in memory at a time
_PAYLOAD = "data/"


def recorded_side(path: str, progress: Progress | None = None) -> Side:
    """Return the bag at ``path`` as one side of a comparison: the files that it recorded.

    All its tag files are read and compared with its tag manifests. Raises :class:`UsageError` where
    there is no bag, and :class:`IncompleteError` where the records cannot be relied on.
    """
    try:
        with Tree(path) as tree:
            os.close(tree.open_file("bagit.txt"))
            _require_vouched(path, tree, progress or Silence())
            places = tuple(Place(name.removeprefix(_PAYLOAD)) for name, _ in records.digests(tree))
    except OSError as error:
        raise UsageError(
            f"{path!a} is no bag that can be opened: {error.strerror}.",
            "--recorded compares two bags; without it files and folders are compared, too.",
        ) from error
    root = os.path.join(path, _PAYLOAD.rstrip("/"))
    return Side(path, root, places, is_folder=True, is_bag=True)


def compare_recorded(old: Side, new: Side) -> Iterator[Pair]:
    """Yield every pair of files of two bags, as :func:`archiver.compare_trees.compare` does.

    ``old`` and ``new`` are made by :func:`recorded_side`.
    """
    with ExitStack() as stack:
        trees = [stack.enter_context(Tree(side.path)) for side in (old, new)]
        meeting = Meeting(*(_digests(tree) for tree in trees))
        yield from meeting.alike()
        if meeting.old_left and meeting.new_left:
            meeting.by_sound(_keys(trees[0], meeting.old_left), _keys(trees[1], meeting.new_left))
        pairs = iter(meeting.to_examine)
        while portion := list(islice(pairs, _HELD)):
            for pair in _compared(trees, portion):
                yield from parted(pair)
        yield from meeting.without_counterpart()


def _require_vouched(path: str, tree: Tree, progress: Progress) -> None:
    def read(jobs: Iterator[ReadJob]) -> Iterator[ReadResult]:
        workers = suggested_workers(from_medium=False)
        return read_all(tree, jobs, workers=workers, from_medium=False, progress=progress)

    examination = Examination(tree, Depth.FULL, read, progress, None, _NEEDED)
    examination.run_on_tag_files()
    lacking = sorted(_NEEDED - examination.vouched)
    if lacking:
        raise IncompleteError(
            f"nothing sound vouches for {', '.join(lacking)} in {path!a}",
            "Without --recorded the files are read; archiver verify says what is wrong.",
        )


def _digests(tree: Tree) -> dict[str, bytes]:
    return {name.removeprefix(_PAYLOAD): digest for name, digest in records.digests(tree)}


def _keys(tree: Tree, paths: list[str]) -> KeysOf:
    """Return the keys of each recording's sound; what was not recorded as one has none."""
    keys: KeysOf = dict.fromkeys(paths, sound_keys(_no_recording()))
    for path, found in _recorded(tree, paths):
        keys[path] = sound_keys(found)
    return keys


def _recorded(tree: Tree, paths: Iterable[str]) -> Iterator[tuple[str, AudioExamination]]:
    for one in recorded(tree, {f"{_PAYLOAD}{path}" for path in paths}):
        yield one.path.removeprefix(_PAYLOAD), one.found


def _compared(trees: list[Tree], pairs: list[tuple[str, str]]) -> Iterator[Pair]:
    known = [
        dict(_recorded(tree, names))
        for tree, names in zip(trees, zip(*pairs, strict=True), strict=True)
    ]
    for old, new in pairs:
        a, b = known[0].get(old, _no_recording()), known[1].get(new, _no_recording())
        comparison = compare_recordings(a, b)
        yield Pair(comparison.likeness, old, new, comparison)


def _no_recording() -> AudioExamination:
    return AudioExamination(empty_record(None), None, "not-checkable", ())
