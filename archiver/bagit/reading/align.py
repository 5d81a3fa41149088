"""Laying a walk and several lists side by side, path by path, in flat memory."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence

Values = list[str | None]
Duplicate = Callable[[int, str, bool], None]


def align(
    found: Iterable[tuple[str, int]],
    lists: Sequence[Iterable[tuple[str, str]]],
    duplicate: Duplicate,
) -> Iterator[tuple[str, int | None, Values]]:
    """Yield (path, size or None when not found, what each list says or None) for each path.

    All inputs are in path order. ``duplicate(index, path, alike)`` is called when the list
    with that index names a path once more; the first value counts.
    """
    streams: list[Iterator[tuple[str, int, int | str]]] = [
        _labelled(entries, index) for index, entries in enumerate(lists)
    ]
    streams.append(_labelled(found, len(lists)))
    walked = len(lists)
    empty: Values = [None] * walked
    current: str | None = None
    size: int | None = None
    values: Values = []
    for path, index, value in heapq.merge(*streams):
        if path != current:
            if current is not None:
                yield current, size, values
            current, size, values = path, None, empty.copy()
        if index == walked:
            size = int(value)
        elif values[index] is None:
            values[index] = str(value)
        else:
            duplicate(index, path, str(values[index]).lower() == str(value).lower())
    if current is not None:
        yield current, size, values


def _labelled(
    entries: Iterable[tuple[str, int | str]], index: int
) -> Iterator[tuple[str, int, int | str]]:
    for path, value in entries:
        yield path, index, value
