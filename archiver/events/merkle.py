"""The Merkle tree over the log's lines (RFC 6962 2.1, with SHA-256).

A leaf is a line without its line end. The root stands for every line and its place; memory grows
with the logarithm of their number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Self

_BYTES = 32


def leaf_hash(line: bytes) -> bytes:
    """Return the hash of one line, given without its line end."""
    return hashlib.sha256(b"\x00" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows line by line.

    Holds the roots of the whole (power-of-two) subtrees it consists of, the largest first.
    """

    def __init__(self) -> None:
        self.size = 0
        self._wholes: list[bytes] = []

    @classmethod
    def of(cls, size: int, wholes: Iterable[bytes]) -> Self:
        """Return the tree of ``size`` lines whose :attr:`wholes` were kept.

        Raises ``ValueError`` when a tree of that size consists of others.
        """
        tree = cls()
        tree.size, tree._wholes = size, list(wholes)
        if len(tree._wholes) != len(_levels(size)) or {*map(len, tree._wholes)} - {_BYTES}:
            raise ValueError("these are not the subtrees of a tree of that size")
        return tree

    @property
    def wholes(self) -> tuple[bytes, ...]:
        """The roots of the whole subtrees, the largest first."""
        return tuple(self._wholes)

    def add(self, line: bytes) -> None:
        """Take in the next line."""
        self._add(leaf_hash(line))

    def _add(self, rising: bytes) -> None:
        level, place = 0, self.size
        self.size += 1
        self._risen(level, place, rising)
        while place & 1:
            rising = node_hash(self._wholes.pop(), rising)
            level, place = level + 1, place >> 1
            self._risen(level, place, rising)
        self._wholes.append(rising)

    def _risen(self, level: int, place: int, value: bytes) -> None:
        """Hear of a whole subtree of ``2 ** level`` leaves, the ``place``-th of that size."""

    def root(self) -> bytes:
        """Return the tree's hash; that of no line at all is SHA-256 of nothing."""
        return _joined(self._wholes) if self._wholes else hashlib.sha256().digest()


class ProvingTree(Tree):
    """A tree that also keeps what proves that the leaf ``index`` (from 0) is in it."""

    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index
        self._siblings: dict[int, bytes] = {}  # by level

    def _risen(self, level: int, place: int, value: bytes) -> None:
        if (self.index >> level) ^ 1 == place:
            self._siblings[level] = value

    def path(self) -> list[bytes]:
        """Return the audit path of the leaf (RFC 6962 2.1.1), from its neighbour upwards.

        Raises ``IndexError`` when the tree has no such leaf.
        """
        number, level = self._home()
        right = self._wholes[number + 1 :]
        left = self._wholes[:number]
        below = [self._siblings[step] for step in range(level)]
        return [*below, *([_joined(right)] if right else []), *reversed(left)]

    def _home(self) -> tuple[int, int]:
        """Return which of the whole subtrees holds the leaf, and its level."""
        before = 0
        for number, level in enumerate(_levels(self.size)):
            before += 1 << level
            if self.index < before:
                return number, level
        raise IndexError("there is no such leaf")


def root_of(lines: Iterable[bytes]) -> bytes:
    """Return the hash of the tree over ``lines``."""
    tree = Tree()
    for line in lines:
        tree.add(line)
    return tree.root()


def _levels(size: int) -> list[int]:
    """Return the levels of the whole subtrees of a tree, the largest first."""
    return [bit for bit in range(size.bit_length() - 1, -1, -1) if size >> bit & 1]


def _joined(wholes: list[bytes]) -> bytes:
    joined = wholes[-1]
    for whole in reversed(wholes[:-1]):
        joined = node_hash(whole, joined)
    return joined
