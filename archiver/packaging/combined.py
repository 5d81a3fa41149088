"""The payload of a bag and what is added to it, seen as one folder."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping

from archiver.packaging.request import Addition
from archiver.tree import Tree


def top_of(path: str, tops: Collection[str]) -> str | None:
    """Return the one of ``tops`` that ``path`` is or lies in, ``None`` if there is none."""
    while path and tops:
        if path in tops:
            return path
        path = path.rpartition("/")[0]
    return None


def place_of(path: str, root: str, added: Mapping[str, str]) -> str:
    """Return where ``path`` lies on disk: below ``root``, or where ``added`` says."""
    target = top_of(path, added)
    if target is None:
        return os.path.join(root, path)
    return os.path.join(added[target], path[len(target) + 1 :]).rstrip("/")


class Combined(Tree):
    """A folder in which some paths stand for files and folders that lie elsewhere.

    No two of the additions lie one within the other.
    """

    def __init__(self, root: str | os.PathLike[str], added: Iterable[Addition]) -> None:
        super().__init__(root)
        self._added = {one.target: one.place for one in added}
        self._elsewhere: dict[str, Tree] = {}

    @property
    def is_one_folder(self) -> bool:
        """Whether all of it lies below :attr:`root`."""
        return not self._added

    def again(self) -> Tree:
        """Return an independent view, for another thread."""
        return Combined(self.root, [Addition(place, at) for at, place in self._added.items()])

    def close(self) -> None:
        """Give the descriptors back."""
        for tree in self._elsewhere.values():
            tree.close()
        super().close()

    def is_added(self, path: str) -> bool:
        """Tell whether ``path`` is, or lies in, an addition."""
        return top_of(path, self._added) is not None

    def place(self, path: str) -> str:
        """Return where ``path`` lies on disk."""
        return place_of(path, self.root, self._added)

    def open_known(self, path: str, extra_flags: int = 0) -> tuple[int, os.stat_result]:
        """Open the regular file ``path``, wherever it lies; as :meth:`Tree.open_known`."""
        target = top_of(path, self._added)
        if target is None:
            return super().open_known(path, extra_flags)
        inside = path[len(target) + 1 :]
        above, name = (self._added[target], inside) if inside else self._parts(target)
        if above not in self._elsewhere:
            self._elsewhere[above] = Tree(above)
        return self._elsewhere[above].open_known(name, extra_flags)

    def _parts(self, target: str) -> tuple[str, str]:
        above, name = os.path.split(self._added[target])
        return above or ".", name
