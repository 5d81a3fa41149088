"""What the survey tells the policies about a source and its entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["file", "directory", "symlink", "fifo", "socket", "device", "unknown"]
Problem = Literal["unreadable", "vanished"]


class EntryFacts(NamedTuple):
    """One entry, by lstat. (A tuple, not a dataclass: a million are made in one survey.)

    ``path`` is relative with ``/``; bytes that are not UTF-8 stand in it as lone surrogates
    (``os.fsdecode``). ``size`` and ``stored`` are bytes; ``stored`` is what the file system
    allocates. ``empty`` is for folders. ``problem_text`` is the system's own word for it.
    """

    path: str
    kind: Kind
    size: int
    mode: int
    links: int = 1
    stored: int | None = None
    empty: bool = False
    target: str | None = None
    problem: Problem | None = None
    problem_text: str = ""


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """The source as a whole; ``kind`` is ``missing`` when there is nothing at its place.

    ``files`` is the number of files seen so far, ``None`` before anybody looked.
    """

    kind: Kind | Literal["missing"]
    target: str | None = None
    has_bag_declaration: bool = False
    files: int | None = None
    problem_text: str | None = None
