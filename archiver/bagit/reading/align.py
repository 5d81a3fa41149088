"""Laying a walk and several lists side by side, path by path, in flat memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

Entry = tuple[str, str]
Values = list[str | None]
Duplicate = Callable[[int, str, bool], None]


def align(
    found: Iterable[tuple[str, int]],
    lists: Sequence[Iterable[Entry]],
    duplicate: Duplicate,
) -> Iterator[tuple[str, int | None, Values]]:
    """Yield (path, size or None when not found, what each list says or None) for each path.

    All inputs are in path order. ``duplicate(index, path, alike)`` is called when the list
    with that index names a path once more; the first value counts.
    """
    streams = [iter(entries) for entries in lists]
    heads = [next(stream, None) for stream in streams]
    walk = iter(found)
    seen = next(walk, None)
    # By hand: heapq.merge takes thrice the time, and nearly always all streams stand at one path.
    while paths := [head[0] for head in (seen, *heads) if head is not None]:
        path = min(paths)
        size: int | None = None
        if seen is not None and seen[0] == path:
            size, seen = seen[1], next(walk, None)
        values: Values = []
        for index, head in enumerate(heads):
            if head is None or head[0] != path:
                values.append(None)
                continue
            values.append(head[1])
            heads[index] = _next_path(streams[index], head, index, duplicate)
        yield path, size, values


def _next_path(
    stream: Iterator[Entry], head: Entry, index: int, duplicate: Duplicate
) -> Entry | None:
    """Return the stream's first entry of another path than that of ``head``."""
    path, value = head
    for entry in stream:
        if entry[0] != path:
            return entry
        duplicate(index, path, entry[1].lower() == value.lower())
    return None
